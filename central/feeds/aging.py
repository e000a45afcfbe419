"""What the log forgets: rows taken away long ago, and changes that newer ones replaced."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from central.feeds.log import heads_changed, in_lots, lock
from central.feeds.tables import feed_replaced, feed_rows, feeds

LONGEST_OFFLINE = timedelta(days=180)
"""A kiosk that was away for longer starts over from a snapshot."""
ROWS_AT_ONCE = 5_000
SUPERSEDED_RETENTION = timedelta(hours=1)
"""How long a kiosk may take from a manifest to the head that it names."""


def age_out(tx: Connection, at: datetime) -> int:
    """Forget; return how many rows taken away are forgotten.

    Only what is older than a feed's snapshot, so that a kiosk that starts over can begin there. A feed without one, the
    commands to a kiosk, forgets nothing.
    """
    lock(tx)
    tx.execute(
        delete(feed_replaced).where(
            feed_replaced.c.replaced_at < int((at - SUPERSEDED_RETENTION).timestamp())
        )
    )
    forgotten, latest = 0, int((at - LONGEST_OFFLINE).timestamp())
    for head in tx.execute(select(feeds).where(feeds.c.snapshot_sha256.is_not(None))).all():
        if seqs := [seq for seq in _taken_away(tx, head.name, latest) if seq <= head.snapshot_seq]:
            _forget(tx, head.name, seqs)
            tx.execute(update(feeds).where(feeds.c.name == head.name).values(min_seq=max(seqs)))
            forgotten += len(seqs)
    if forgotten:
        heads_changed(tx, at)
    return forgotten


def _taken_away(tx: Connection, feed: str, before: int) -> Iterable[int]:
    """Return the numbers of the rows taken away ``before``: by an index of these, for on SQLite nobody else writes."""
    c = feed_rows.c
    return tx.execute(
        select(c.seq).where((c.feed == feed) & c.value.is_(None) & (c.changed_at < before))
    ).scalars()


def _forget(tx: Connection, feed: str, seqs: Iterable[int]) -> None:
    for lot in in_lots(seqs, ROWS_AT_ONCE):
        tx.execute(delete(feed_rows).where((feed_rows.c.feed == feed) & feed_rows.c.seq.in_(lot)))
