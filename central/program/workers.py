"""Serving with one process, or with several that share nothing but the database and one listening socket."""

import asyncio
import gc
import multiprocessing
import os
import resource
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import wait
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import Any

import structlog
import uvicorn
from msgspec import Struct

from central.access.endpoint import RequestGuards
from central.access.lanes import Lanes
from central.access.visits import VisitLimits
from central.cards.card_key_provider import CardKeySettings, open_card_keys
from central.certificates.signing import open_issuer
from central.credentials.national_platform import open_platform
from central.feeds.publisher import open_publisher
from central.jobs.chaining import ChainMaintainer
from central.jobs.keeper import TIMEOUTS, FeedMaintainer
from central.keys.providers import KeySettings
from central.program.log_lines import LogLines
from central.program.punctual import PunctualProtocol
from central.program.server import create_app
from central.store.database import Timeouts, connect
from command_line.signals import STOP, told_to_stop

TICK = 0.5
"""Seconds between two looks at the workers; one that ends is noticed at once."""
BEAT = 0.5
"""Seconds between two signs of life of a worker."""
SILENCE = 5.0
"""Seconds without a sign of life after which a worker is killed: kiosks wait for eight."""
START_SECONDS = 30.0
"""How long a worker may take until its first sign of life."""
IDLE_SECONDS = 30
"""How long a connection is kept between two requests; kiosks end theirs sooner (``sync.line``)."""
GRACE_SECONDS = 2
"""How long a worker that is told to stop may go on with what it has begun: a kiosk repeats its request."""
KILLED_AFTER = 4.5
"""Seconds after which it is killed: it should have ended itself (``command_line.signals.STOP_SECONDS``)."""
FAILED_STARTS, FIRST_PAUSE, LONGEST_PAUSE = 5, 0.5, 8.0
"""A worker that does not come to life is tried again after a pause, which doubles; one that fails, so many times."""

log = structlog.get_logger(__name__)
# The workers are forked from a process that has read the program already: a new one takes a dead one's place at once.
processes = multiprocessing.get_context("fork")


class Settings(Struct, frozen=True):
    """What a worker has to know; it gets no more than this and its socket."""

    database: str
    data: Path
    public_url: str
    certificate_header: str | None = None
    authorities: tuple[str, ...] = ()
    timeouts: Timeouts = Timeouts()
    visit_limits: VisitLimits = VisitLimits()
    keys: KeySettings = KeySettings()
    card_keys: CardKeySettings = CardKeySettings()
    national_platform: str | None = None


def allow_many_connections() -> None:
    """Let this process and its workers have as many connections open as the system permits: each is an open file."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens, for all workers: one that hangs keeps no new connection from the others."""
    listener = socket.create_server((host, port))
    # asyncio does not know these for TCP sockets. An answer would wait 40 ms until the kiosk acknowledges its head.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def work(
    listener: socket.socket,
    settings: Settings,
    alive: Callable[[], None] = lambda: None,
    begun: Callable[[], None] = lambda: None,
) -> None:
    """Serve on a socket until told to stop (SIGTERM or SIGINT).

    :param alive: is called every BEAT seconds, from the loop that answers requests.
    :param begun: is called when a signal to stop is heeded.
    """
    publisher = open_publisher(settings.data, settings.keys)
    issuer = open_issuer(settings.data, settings.public_url, settings.keys)
    lanes = Lanes.open(settings.database, settings.timeouts)
    authorities = frozenset(settings.authorities)
    door = RequestGuards(settings.certificate_header, authorities, settings.visit_limits)
    card_keys = open_card_keys(settings.data, settings.card_keys)
    platform = open_platform(settings.national_platform)
    app = create_app(lanes, issuer, publisher, card_keys, door, platform)

    # The access log of uvicorn would hold 校验码; central.program.server writes its own.
    config = uvicorn.Config(
        app,
        access_log=False,
        server_header=False,
        log_level="error",  # what strangers send is no news
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
        lifespan="off",
        proxy_headers=False,  # central.access.proxy
        ws="none",
        http=PunctualProtocol,
    )
    server = Server(config, alive)
    # What is loaded stays: looking through it for rubbish would stop a request for 60 ms now and then.
    gc.freeze()
    background = connect(settings.database, TIMEOUTS, connections=2)
    try:
        with (
            told_to_stop(lambda number: server.handle_exit(number, None)),
            FeedMaintainer(background, publisher),
            ChainMaintainer(background, publisher),
        ):
            begun()
            server.run(sockets=[listener])
    finally:
        background.dispose()
        lanes.close()


class Server(uvicorn.Server):
    """A server that calls ``alive`` from its first moment to its last, and leaves the signals to us.

    uvicorn's own notice comes once in ten turns of its loop, each of which may be late, and waits for a clock that was
    set back. A signal it sends itself once more when all is over, and dies of it.
    """

    def __init__(self, config: uvicorn.Config, alive: Callable[[], None]) -> None:
        super().__init__(config)
        self._alive = alive

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve."""
        await super().startup(sockets)
        if self.started:
            self._beating = asyncio.create_task(self._beat())

    async def _beat(self) -> None:
        while True:
            self._alive()
            await asyncio.sleep(BEAT)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def work_together(
    listener: socket.socket,
    settings: Settings,
    count: int,
    alive: Callable[[], None] = lambda: None,
    begun: Callable[[], None] = lambda: None,
) -> int:
    """Serve with ``count`` processes until told to stop; return the exit code.

    :param alive: is called every TICK seconds, as long as a worker serves.
    :param begun: is called when a signal to stop is heeded.

    A worker that ends, for whatever reason, or hangs, is replaced. When one cannot start several times in a row, all
    stop: it is for systemd to say so.
    """
    stopping = threading.Event()
    log_lines = LogLines()
    places = [Place(listener, settings, log_lines) for _ in range(count)]
    failed = False
    with told_to_stop(lambda _: stopping.set()):
        begun()
        while not (failed or stopping.is_set()):
            for place in places:
                place.look()
            failed = any(place.failed for place in places)
            if any(place.serves for place in places):
                alive()
            wait([place.sentinel for place in places if place.sentinel is not None], TICK)
        stop(places)
    return 1 if failed else 0


def stop(places: list["Place"]) -> None:
    """Let the workers end what they have begun; kill those that do not come to an end."""
    for place in places:
        place.end(signal.SIGTERM)
    end = time.monotonic() + KILLED_AFTER
    while running := [place.sentinel for place in places if place.sentinel is not None]:
        if not wait(running, max(0.0, end - time.monotonic())):
            for place in places:
                place.end(signal.SIGKILL)
        for place in places:
            place.gone()


class Place:
    """One worker's place: the process that is there now, its last sign of life, and how often it did not start."""

    def __init__(self, listener: socket.socket, settings: Settings, log_lines: LogLines) -> None:
        self._arguments = (listener, settings, log_lines)
        self._process: ForkProcess | None = None
        self._early = self._failures = 0
        self._start_at = 0.0
        self._looked_at = self._heard = self._silence = 0.0
        self._alive_at: Any = processes.RawValue("d", 0.0)

    @property
    def sentinel(self) -> int | None:
        """What becomes ready when the process ends."""
        return self._process.sentinel if self._process else None

    @property
    def serves(self) -> bool:
        """Return whether the process there has given a sign of life, and none too long ago."""
        return bool(self._process and self._alive_at.value) and self._silence <= SILENCE

    @property
    def failed(self) -> bool:
        """Return whether there is no use in trying again."""
        return self._failures >= FAILED_STARTS

    def look(self) -> None:
        """Replace the process if it has ended; kill it if it hangs."""
        if self.gone() and not self.failed and time.monotonic() >= self._start_at:
            self._fill()
        elif self._process and self._silent():
            log.error("worker_silent", pid=self._process.pid)
            self._silence = 0.0  # it is not gone in this moment
            self.end(signal.SIGKILL)

    def gone(self) -> bool:
        """Return whether there is no process here, and note the end of one."""
        if self._process and not self._process.is_alive():
            log.error("worker_ended", pid=self._process.pid, code=self._process.exitcode)
            self._count(self._process.exitcode or 0)
            self._process = None
        return self._process is None

    def _count(self, code: int) -> None:
        """Let one that never came to life be followed after a pause; one that was killed says nothing of the next."""
        if self._alive_at.value:
            self._early = self._failures = 0
            return
        self._start_at = time.monotonic() + min(FIRST_PAUSE * 2**self._early, LONGEST_PAUSE)
        self._early += 1
        self._failures += code > 0

    def end(self, number: signal.Signals) -> None:
        """Send a signal to the process."""
        if self._process and self._process.is_alive() and self._process.pid:
            os.kill(self._process.pid, number)

    def _fill(self) -> None:
        self._alive_at.value = self._heard = self._silence = 0.0
        self._looked_at = time.monotonic()
        self._process = processes.Process(target=_work_alone, args=(*self._arguments, self._alive_at))
        # A signal to stop that comes in between must find the worker's own handlers, not ours.
        masked = signal.pthread_sigmask(signal.SIG_BLOCK, STOP)
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, masked)

    def _silent(self) -> bool:
        """Count the seconds without a sign of life; where our own look comes late, the machine is slow."""
        now, heard = time.monotonic(), self._alive_at.value
        self._silence = 0.0 if heard != self._heard else self._silence + min(now - self._looked_at, TICK)
        self._looked_at, self._heard = now, heard
        return self._silence > (SILENCE if heard else START_SECONDS)


def _work_alone(listener: socket.socket, settings: Settings, log_lines: LogLines, alive_at: Any) -> None:
    """Serve in a process of its own, which does not outlive the one that started it."""
    for number in STOP:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP)
    sys.stderr = log_lines.open()  # what uvicorn and Python themselves say goes there too
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    parent = multiprocessing.parent_process()
    assert parent is not None

    def alive() -> None:
        alive_at.value = time.monotonic()
        if os.getppid() != parent.pid:
            os.kill(os.getpid(), signal.SIGTERM)

    work(listener, settings, alive)
