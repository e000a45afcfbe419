"""What was answered is not answered again: the nonce of each request that does something, or tells of a person."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete
from sqlalchemy.dialects import postgresql, sqlite

from central.access.kiosks import LARGEST_CLOCK_ERROR, Caller
from central.store.refusals import RefusedError
from central.store.tables import nonces

KEPT = 2 * LARGEST_CLOCK_ERROR
"""From the request's date on: later its date alone has it refused, even if the centre's clock was put back a bit."""
# Put together once: every act needs it.
SPEND = {
    name: dialect.insert(nonces).on_conflict_do_nothing().returning(nonces.c.nonce)
    for name, dialect in (("postgresql", postgresql), ("sqlite", sqlite))
}
FORGET = delete(nonces).where(nonces.c.created < bindparam("before"))


def spend(tx: Connection, caller: Caller) -> None:
    """Record a request's nonce in the transaction of its act; when that is undone, so is this.

    :raises Refused: it was answered before. While it is being answered, this waits.
    """
    row = {"kiosk_id": caller.kiosk_id, "nonce": caller.nonce, "created": caller.created}
    if tx.execute(SPEND[tx.dialect.name], row).first() is None:
        raise RefusedError("request-replayed")


def forget_old(tx: Connection, at: datetime) -> None:
    """Remove the nonces that are no longer needed."""
    tx.execute(FORGET, {"before": at - KEPT})
