"""A province of simulated kiosks against ``kiosk-central serve`` on PostgreSQL: errors, lost events, answer times.

Each does as a kiosk does, with its own constants: delivers what happened, or greets; follows the feeds; looks whether
the centre is there and keeps an idle connection to notice that it went. All were switched on in the same moment, and
the centre publishes meanwhile. A kiosk that is sent away comes again, and it counts as an error.
"""

import asyncio
import hashlib
import itertools
import os
import random
import resource
import sys
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec
from sqlalchemy import Engine, func, select
from uuid_utils import uuid7

from bench.figure import Figure
from bench.serving import serving
from central.access import kiosks
from central.feeds.publishing import card_status_changed
from central.program.workers import allow_many_connections
from central.store import tables as models
from central.store.database import open_database
from sync.backoff import Backoff
from sync.client import HEALTH
from sync.feeds.follower import MANIFEST
from sync.feeds.pages import spans
from sync.identity import Identity
from sync.line import IDLE_SECONDS
from sync.process.delivery import GREET_SECONDS
from sync.process.sync_process import FIRST_WAIT
from sync.protocol.algorithms import Ed25519Key
from sync.protocol.audit import make_head
from sync.protocol.deliveries import DELIVER_EVENTS
from sync.protocol.feeds import SignedManifest, manifest_of, page_path
from sync.protocol.messages import DeliveryAnswer, Event, Head, Heads
from sync.reachability import SELDOM_SECONDS
from sync.store import chain
from tools.postgres import running_postgres

KIOSKS, SECONDS, WORKERS = 5_000, 120.0, 2
EVERY = 30.0
"""Seconds between a kiosk's deliveries. With two events each that is 1,800 events in a day of 7.5 hours."""
MOST_EVENTS = 4
PUBLISHED_EVERY = 3.0
"""Seconds between two changes of a card's state in the province: 10,000 in a working day."""
PATIENCE = 8.0
"""Seconds that a kiosk waits for an answer (``sync.client.TIMEOUT``)."""
RETRY_AFTER = 5
"""Seconds: what a kiosk that was sent away takes for asked, the longest that the centre asks."""
PATH = DELIVER_EVENTS.path
EPOCH = "e"
NOT_MODIFIED = 304
NO_HEADERS: Mapping[str, str] = {}


class Answer(NamedTuple):
    """What came back: status, entity tag, body."""

    status: int
    tag: str
    body: bytes


@dataclass
class Tally:
    """What the kiosks saw: seconds each request took, what went wrong, how many events they handed over.

    ``pages`` are the pages that they read, and ``addresses`` how many different ones these were.
    """

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    delivered: int = 0
    pages: int = 0
    addresses: set[str] = field(default_factory=set)

    def percentile(self, part: float) -> float:
        """Return the milliseconds within which ``part`` of the requests were answered."""
        return 1000 * sorted(self.seconds)[int(part * (len(self.seconds) - 1))]


def figures() -> Iterator[Figure]:
    """Yield what 5,000 kiosks saw in two minutes."""
    identities = [Identity(f"kiosk-{n:04}", Ed25519Key.generate()) for n in range(KIOSKS)]
    with running_postgres(durable=True) as url:
        engine = open_database(url)
        let_in(engine, identities)
        allow_many_connections()
        before = workers_cpu()
        with serving(url, WORKERS) as address, publishing(engine):
            tally = asyncio.run(fleet(address, identities))
        cpu = workers_cpu() - before
        lost = tally.delivered - held(engine)
        engine.dispose()
    n = len(tally.seconds)
    load = os.getloadavg()[0]
    against = (
        f"{KIOSKS} kiosks, {SECONDS:.0f} s, {WORKERS} workers, {tally.delivered} events, load {load:.0f}"
    )
    for error, count in Counter(tally.errors).most_common(5):
        print(f"{count} × {error}", file=sys.stderr)
    yield Figure("fleet.errors", len(tally.errors), "requests", "<= 0", against, n)
    yield Figure("fleet.lost", lost, "events", "<= 0", against, tally.delivered)
    shared = tally.pages / max(len(tally.addresses), 1)
    yield Figure("fleet.page_shared", shared, "kiosks", ">= 20", "read one and the same page", tally.pages)
    yield Figure(
        "fleet.cpu", 1000 * cpu / n, "ms", "<= 1", "of the workers for a request, with their start", n
    )
    for name, part in (("p50", 0.5), ("p99", 0.99)):
        yield Figure(f"fleet.{name}", tally.percentile(part), "ms", "<= 8000", "the kiosk's patience", n)


def workers_cpu() -> float:
    """Return the seconds that processes have computed which this one has started and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def let_in(engine: Engine, identities: list[Identity]) -> None:
    with engine.begin() as tx:
        for each in identities:
            kiosks.enrol(tx, each.kiosk_id, each.public_key, datetime.now(UTC))


def held(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(models.events)).scalar_one()


@contextmanager
def publishing(engine: Engine) -> Iterator[None]:
    """Publish a card's state every few seconds, as long as the block lasts."""
    end = threading.Event()

    def publish() -> None:
        for number in itertools.count():
            with engine.begin() as tx:
                card_status_changed(tx, f"{number:032X}", "lost-formal")
            if end.wait(PUBLISHED_EVERY):
                return

    publisher = threading.Thread(target=publish)
    publisher.start()
    try:
        yield
    finally:
        end.set()
        publisher.join()


async def fleet(address: str, identities: list[Identity]) -> Tally:
    """Let all kiosks live until the time is over."""
    tally, end = Tally(), time.monotonic() + SECONDS
    kiosks = [Kiosk(address, number, each, tally) for number, each in enumerate(identities)]
    await asyncio.gather(
        *(again(work, end) for kiosk in kiosks for work in (kiosk.deliver, kiosk.follow, kiosk.look))
    )
    return tally


async def again(work: Callable[[], Awaitable[float]], end: float) -> None:
    """Do ``work`` again and again, with the pauses that it returns; all were switched on in the same moment."""
    await asyncio.sleep(random.uniform(0, FIRST_WAIT))
    while time.monotonic() < end:
        await asyncio.sleep(await work())


class Kiosk:
    """One kiosk: its events, how far it has followed each feed, whether the centre is there."""

    def __init__(self, address: str, number: int, identity: Identity, tally: Tally) -> None:
        self._address, self._identity, self._tally = address, identity, tally
        source = f"127.1.{number // 250}.{number % 250 + 1}"
        self._sync, self._window = (Connection(address, source) for _ in range(2))
        self._tripwire = Connection(address, source)
        self._backoff = Backoff()
        self._numbers = itertools.count(1)
        self._rows, self._greet_at = 0, 0.0
        self._centre_heads: list[Head] = []
        self._tag, self._ask_again = "", EVERY
        self._cursors: dict[str, int] = {}

    async def deliver(self) -> float:
        """Hand over what happened; nothing is a greeting when the last answer is old (``sync.process.delivery``)."""
        events = [event(self._identity, next(self._numbers)) for _ in range(random.randint(0, MOST_EVENTS))]
        if events or time.monotonic() >= self._greet_at:
            delivery = self._identity.seal(EPOCH, events)
            body = msgspec.json.encode(msgspec.structs.replace(delivery, heads=self._told(len(events))))
            if answer := await self._ask(self._sync, "POST", PATH, body):
                said = msgspec.json.decode(answer.body, type=DeliveryAnswer)
                self._tally.delivered += sum(each.result == "ok" for each in said.answers)
                self._centre_heads = said.heads.mine if said.heads else []
                self._greet_at = time.monotonic() + random.uniform(GREET_SECONDS / 2, GREET_SECONDS)
        return random.uniform(EVERY * 0.75, EVERY * 1.25)

    def _told(self, more: int) -> Heads:
        """Tell how far both histories are (``sync.process.head_exchange``); ours has grown by some rows."""
        self._rows += more
        digest = hashlib.sha256(str(self._rows).encode()).digest()
        history = chain.name(self._identity.kiosk_id)
        mine = make_head(history, EPOCH, 0, self._rows, digest, datetime.now(UTC), self._identity.seal_text)
        return Heads([mine], self._centre_heads)

    async def follow(self) -> float:
        """Ask how far the feeds are, and for the pages that lead there (``sync.feeds.follower``)."""
        answer = await self._ask(
            self._sync, "GET", MANIFEST, b"", {"If-None-Match": self._tag} if self._tag else {}
        )
        if answer is None:
            return self._backoff.after_failure(RETRY_AFTER)
        if answer.status != NOT_MODIFIED:
            manifest = manifest_of(msgspec.json.decode(answer.body, type=SignedManifest))
            self._ask_again = float(manifest.ask_again)
            for head in manifest.feeds:
                # A kiosk that has begun with a snapshot is where that was; here, at the first head that it receives.
                for start, end in spans(self._cursors.get(head.name, head.seq), head):
                    path = page_path(head.name, head.epoch, start, end)
                    if await self._ask(self._sync, "GET", path, b"") is None:
                        return self._backoff.after_failure(RETRY_AFTER)
                    self._tally.pages += 1
                    self._tally.addresses.add(path)
                self._cursors[head.name] = head.seq
            self._tag = answer.tag
        self._backoff.reset()
        return random.uniform(self._ask_again, 1.25 * self._ask_again)

    async def look(self) -> float:
        """See whether the centre is there, and wait for the idle connection's end (``sync.reachability``)."""
        await self._ask(self._window, "GET", HEALTH, b"")
        try:
            await self._tripwire.stretch()
            await asyncio.wait_for(self._tripwire.end(), SELDOM_SECONDS)
        except TimeoutError:
            pass
        except OSError as error:
            self._tally.errors.append(f"idle connection: {error!r}")
            return SELDOM_SECONDS
        return 0.0

    async def _ask(
        self,
        connection: "Connection",
        method: str,
        path: str,
        body: bytes,
        also: Mapping[str, str] = NO_HEADERS,
    ) -> Answer | None:
        begun = time.monotonic()
        headers = {"Host": self._address, "Content-Length": str(len(body)), **also}
        if path != HEALTH:
            headers |= self._identity.sign(method, f"http://{self._address}{path}", body)
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        try:
            asked = f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body
            answer = await asyncio.wait_for(connection.ask(asked), PATIENCE)
        except (OSError, EOFError, TimeoutError, ValueError) as error:
            self._tally.errors.append(f"{method} {path.split('/')[2]}: {error!r}")
            return None
        finally:
            self._tally.seconds.append(time.monotonic() - begun)
        return answer


class Connection:
    """A connection of a kiosk to the centre, kept for some seconds and opened again when it broke (``sync.line``)."""

    def __init__(self, address: str, source: str) -> None:
        self._to, self._source = address.split(":"), source
        self._opened: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._used_at = 0.0
        self._turn = asyncio.Lock()

    async def ask(self, request: bytes) -> Answer:
        """Send a request when the one before is answered; return its answer."""
        async with self._turn:
            try:
                return await self._ask(request)
            except (
                BaseException
            ):  # also one that is waited for no longer: its answer would be taken for the next
                self.close()
                raise

    async def _ask(self, request: bytes) -> Answer:
        """Send it once more when a kept connection broke."""
        if time.monotonic() - self._used_at > IDLE_SECONDS:
            self.close()
        kept = self._opened is not None
        try:
            return await self._exchange(request)
        except (OSError, EOFError):
            self.close()
            if not kept:
                raise
            return await self._exchange(request)
        finally:
            self._used_at = time.monotonic()

    async def stretch(self) -> None:
        """Connect, if there is no connection."""
        if self._opened is None:
            self._opened = await asyncio.open_connection(*self._to, local_addr=(self._source, 0))

    async def end(self) -> None:
        """Wait until the other side hangs up."""
        assert self._opened
        await self._opened[0].read(1)
        self.close()

    def close(self) -> None:
        """Hang up."""
        if self._opened:
            self._opened[1].close()
        self._opened = None

    async def _exchange(self, request: bytes) -> Answer:
        await self.stretch()
        assert self._opened
        reader, writer = self._opened
        writer.write(request)
        status, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        said = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(said.get("content-length", 0)))
        if said.get("connection") == "close":
            self.close()
        if not status.startswith(("HTTP/1.1 200 ", "HTTP/1.1 304 ")):
            raise ValueError(status)
        return Answer(int(status.split()[1]), said.get("etag", ""), body)


def event(identity: Identity, seq: int) -> Event:
    return Event(
        id=str(uuid7()),
        kiosk_id=identity.kiosk_id,
        install_epoch=EPOCH,
        seq=seq,
        type="card.pin_changed",
        partition=f"card-{seq % 20}",
        occurred_at=datetime.now(UTC),
        body={"visit_id": str(uuid7()), "act": "A1-1"},
    )
