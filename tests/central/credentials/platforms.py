"""The simulated national platform on a port of its own, and platforms that answer anything else."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import uvicorn
from starlette.types import ASGIApp

from central.credentials.national_platform import HttpPlatform
from central.people.people import demo_people
from central.program.workers import listen
from central.simulator.national_platform import SHOW, SimulatedPlatform, application
from tests.central.centre import HTTP
from tests.deadline import DEADLINE_SECONDS


@contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """Serve an application; yield its address."""
    listener = listen("127.0.0.1", 0)
    config = uvicorn.Config(app, access_log=False, log_level="critical", lifespan="off")
    config.timeout_graceful_shutdown = 0
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


class Telephones:
    """What the telephones of the demonstration's citizens show; ``minutes`` later than now, if a test says so."""

    def __init__(self) -> None:
        self.later = timedelta()
        self.platform = SimulatedPlatform(demo_people(), lambda: datetime.now(UTC) + self.later)
        self.url = ""

    def code_of(self, id_number: str) -> str:
        return HTTP.post(f"{self.url}{SHOW}", json={"id_number": id_number}).json()["token"]


@contextmanager
def telephones() -> Iterator[Telephones]:
    shown = Telephones()
    with serving(application(shown.platform)) as shown.url:
        yield shown


def patient(url: str) -> HttpPlatform:
    """Return the platform at ``url``, waited for as long as a slow machine needs."""
    return HttpPlatform(url, DEADLINE_SECONDS)
