"""The thread beside the server that gives each act its place in the audit chain, some milliseconds after it."""

import threading
import time
from datetime import UTC, datetime
from types import TracebackType

import psycopg
import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from central.audit.chain import Sequencer, open_sequencer
from central.audit.heads import forget
from central.feeds.publisher import Publisher
from central.store.acts import RECORDED

COMMIT_SECONDS = 0.005
"""How long an act that was recorded here may take to be committed, before the first look for it."""
LONGEST_PAUSE = 0.25
"""Seconds between two looks for the acts of other processes."""

FORGET_SECONDS = 24 * 3600.0

log = structlog.get_logger(__name__)


class ChainMaintainer:
    """Chains while the ``with`` block lasts; several may do so, of one process or many."""

    def __init__(self, engine: Engine, publisher: Publisher) -> None:
        self._sequencer: Sequencer = open_sequencer(engine, publisher)
        self._engine, self._forget_at = engine, 0.0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="audit")

    def __enter__(self) -> "ChainMaintainer":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.set()
        RECORDED.set()
        self._thread.join()

    def _run(self) -> None:
        pause = COMMIT_SECONDS
        while not self._end.wait(COMMIT_SECONDS):
            pause = COMMIT_SECONDS if self._look() else min(2 * pause, LONGEST_PAUSE)
            if RECORDED.wait(pause):
                pause = COMMIT_SECONDS
            RECORDED.clear()

    def _look(self) -> int:
        try:
            self._forget()
            return self._sequencer.run()
        except (DBAPIError, psycopg.Error, OSError) as error:
            log.error("audit_chain_waits", error=type(error).__name__)
            return 0

    def _forget(self) -> None:
        """Once a day, forget the kiosks' heads that were kept long enough."""
        if time.monotonic() >= self._forget_at:
            with self._engine.begin() as tx:
                forget(tx, datetime.now(UTC))
            self._forget_at = time.monotonic() + FORGET_SECONDS
