"""Serving with one process, or with several that share nothing but the database and the port."""

import gc
import multiprocessing
import os
import signal
import socket
import sys
import threading
from collections.abc import Sequence
from multiprocessing.connection import wait
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import structlog
import uvicorn
from msgspec import Struct

from central.api.endpoint import Door
from central.card_keys import open_card_keys
from central.database import connect
from central.feeds.keeper import Keeper
from central.feeds.publisher import open_publisher
from central.server import create_app
from central.signing import open_issuer

log = structlog.get_logger(__name__)
# A process that has read the program already makes the workers: a new one takes a killed one's place at once.
processes = multiprocessing.get_context("forkserver")


class Settings(Struct, frozen=True):
    """What a worker has to know; it gets no more than this and its socket."""

    database: str
    data: Path
    public_url: str
    certificate_header: str | None = None


def listen(host: str, port: int, count: int) -> list[socket.socket]:
    """Return ``count`` sockets that listen on one port; the kernel deals the connections out between them."""
    first = _listener(host, port, reuse_port=count > 1)
    port = first.getsockname()[1]
    return [first, *(_listener(host, port, reuse_port=True) for _ in range(count - 1))]


def _listener(host: str, port: int, *, reuse_port: bool) -> socket.socket:
    listener = socket.create_server((host, port), reuse_port=reuse_port)
    # asyncio does not know these for TCP sockets. An answer would wait 40 ms until the kiosk acknowledges its head.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def work(listener: socket.socket, settings: Settings) -> None:
    """Serve on one socket until told to stop (SIGTERM or SIGINT)."""
    engine, publisher = connect(settings.database), open_publisher(settings.data)
    issuer, card_keys = open_issuer(settings.data, settings.public_url), open_card_keys(settings.data)
    app = create_app(engine, issuer, publisher, card_keys, Door(settings.certificate_header))
    # The access log of uvicorn would hold 校验码; central.server writes its own.
    config = uvicorn.Config(app, access_log=False, server_header=False, log_level="warning")
    # What is loaded stays: looking through it for rubbish would stop a request for 60 ms now and then.
    gc.freeze()
    try:
        with Keeper(engine, publisher):
            uvicorn.Server(config).run(sockets=[listener])
    finally:
        engine.dispose()


def work_together(listeners: Sequence[socket.socket], settings: Settings) -> int:
    """Serve with a process for each socket until told to stop; return the exit code.

    A worker that is killed is replaced; its socket stays open meanwhile, so that nobody is turned away. One that
    ends by itself would end again: then all stop, and it is for systemd to say so.
    """
    processes.set_forkserver_preload([__name__])
    crew = [_Place(listener, settings) for listener in listeners]
    stopping = threading.Event()

    def stop(*_: object) -> None:
        stopping.set()
        for place in crew:
            place.process.terminate()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    failed = False
    while running := [place for place in crew if place.process.is_alive()]:
        wait([place.process.sentinel for place in running])
        for place in crew:
            if place.process.is_alive() or stopping.is_set():
                continue
            log.error("worker_ended", code=place.process.exitcode)
            if (place.process.exitcode or 0) < 0:
                place.fill()
            else:
                failed = True
                stop()
    return 1 if failed else 0


class _Place:
    """A socket and the process that serves it now."""

    def __init__(self, listener: socket.socket, settings: Settings) -> None:
        self._listener, self._settings = listener, settings
        self.fill()

    def fill(self) -> None:
        """Start a process."""
        self.process: ForkServerProcess = processes.Process(
            target=_work_alone, args=(self._listener, self._settings)
        )
        self.process.start()


def _work_alone(listener: socket.socket, settings: Settings) -> None:
    """Serve in a process of its own, which does not outlive the one that started it."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    work(listener, settings)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
