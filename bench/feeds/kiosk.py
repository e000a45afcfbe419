"""A kiosk that only follows the feeds, and how long that takes."""

import time
from pathlib import Path

from sync.client import CentralClient, Timeout
from sync.feeds import feed_status
from sync.feeds.copies import LocalFeeds
from sync.feeds.follower import Follower
from sync.feeds.manifest import ManifestVerifier
from sync.identity import Identity
from sync.store import Store

KIOSK = "bench"


class Kiosk:
    """The kiosk in ``folder``."""

    def __init__(self, folder: Path, address: str, identity: Identity) -> None:
        folder.mkdir()
        self.folder = folder
        self._store = Store.open(folder, KIOSK)
        self._client = CentralClient(address, identity, timeout=Timeout(60, 60))
        self._client.reachable()  # a kiosk's sync process has read the trusted certificates long before
        copies = LocalFeeds(self._store, self._client, folder)
        self._follower = Follower(self._store, self._client, copies, ManifestVerifier(self._store))

    def seconds_to_follow(self) -> float:
        """Go once through all feeds, until everything can be read."""
        self._follower.ask_now()
        begun = time.perf_counter()
        while self._follower.step() == 0:
            pass
        took = time.perf_counter() - begun
        problems = {each.problem for each in feed_status.feed_statuses(self._store).values()} | {
            feed_status.trouble(self._store)
        }
        assert problems == {""}, problems
        return took

    def close(self) -> None:
        self._follower.close()
        self._client.close()
        self._store.close()
