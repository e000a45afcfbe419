"""A kiosk's copy of one feed, kept as the protocol says, and the checksum as the protocol words it."""

import xxhash
from sqlalchemy import Engine, select

from central.feeds.names import public_name
from central.feeds.pages import page
from central.feeds.publishing import publish
from central.feeds.sequencer import sequence
from central.feeds.tables import feeds
from central.store.database import reading
from sync.protocol.feeds import ROWS_PER_PAGE, Page

CARD_KEY = bytes(range(32))


class Copy:
    """Rows as (seq, value) by key; ``seen`` are all numbers that ever came."""

    def __init__(self, engine: Engine | None, feed: str) -> None:
        self.engine, self.feed = engine, feed
        self.seq, self.rows, self.seen = 0, {}, []

    def catch_up(self, upto: int | None = None, at_once: int = ROWS_PER_PAGE) -> None:
        head = head_of(self.engine, self.feed)
        while head and self.seq < (upto or head.seq):
            self.take(head.epoch, min(upto or head.seq, self.seq + at_once))

    def take(self, epoch: str, upto: int) -> None:
        with reading(self.engine) as connection:
            self.apply(page(connection, self.feed, public_name(self.feed), epoch, self.seq, upto))

    def apply(self, got: Page) -> None:
        for change in got.changes:
            self.seen.append(change.seq)
            self.rows.pop(change.key, None)
            if change.value is not None:
                self.rows[change.key] = (change.seq, change.value)
        self.seq = got.upto

    @property
    def values(self) -> dict[str, str]:
        return {key: value for key, (_, value) in self.rows.items()}

    @property
    def checksum(self) -> str:
        """As docs/sync.md says it, not by the product's code."""
        total = 0
        for key, (seq, value) in self.rows.items():
            inner = xxhash.xxh3_64(key.encode(), seed=0 if self.feed == "card-status" else seq)
            total += int(xxhash.xxh3_64(value.encode(), seed=inner.intdigest()).hexdigest(), 16)
        return format(total & (2**64 - 1), "016x")


def head_of(engine: Engine, feed: str):
    with reading(engine) as connection:
        return connection.execute(select(feeds).where(feeds.c.name == feed)).one_or_none()


def published(engine: Engine, feed: str, *changes: tuple[str, str | None]) -> int:
    """Publish and number; return how many changes changed something."""
    with engine.begin() as tx:
        publish(tx, feed, changes)
    return sequence(engine, CARD_KEY)
