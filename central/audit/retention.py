"""Acts that were kept long enough go; where the chain then begins, a signed head says."""

from datetime import UTC, datetime

import msgspec
from sqlalchemy import Connection, delete, func, select, update

from central.audit.bodies import Chained
from central.audit.tables import audit_chains
from sync.protocol.audit import Sign, make_head

KEPT_YEARS = 6
"""How long acts are kept at least."""


def cut_before(tx: Connection, chained: Chained, day: datetime, sign: Sign) -> int:
    """Remove the rows of a chain that were written before ``day``, up to the first that was not; return how many.

    The last row always stays.
    """
    c = chained.table.c
    state = tx.execute(select(audit_chains).where(audit_chains.c.chain == chained.chain)).one_or_none()
    first_kept = tx.execute(select(func.min(c.n)).where(c.at >= day)).scalar_one() or (state and state.n)
    if state is None or not first_kept:
        return 0
    last = tx.execute(select(c.n, c.h).where(c.n == min(first_kept, state.n) - 1)).one_or_none()
    if last is None:
        return 0
    head = make_head(chained.chain, state.epoch, state.since, last.n, last.h, datetime.now(UTC), sign)
    values = {"cut": msgspec.json.encode(head).decode()}
    tx.execute(update(audit_chains).where(audit_chains.c.chain == chained.chain).values(values))
    return tx.execute(delete(chained.table).where(c.n <= last.n)).rowcount
