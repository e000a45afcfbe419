"""How long the record of the past is kept: the audit, and the acts in the journal whose outcome is known."""

from datetime import datetime, timedelta
from itertools import takewhile

from sync.store.store import Store
from sync.store.transaction import format_time

KEPT = timedelta(days=3 * 366)
PURGE_STEP = 500
OLDEST = {
    "audit": "SELECT id, at FROM audit ORDER BY id LIMIT ?",
    # What has no outcome, or an uncertain one, waits for somebody who looks into it.
    "journal": "SELECT id, outcome_at AS at FROM journal WHERE outcome IN ('done', 'failed') ORDER BY id LIMIT ?",
}


def purge(store: Store, at: datetime, most: int = PURGE_STEP) -> int:
    """Remove some of what was recorded longer ago than it is kept, the oldest first; return how many rows.

    :param at: the time by the centre's clock, so that a jump of the kiosk's own removes nothing.
    """
    return sum(_purge(store, table, at, most) for table in OLDEST)


def _purge(store: Store, table: str, at: datetime, most: int) -> int:
    since, until = format_time(at - KEPT), format_time(at + KEPT)
    rows = store.rows(OLDEST[table], (most,))
    # Rows lie in the order in which they were written. Where the clock was wrong that says more of their age than
    # their time does: such a row goes with its neighbours, and a time far ahead keeps nothing back.
    old = [row["id"] for row in takewhile(lambda row: not since <= row["at"] <= until, rows)]
    if old:
        with store.transaction() as tx:
            tx.executemany(f"DELETE FROM {table} WHERE id = ?", [(each,) for each in old])  # noqa: S608
    return len(old)
