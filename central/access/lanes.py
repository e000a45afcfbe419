"""Lanes to the database: what is slow or stuck in one holds up nobody in another."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, Self, TypeVar

import structlog
from sqlalchemy import Engine

from central.access.limits import busy, database_away
from central.store.database import Timeouts, connect, is_unavailable
from central.store.refusals import RefusedError

EVENTS, FEEDS, SERVICES, LOOKS, PUBLIC, PLATFORM = 5, 4, 4, 1, 1, 2
"""How many connections each lane has in a worker."""
WAITING = 640
"""How many requests may wait for their turn in one lane: what 5,000 kiosks ask of a worker within ``LONGEST_WAIT``."""
PATIENCE = 7.0
"""Seconds from a request to its answer: a kiosk waits for eight."""
LONGEST_WAIT = 4.0
"""Of these, seconds in which a request must come to its turn."""

Answer = TypeVar("Answer")

log = structlog.get_logger(__name__)


class Lane:
    """Threads and connections of one kind of request: ``places`` at work, some waiting, nobody for long."""

    def __init__(self, name: str, engine: Engine, places: int, waiting: int = WAITING) -> None:
        self.name, self.engine = name, engine
        self._free, self._may_wait = asyncio.Semaphore(places), waiting
        self._threads = ThreadPoolExecutor(places, thread_name_prefix=name)

    async def run(self, work: Callable[..., Answer], *arguments: Any) -> Answer:
        """Do ``work`` in a thread when its turn has come.

        :raises Refused: it refuses, its turn did not come in time, or the database is away or too slow. What is begun
            is then ended all the same.
        """
        try:
            return await self._run(work, *arguments)
        except Exception as error:
            if not is_unavailable(error):
                raise
            log.warning("database_away", lane=self.name, error=type(getattr(error, "orig", error)).__name__)
            raise database_away() from error

    async def _run(self, work: Callable[..., Answer], *arguments: Any) -> Answer:
        loop = asyncio.get_running_loop()
        end = loop.time() + PATIENCE
        await self._enter()
        working = loop.run_in_executor(self._threads, work, *arguments)
        working.add_done_callback(self._leave)
        done, _ = await asyncio.wait([working], timeout=end - loop.time())
        if not done:
            raise too_slow()
        return working.result()

    async def _enter(self) -> None:
        if not self._may_wait:
            raise busy()
        self._may_wait -= 1
        try:
            async with asyncio.timeout(LONGEST_WAIT):
                await self._free.acquire()
        except TimeoutError:
            raise busy() from None
        finally:
            self._may_wait += 1

    def _leave(self, working: asyncio.Future[Any]) -> None:
        self._free.release()
        working.exception()  # nobody may be left who asks for it


class Lanes(NamedTuple):
    """The lanes of one worker: events come in whatever becomes of the rest, and kiosks whatever of the public page.

    What waits for the national platform holds up nobody who does not.
    """

    events: Lane
    feeds: Lane
    services: Lane
    looks: Lane
    public: Lane
    platform: Lane

    @classmethod
    def of(cls, engine: Engine) -> Self:
        """Return lanes with the connections of one engine."""
        return cls(*(Lane(name, engine, places) for name, places in zip(cls._fields, PLACES, strict=True)))

    @classmethod
    def open(cls, url: str, timeouts: Timeouts) -> Self:
        """Return lanes to the database at ``url``, each with connections of its own."""
        named = zip(cls._fields, PLACES, strict=True)
        return cls(*(Lane(name, connect(url, timeouts, places), places) for name, places in named))

    def close(self) -> None:
        """Close the connections."""
        for lane in self:
            lane.engine.dispose()


PLACES = (EVENTS, FEEDS, SERVICES, LOOKS, PUBLIC, PLATFORM)


def too_slow() -> RefusedError:
    """Return the refusal of what was begun and not ended in time."""
    return RefusedError("too-slow", retry_after=busy().retry_after)
