"""The thread beside the server that numbers what is published, builds snapshots when they are due, and forgets."""

import threading
import time
from datetime import UTC, datetime
from types import TracebackType

import psycopg
import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from central.access.nonces import forget_old
from central.access.visits import forget_visits
from central.cards.cards import publish_expired_losses
from central.certificates.serials import skip_ahead
from central.credentials.face import forget_faces
from central.feeds.aging import age_out
from central.feeds.log import begin_epochs, lock, lock_if_free
from central.feeds.manifest import begin_feeds, begun, number
from central.feeds.names import PUBLIC
from central.feeds.publisher import Publisher
from central.feeds.sequencer import sequence
from central.feeds.snapshots import build, due, gone
from central.jobs.due_dates import date_pending, watch_calendars
from central.store.acts import job, record
from central.store.database import Timeouts, reading
from central.store.reads import forget_reads
from central.store.witness import Witness

PAUSE = 0.2
"""Seconds between two looks at what waits."""
NUMBER = "manifest"
MAINTENANCE_INTERVAL = 600.0
"""Seconds between two looks at what is old, and whether a snapshot is due."""
TIMEOUTS = Timeouts(lock=5.0, statement=600.0)
"""For the thread's own connection: it may take its time, but ends when the server does."""

log = structlog.get_logger(__name__)


class FeedMaintainer:
    """Keeps the feeds while the ``with`` block lasts; several may do so, of one process or many."""

    def __init__(self, engine: Engine, publisher: Publisher, pause: float = PAUSE) -> None:
        self._engine, self._publisher, self._pause = engine, publisher, pause
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="feeds")
        self._seldom_at = 0.0
        self._begun = False
        self._witness = Witness(publisher.snapshots.parent / "feeds.json")

    def __enter__(self) -> "FeedMaintainer":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._end.wait(self._pause):
            try:
                self._look()
            except (DBAPIError, psycopg.Error, OSError) as error:
                # The database is away or the disk is full: the server says so too, and this goes on afterwards.
                log.error("feed_maintenance_failed", error=type(error).__name__)

    def _look(self) -> None:
        self._begun = self._begun or self._begin()
        came_back = self._begin_anew_if_restored()
        numbered = sequence(self._engine, self._publisher.card_key)
        now = time.monotonic()
        seldom = now >= self._seldom_at
        if seldom:
            self._seldom_at = now + MAINTENANCE_INTERVAL
            self._tidy()
        if numbered or seldom or came_back:
            with reading(self._engine) as connection:
                wanted = came_back or due(connection) or gone(connection, self._publisher.snapshots)
            if wanted:
                build(self._engine, self._publisher)

    def _begin(self) -> bool:
        """Begin the feeds that have not begun; return whether all have. Never waits for a large publication."""
        with reading(self._engine) as connection:
            if begun(connection, PUBLIC):
                return True
        with self._engine.begin() as tx:
            free = lock_if_free(tx)
            if free:
                begin_feeds(tx, PUBLIC, datetime.now(UTC))
        return free

    def _tidy(self) -> None:
        with self._engine.begin() as tx:
            publish_expired_losses(tx, datetime.now(UTC))
        with self._engine.begin() as tx:
            forget_old(tx, datetime.now(UTC))
        with self._engine.begin() as tx:
            watch_calendars(tx, datetime.now(UTC))
        date_pending(self._engine, datetime.now(UTC))
        with self._engine.begin() as tx:
            forget_visits(tx, datetime.now(UTC))
            forget_faces(tx, datetime.now(UTC))
            forget_reads(tx, datetime.now(UTC))
        with self._engine.begin() as tx:
            if lock_if_free(tx):
                age_out(tx, datetime.now(UTC))

    def _begin_anew_if_restored(self) -> bool:
        """See whether the manifest's number went back: kiosks would refuse it, or take its numbers for others."""
        told = self._witness.told(NUMBER)  # first: what is told was committed before
        with reading(self._engine) as connection:
            now = number(connection)
        if now > told:
            self._witness.tell(NUMBER, now)
        if now >= told:
            return False
        with self._engine.begin() as tx:
            lock(tx)
            if number(tx) >= told:  # another keeper was quicker
                return False
            begun = begin_epochs(tx, datetime.now(UTC), above=told)
            skip_ahead(tx)
            record(tx, job("restore-noticed", datetime.now(UTC)), "feeds-restarted", "feeds")
        log.error("feeds_restored", feeds=begun, number=now, told=told)
        return True
