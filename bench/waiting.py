"""How soon a session notices what happens: while the centre is asked and does not answer, and while the menu is shown.

The session is the real one over a scripted card; the centre's line is a real one whose answers never come.
"""

import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import structlog

from bench.figure import Figure
from kiosk.dialogue.questions import (
    AwaitReply,
    Choose,
    CitizenFinished,
    Notice,
    Question,
    TakeCard,
    WentBack,
)
from kiosk.services.service import Conversation, services
from kiosk.visit.asking import ask
from kiosk.visit.visit import PinVerified, Visit
from sync.client import CentralClient
from sync.identity import Identity
from sync.protocol.algorithms import Ed25519Key
from sync.protocol.cards import REPORT_LOSS, LossReport
from sync.reachability import PROBE_TIMEOUT
from tests.kiosk.scene import Scene, at_work
from tests.people import WANG

TIMES = 20
SERVICE = "card-information"
IDENTITY = Identity("610200-001", Ed25519Key.generate())


class SilentCentre:
    """Takes connections and requests, and answers nothing."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._taken: list[socket.socket] = []
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                self._taken.append(self._listener.accept()[0])

    def close(self) -> None:
        """Hang up."""
        for line in (self._listener, *self._taken):
            line.close()


def report_loss(visit: Visit) -> Conversation:
    """Ask the centre for something that takes its time."""
    request = LossReport(request_id=visit.visit_id, region="610200", id_number=WANG.id_number, kind="oral")
    visit.happened(PinVerified())
    yield from ask(visit, REPORT_LOSS, request)
    return None


Leave = Callable[[Scene, AwaitReply], None]
LEAVING: dict[str, tuple[Leave, type[Question]]] = {
    "a pulled card": (lambda scene, _page: scene.pull(), Notice),
    "返回": (lambda scene, page: scene.attendant.answer(page, WentBack()), Notice),
    "结束": (lambda scene, page: scene.attendant.answer(page, CitizenFinished()), TakeCard),
}


@contextmanager
def scene(url: str) -> Iterator[Scene]:
    """A kiosk whose centre is at ``url``, and whose service asks it."""
    with tempfile.TemporaryDirectory() as folder, at_work(Path(folder)) as at:
        at.client.call = CentralClient(url, IDENTITY).call  # type: ignore[method-assign]  # a real one's
        yield at


def waits(name: str, url: str) -> list[float]:
    """Return the milliseconds from leaving a wait for the centre to the page after it."""
    leave, next_page = LEAVING[name]
    found = []
    for _ in range(TIMES):
        with scene(url) as at:
            at.attendant.answer(at.menu(), SERVICE)
            page = at.see(AwaitReply)
            begun = time.perf_counter()
            leave(at, page)
            at.see(next_page)
            found.append((time.perf_counter() - begun) * 1000)
    return found


def stops(url: str) -> list[float]:
    """Return the milliseconds from the stop to the end of the device loop, while the centre is asked."""
    found = []
    for _ in range(TIMES):
        with scene(url) as at:
            at.attendant.answer(at.menu(), SERVICE)
            at.see(AwaitReply)
            begun = time.perf_counter()
            at.attendant.stop()
            at.thread.join()
            found.append((time.perf_counter() - begun) * 1000)
    return found


class Health(BaseHTTPRequestHandler):
    """A centre that says only that it is there."""

    def do_GET(self) -> None:
        """Say so."""
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing about it."""


def cover_opened() -> float:
    """Return the milliseconds from the printer's report to the menu that tells it."""
    with tempfile.TemporaryDirectory() as folder, at_work(Path(folder)) as at:
        at.menu()
        begun = time.perf_counter()
        at.printer.status = replace(at.printer.status, cover_open=True)
        at.attendant.device_changed(at.printer.status)
        at.see(Choose)
        return (time.perf_counter() - begun) * 1000


def centre_gone() -> float:
    """Return the milliseconds from the centre's end to the menu that tells it."""
    with (
        ThreadingHTTPServer(("127.0.0.1", 0), Health) as centre,
        tempfile.TemporaryDirectory() as folder,
        at_work(Path(folder)) as at,
    ):
        threading.Thread(target=centre.serve_forever, args=(0.01,)).start()
        url = f"http://127.0.0.1:{centre.server_port}"
        client, looked = CentralClient(url, IDENTITY, timeout=PROBE_TIMEOUT), threading.Event()

        def look() -> bool:
            reached = client.reachable()
            looked.set()
            return reached

        at.look = look
        at.line.start()
        at.menu()
        looked.clear()
        looked.wait()  # so that a whole pause is to come before the next look
        begun = time.perf_counter()
        centre.shutdown()
        centre.socket.close()
        at.see(Choose)
        return (time.perf_counter() - begun) * 1000


def figures() -> Iterator[Figure]:
    """Return how long each takes at worst."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    centre = SilentCentre()
    found = services()[SERVICE]
    # The real registry, put back afterwards.
    services()[SERVICE] = replace(found, run=report_loss)  # type: ignore[index]
    try:
        for name in LEAVING:
            yield _figure(
                f"waiting.end, {name}", waits(name, centre.url), 300, "a centre that does not answer"
            )
        yield _figure("waiting.end, SIGTERM", stops(centre.url), 300, "a centre that does not answer")
    finally:
        services()[SERVICE] = found  # type: ignore[index]  # the real registry, put back afterwards
        centre.close()
    for name, measured in (("the printer's cover", cover_opened), ("a centre that ends", centre_gone)):
        taken = [measured() for _ in range(TIMES)]
        yield _figure(f"menu.follows, {name}", taken, 1000, "from the change to the page")


def _figure(name: str, taken: list[float], bound: int, against: str) -> Figure:
    return Figure(f"{name} (worst)", max(taken), "ms", f"<= {bound}", against, len(taken))
