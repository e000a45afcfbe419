"""A centre of one's own for a test: the real application on a real port, with a database of its own."""

import atexit
import functools
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time
from pathlib import Path

import httpx
import uvicorn
from sqlalchemy import Engine, Table, func, select

from central.access import kiosks
from central.access.endpoint import RequestGuards
from central.access.lanes import Lanes
from central.access.visits import VisitLimits
from central.cards.software_card_keys import demonstration_keys
from central.certificates.signing import open_issuer
from central.credentials.national_platform import NationalPlatform
from central.feeds.publisher import open_publisher
from central.people import people
from central.program.server import create_app
from central.program.workers import listen
from central.store.database import open_database, reading
from sync.client import Timeout
from sync.identity import Identity
from sync.protocol.algorithms import Ed25519Key
from tests.central.visiting import VisitingClient
from tests.deadline import DEADLINE_SECONDS

LAST_MONTH = "2026-10"
# To read all trusted certificates takes longer than a test.
HTTP = httpx.Client(verify=False, trust_env=False, timeout=DEADLINE_SECONDS)


def at_any_hour() -> RequestGuards:
    """No visit is outside the hours, whenever the tests run."""
    return RequestGuards(visit_limits=VisitLimits(opens=time(0), closes=time.max))


class Centre:
    """A running centre; its demonstration citizens are seeded."""

    def __init__(
        self,
        engine: Engine,
        lanes: Lanes | None = None,
        door: RequestGuards | None = None,
        platform: NationalPlatform | None = None,
    ) -> None:
        self.engine = engine
        self.listener = listen("127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.card_keys = demonstration_keys()
        self.folder = tempfile.TemporaryDirectory(prefix="centre-")
        self.issuer = open_issuer(Path(self.folder.name), self.url)
        self.publisher = open_publisher(Path(self.folder.name))
        self.app = create_app(
            lanes or Lanes.of(engine),
            self.issuer,
            self.publisher,
            self.card_keys,
            door or at_any_hour(),
            platform,
        )
        self._server = uvicorn.Server(
            uvicorn.Config(self.app, access_log=False, log_level="error", proxy_headers=False)
        )
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self.listener]})
        self._thread.start()

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join()
        self.listener.close()
        self.folder.cleanup()

    def enrol(self, identity: Identity) -> Identity:
        with self.engine.begin() as tx:
            kiosks.enrol(
                tx, identity.kiosk_id, identity.public_key, datetime.now(UTC), algorithm=identity.algorithm
            )
        return identity

    def client(self, identity: Identity) -> VisitingClient:
        """Return a kiosk with genuine cards, which waits for an answer as long as a slow machine needs."""
        return VisitingClient(self.url, identity, timeout=Timeout(DEADLINE_SECONDS, DEADLINE_SECONDS))

    def rows(self, table: Table) -> list:
        with reading(self.engine) as connection:
            return list(connection.execute(select(table)))

    def count(self, table: Table) -> int:
        with reading(self.engine) as connection:
            return connection.execute(select(func.count()).select_from(table)).scalar_one()


@functools.cache
def migrated_file() -> Path:
    """Return an SQLite file with the tables and the demonstration citizens, to be copied."""
    folder = Path(tempfile.mkdtemp(prefix="centre-"))
    atexit.register(shutil.rmtree, folder)
    engine = open_database(sqlite_url(folder))
    with engine.begin() as tx:
        people.add(tx, people.demo_people(), LAST_MONTH)
    engine.dispose()
    return folder / "central.db"


def sqlite_url(folder: Path) -> str:
    return f"sqlite:///{folder / 'central.db'}"


@contextmanager
def running_centre(
    url: str,
    lanes: Lanes | None = None,
    engine: Engine | None = None,
    door: RequestGuards | None = None,
    platform: NationalPlatform | None = None,
) -> Iterator[Centre]:
    engine = engine or open_database(url)
    with engine.begin() as tx:
        people.add(tx, people.demo_people(), LAST_MONTH)
    centre = Centre(engine, lanes, door, platform)
    try:
        yield centre
    finally:
        centre.stop()
        engine.dispose()
        if lanes:
            lanes.close()


def an_identity(kiosk_id: str = "610200-001") -> Identity:
    return Identity(kiosk_id, Ed25519Key.generate())


def a_caller(kiosk_id: str) -> tuple[Identity, kiosks.Caller]:
    """Return a kiosk's identity, and the kiosk as the centre sees it behind the door."""
    key = Ed25519Key.generate()
    return Identity(kiosk_id, key), kiosks.Caller(kiosk_id, 0.0, key.algorithm, key.public_key)
