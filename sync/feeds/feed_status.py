"""Status of each feed, as the sync process leaves it in ops.db for the window and for staff."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from sync.store import Store
from sync.store.meta import get_meta, set_meta

FEEDS, TROUBLE, REPAIR = "feeds", "feeds_trouble", "feeds_repair"


class FeedStatus(Struct, frozen=True, kw_only=True):
    """Status of one feed.

    :param since: when the centre last confirmed that this is all there is, ISO 8601; before the first time, when the
        kiosk first heard of the feed; '' when its rows were lost.
    :param max_age: seconds after ``since`` for which the rows may be relied on.
    :param problem: why it is not up to date, in words for staff.
    """

    epoch: str = ""
    seq: int = 0
    rows: int = 0
    since: str = ""
    max_age: int = 0
    problem: str = ""

    def age(self, now: datetime) -> float | None:
        """Return the seconds since it was confirmed; None when it never was or its rows were lost.

        A clock that was set back must not make old rows look new: the time to a moment that has not come counts, too.
        """
        return abs((now - datetime.fromisoformat(self.since)).total_seconds()) if self.since else None

    def is_fresh(self, now: datetime) -> bool:
        """Return whether the rows may be relied on."""
        age = self.age(now)
        return age is not None and age <= self.max_age


def feed_statuses(store: Store) -> dict[str, FeedStatus]:
    """Return the status of every feed that this kiosk knows, by its name."""
    text = get_meta(store, FEEDS)
    return msgspec.json.decode(text, type=dict[str, FeedStatus]) if text else {}


def save_feed_statuses(store: Store, found: Mapping[str, FeedStatus]) -> None:
    """Save the status of the feeds for the window and for staff."""
    with store.transaction() as tx:
        set_meta(tx, FEEDS, msgspec.json.encode(dict(found)).decode())


def save_trouble(store: Store, trouble: str) -> None:
    """Save why the centre's manifest could not be fetched or verified; '' when it could."""
    if trouble != (get_meta(store, TROUBLE) or ""):
        with store.transaction() as tx:
            set_meta(tx, TROUBLE, trouble)


def trouble(store: Store) -> str:
    """Return why the centre's manifest could not be fetched or verified the last time, or ''."""
    return get_meta(store, TROUBLE) or ""


def ask_for_repair(store: Store, feeds: Sequence[str]) -> None:
    """Ask the running sync process to fetch ``feeds`` from the beginning; without any, those that are damaged."""
    with store.transaction() as tx:
        set_meta(tx, REPAIR, msgspec.json.encode(list(feeds)).decode())


def repair_asked(store: Store) -> list[str] | None:
    """Return which feeds were asked to be repaired, once; None when nobody has asked."""
    text = get_meta(store, REPAIR)
    if text is None:
        return None
    with store.transaction() as tx:
        tx.execute("DELETE FROM meta WHERE key = ?", (REPAIR,))
    return msgspec.json.decode(text, type=list[str])
