"""The sequencer: gives what was published its numbers, one after the other without a gap, in the order of commits.

A number that a writer drew itself would tell when it began to write, not when it committed: a kiosk that has read up
to 7 would never receive a 6 that is committed later. So writers draw none, and one sequencer at a time numbers what it
sees: on PostgreSQL under an advisory lock, on SQLite as the only writer.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, select

from central.feeds.log import append, heads_changed, in_lots, lock, lock_if_free
from central.feeds.publishing import Change
from central.feeds.tables import feed_changes
from central.store.database import reading
from sync.protocol.card_status_list import card_hash, row_key
from sync.protocol.feeds import CARD_STATUS

CHANGES_AT_ONCE = 20_000
LOADED_AT_ONCE = 50_000


def sequence(engine: Engine, card_key: bytes) -> int:
    """Number what waits; return how many changes changed something. Another sequencer at work is left to it."""
    numbered = 0
    while _anything_waits(engine):
        with engine.begin() as tx:
            if not lock_if_free(tx):
                break
            numbered += _number(tx, _take(tx), card_key, datetime.now(UTC))
    return numbered


def load(
    tx: Connection, feed: str, changes: Iterable[Change], card_key: bytes, at: datetime | None = None
) -> int:
    """Publish and number very many rows at once; other sequencers wait for the transaction to end.

    :returns: how many changes changed something, with those that waited before.
    """
    at = at or datetime.now(UTC)
    lock(tx)
    numbered = 0
    while taken := _take(tx):
        numbered += _number(tx, taken, card_key, at)
    for lot in in_lots(changes, LOADED_AT_ONCE):
        # In the order of their keys they are written much faster.
        numbered += append(tx, feed, dict(sorted(_keyed(feed, lot, card_key).items())), at)
    if numbered:
        heads_changed(tx, at)
    return numbered


def _anything_waits(engine: Engine) -> bool:
    with reading(engine) as connection:
        return connection.execute(select(feed_changes.c.id).limit(1)).first() is not None


def _number(tx: Connection, taken: Iterable[Row[Any]], card_key: bytes, at: datetime) -> int:
    by_feed: dict[str, list[Change]] = {}
    for row in taken:
        by_feed.setdefault(row.feed, []).append((row.key, row.value))
    numbered = sum(append(tx, feed, _keyed(feed, lot, card_key), at) for feed, lot in by_feed.items())
    if numbered:
        heads_changed(tx, at)
    return numbered


def _take(tx: Connection) -> list[Row[Any]]:
    """Remove the oldest changes that are committed, and return them: what is removed is what is numbered."""
    oldest = select(feed_changes.c.id).order_by(feed_changes.c.id).limit(CHANGES_AT_ONCE)
    taken = tx.execute(delete(feed_changes).where(feed_changes.c.id.in_(oldest)).returning(*feed_changes.c))
    return sorted(taken, key=lambda row: row.id)


def _keyed(feed: str, changes: Iterable[Change], card_key: bytes) -> dict[str, str | None]:
    """Return the last value of each key; a card's is known by its hash from here on."""
    if feed == CARD_STATUS:
        return {row_key(card_hash(card_key, identity)): value for identity, value in changes}
    return dict(changes)
