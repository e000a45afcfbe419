"""Reading the history through: is every act as it was recorded, is none missing, and does the rest agree with it?"""

from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec
from sqlalchemy import Connection, func, select

from central.audit.agreement import contradictions
from central.audit.bodies import ACTS, Chained
from central.audit.chain import own_heads
from central.audit.tables import audit_chains, audit_epochs
from sync.protocol.audit import BEGINNING, Epoch, IsOwn, Link, Verified, Verifier
from sync.protocol.messages import Head

ROWS_AT_ONCE = 10_000
Said = Callable[[int], None]


def verify(
    connection: Connection,
    chained: Chained,
    is_own: IsOwn,
    heads: Iterable[Head] = (),
    said: Said = lambda rows: None,
) -> Verified:
    """Read a chain through.

    :param is_own: tells whether the centre made a seal over a text.
    :param heads: heads of it that were kept elsewhere; its own newest one is compared too.
    :param said: is told now and then how many rows were read.
    """
    own = [head for head in own_heads(connection) if head.chain == chained.chain]
    known = [*own, *heads]
    verifier = Verifier(chained.chain, start(connection, chained), epochs(connection, chained), known)
    for head in (*own, cut_at(connection, chained)):
        verifier.require_sealed(head, is_own)
    for rows in verifier.read(links(connection, chained)):
        said(rows)
    if chained is ACTS:
        for subject, fault in contradictions(connection):
            verifier.fault(0, "contradicted", f"{subject} {fault}")
    return verifier.verified(waiting(connection, chained))


def start(connection: Connection, chained: Chained) -> tuple[int, bytes]:
    """Return number and hash of the row before the first: of the last that was cut off."""
    cut = cut_at(connection, chained)
    return (cut.n, bytes.fromhex(cut.h)) if cut else (0, BEGINNING)


def cut_at(connection: Connection, chained: Chained) -> Head | None:
    """Return the signed head of the last row that was cut off, if any was."""
    wanted = select(audit_chains.c.cut).where(audit_chains.c.chain == chained.chain)
    cut = connection.execute(wanted).scalar_one_or_none()
    return msgspec.json.decode(cut, type=Head) if cut else None


def epochs(connection: Connection, chained: Chained) -> Sequence[Epoch]:
    """Return the epochs of a chain in their order."""
    e = audit_epochs.c
    found = connection.execute(select(e.epoch, e.since).where(e.chain == chained.chain).order_by(e.id))
    return [Epoch(row.epoch, row.since) for row in found]


def links(connection: Connection, chained: Chained) -> Iterator[Link]:
    """Yield the chained rows in their order, as they are now."""
    c, body = chained.table.c, chained.body
    wanted = select(c.n, c.h, *chained.columns).where(c.n.is_not(None)).order_by(c.n)
    for lot in connection.execute(wanted.execution_options(yield_per=ROWS_AT_ONCE)).partitions():
        for row in lot:
            yield Link(row[0], body(row[2:]), row[1] or b"")


def hash_of(connection: Connection, chained: Chained, n: int) -> bytes | None:
    """Return the hash of row ``n``, or None where there is none: it was cut off, or is missing."""
    c = chained.table.c
    h: bytes | None = connection.execute(select(c.h).where(c.n == n)).scalar_one_or_none()
    return h


def waiting(connection: Connection, chained: Chained) -> int:
    """Return how many rows have no place yet."""
    c = chained.table.c
    return connection.execute(select(func.count()).where(c.n.is_(None))).scalar_one()
