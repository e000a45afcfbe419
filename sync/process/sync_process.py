"""The sync process: the outbox first, the feeds in what time is left, neither for long without the other."""

import os
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self

from sync.centre_keys import known_keys
from sync.client import CentralClient
from sync.feeds.copies import LocalFeeds
from sync.feeds.follower import Follower
from sync.feeds.manifest import ManifestVerifier
from sync.process import certificate_watch
from sync.process.delivery import LOOK_SECONDS, DeliveryWorker
from sync.process.head_exchange import HeadExchange
from sync.store import Store
from sync.store.personal import PersonalRecords
from sync.tls import Tls

DELIVERIES_IN_A_ROW = 20
"""So many deliveries may go before a piece of work on the feeds."""
FIRST_WAIT = 15.0
LOW_PRIORITY = 19
PURGE_INTERVAL_SECONDS = 60.0
ONCE_SECONDS = 600.0
"""How long `kiosk sync once` may go on; what it has fetched by then is kept."""


class SyncProcess:
    """Delivers the outbox and follows the feeds, one piece of work at a time; purges expired records.

    :param unanswered: tells whether what was asked last brought no answer.
    :param watch_certificate: sees whether the kiosk's TLS certificate ends soon.
    """

    def __init__(
        self,
        worker: DeliveryWorker,
        follower: Follower,
        personal: PersonalRecords | None = None,
        clock: Callable[[], float] = time.monotonic,
        unanswered: Callable[[], bool] = lambda: False,
        watch_certificate: Callable[[], None] = lambda: None,
    ) -> None:
        self._worker, self._follower, self._personal, self._clock = worker, follower, personal, clock
        self._unanswered, self._watch_certificate = unanswered, watch_certificate
        self._keep_house_at = 0.0
        self._worker_due = 0.0
        self._in_a_row = 0

    @classmethod
    def of(
        cls,
        store: Store,
        client: CentralClient,
        folder: Path,
        feed_key: str = "",
        first_wait: float = FIRST_WAIT,
        tls: Tls | None = None,
    ) -> Self:
        """Put it together for one kiosk and one centre.

        :param feed_key: the centre's feed key (base64), or '' to trust the first one.
        :raises AlreadyRunningError: another process does it. FeedKeyError: ``feed_key`` is no key.
        """
        gatekeeper = ManifestVerifier(store, feed_key)
        if not known_keys(store):  # it can print nothing before the first manifest
            first_wait = 0.0
        heads = HeadExchange(store, lambda text: client.seal(text), gatekeeper.believed_keys)
        worker = DeliveryWorker(store, client, folder, heads=heads)
        copies = LocalFeeds(store, client, folder)
        follower = Follower(store, client, copies, gatekeeper, first_wait=first_wait)
        personal = PersonalRecords(folder, store.key)

        def watch_certificate() -> None:
            if tls:
                certificate_watch.watch(store, tls, worker.centre_time())

        return cls(worker, follower, personal, time.monotonic, lambda: client.unanswered, watch_certificate)

    def run(self, stop: threading.Event, alive: Callable[[], None] = lambda: None) -> None:
        """Work until ``stop`` is set, at a low priority: the window must not notice.

        :param alive: called before each piece of work, and while there is none: often, but not while one hangs.
        """
        # The kernel derives the priority of reading and writing from this one.
        os.nice(LOW_PRIORITY)
        while not stop.is_set():
            alive()
            stop.wait(min(self.step(), LOOK_SECONDS))

    def step(self) -> float:
        """Do one piece of work; return how many seconds there is nothing to do.

        :raises: nothing that comes from the centre or the way to it.
        """
        if self._clock() >= self._keep_house_at:
            self._keep_house()
            self._keep_house_at = self._clock() + PURGE_INTERVAL_SECONDS
        if self._clock() >= self._worker_due:
            pause = self._worker.step()
            self._worker_due = self._clock() + pause
            self._in_a_row = self._in_a_row + 1 if pause == 0 else 0
            if 0 < self._in_a_row < DELIVERIES_IN_A_ROW:
                return 0.0
            self._in_a_row = 0
        return min(self._follower.step(), max(0.0, self._worker_due - self._clock()))

    def _keep_house(self) -> None:
        if self._personal:
            self._personal.expire()
        self._watch_certificate()

    def once(self) -> None:
        """Deliver what waits, go once through the feeds, and deliver what that brought; the rest is for the next time.

        A centre that has not answered is left alone, and all together has a deadline.
        """
        self._watch_certificate()
        self._follower.ask_now()
        end = self._clock() + ONCE_SECONDS
        for part in (self._worker, self._follower, self._worker):
            while part.step() == 0 and self._clock() < end:
                pass
            if self._unanswered() or self._clock() >= end:
                self._follower.skip("the centre did not answer in time")
                return

    def repair(self, feeds: Sequence[str] = ()) -> list[str]:
        """Fetch ``feeds`` from the beginning, or, without any, those that are damaged; return which."""
        repaired = self._follower.repair(feeds)
        self.once()
        return repaired

    def close(self) -> None:
        """Let another process do it."""
        self._follower.close()
        self._worker.close()
