"""A kiosk that follows the feeds of a centre in memory, and what is published there."""

import json

from sync.feeds import feed_status
from sync.feeds.copies import LocalFeeds
from sync.feeds.follower import Follower
from sync.feeds.manifest import ManifestVerifier
from sync.store import Store
from sync.store.reference import ReferenceReader
from tests.sync.publisher import Published, Publisher


class Kiosk:
    """A kiosk's folder and the follower in it, which can be stopped at any piece of its work."""

    def __init__(self, folder, centre: Publisher) -> None:
        self.folder, self.centre = folder, centre
        self.time = 1000.0
        self._cut_off: list[Follower] = []
        self.store = Store.open(folder, "K1")
        self.reader = ReferenceReader(folder)
        self.start()

    def start(self) -> None:
        self.copies = LocalFeeds(self.store, self.centre, self.folder, clock=self.now)
        gatekeeper = ManifestVerifier(self.store, self.centre.public_key)
        self.follower = Follower(self.store, self.centre, self.copies, gatekeeper, clock=self.now)

    def now(self) -> float:
        return self.time

    def restart(self) -> None:
        self.follower.close()
        self.start()

    def cut_power(self) -> None:
        """Continue with a new follower; the old one does nothing more.

        It is kept: collected, it would clean up, and remove what the new one is working on.
        """
        self._cut_off.append(self.follower)
        self.start()

    def follow(self) -> float:
        """Go once through the feeds; return how long the follower wants to rest then."""
        self.follower.ask_now()
        while not (pause := self.follower.step()):
            pass
        return pause

    def rows(self, feed: str = "guides") -> dict:
        return {key: json.loads(value) for key, value in self.reader.rows(feed).items()}

    def feed_status(self, feed: str = "guides") -> feed_status.FeedStatus:
        return feed_status.feed_statuses(self.store)[feed]

    def close(self) -> None:
        self.follower.close()
        self.store.close()


def fill(feed: Published, count: int, first: int = 0) -> dict:
    rows = {f"g{number:05}": {"title": f"问题{number}"} for number in range(first, first + count)}
    for key, value in rows.items():
        feed.put(key, value)
    return rows


def titles(feed: Published) -> dict:
    return {key: json.loads(change.value) for key, change in feed.rows().items()}
