"""A province of simulated kiosks against ``kiosk-central serve`` on PostgreSQL: errors, lost events, answer times.

Each delivers what happened and follows the feeds, as kiosks do, while the centre publishes.
"""

import asyncio
import itertools
import os
import random
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
from central.store import tables as models
from central.store.database import open_database
from sync.feeds.pages import spans
from sync.identity import Identity
from sync.protocol.algorithms import Ed25519Key
from sync.protocol.feeds import SignedManifest, manifest_of, page_path
from sync.protocol.messages import DeliveryAnswer, Event
from tools.postgres import running_postgres

KIOSKS, SECONDS, WORKERS = 5_000, 120.0, 2
EVERY = 30.0
"""Seconds between a kiosk's deliveries. With two events each that is 1,800 events in a day of 7.5 hours."""
MOST_EVENTS = 4
PUBLISHED_EVERY = 3.0
"""Seconds between two changes of a card's state in the province: 10,000 in a working day."""
PATIENCE = 8.0
"""Seconds that a kiosk waits for an answer (``sync.client.TIMEOUT``)."""
PATH, FEEDS = "/v1/events", "/v1/feeds"
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
        with serving(url, WORKERS) as address, publishing(engine):
            tally = asyncio.run(fleet(address, identities))
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
    for name, part in (("p50", 0.5), ("p99", 0.99)):
        yield Figure(f"fleet.{name}", tally.percentile(part), "ms", "<= 8000", "the kiosk's patience", n)


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
    kiosks = [Kiosk(address, each, tally) for each in identities]
    await asyncio.gather(*(again(work, end) for kiosk in kiosks for work in (kiosk.deliver, kiosk.follow)))
    return tally


async def again(work: Callable[[], Awaitable[None]], end: float) -> None:
    """Do ``work`` about every 30 seconds, from a random moment on."""
    await asyncio.sleep(random.uniform(0, EVERY))
    while time.monotonic() < end:
        await work()
        await asyncio.sleep(random.uniform(EVERY * 0.75, EVERY * 1.25))


class Kiosk:
    """One kiosk: its events, and how far it has followed each feed."""

    def __init__(self, address: str, identity: Identity, tally: Tally) -> None:
        self._address, self._identity, self._tally = address, identity, tally
        self._numbers = itertools.count(1)
        self._tag = ""
        self._cursors: dict[str, int] = {}

    async def deliver(self) -> None:
        """Hand over what happened; nothing is a greeting."""
        events = [event(self._identity, next(self._numbers)) for _ in range(random.randint(0, MOST_EVENTS))]
        body = msgspec.json.encode(self._identity.seal(EPOCH, events))
        if answer := await self._ask("POST", PATH, body):
            said = msgspec.json.decode(answer.body, type=DeliveryAnswer)
            self._tally.delivered += sum(each.result == "ok" for each in said.answers)

    async def follow(self) -> None:
        """Ask how far the feeds are, and for the pages that lead there."""
        answer = await self._ask("GET", FEEDS, b"", {"If-None-Match": self._tag} if self._tag else {})
        if answer is None or answer.status == NOT_MODIFIED:
            return
        signed = msgspec.json.decode(answer.body, type=SignedManifest)
        for head in manifest_of(signed).feeds:
            # A kiosk that has begun with a snapshot is where that was; here, at the first head that it receives.
            for start, end in spans(self._cursors.get(head.name, head.seq), head):
                path = page_path(head.name, head.epoch, start, end)
                if await self._ask("GET", path, b"") is None:
                    return
                self._tally.pages += 1
                self._tally.addresses.add(path)
            self._cursors[head.name] = head.seq
        self._tag = answer.tag

    async def _ask(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str] = NO_HEADERS
    ) -> Answer | None:
        begun = time.monotonic()
        try:
            asked = request(self._address, self._identity, method, path, body, headers)
            answer = await asyncio.wait_for(asked, PATIENCE)
        except (OSError, TimeoutError, ValueError) as error:
            self._tally.errors.append(f"{method} {path.split('/')[2]}: {error!r}")
            return None
        finally:
            self._tally.seconds.append(time.monotonic() - begun)
        return answer


async def request(
    address: str, identity: Identity, method: str, path: str, body: bytes, also: Mapping[str, str]
) -> Answer:
    """Send one signed request on a connection of its own, as a kiosk does that was silent for a while."""
    headers = {"Host": address, "Content-Length": str(len(body)), "Connection": "close", **also}
    headers |= identity.sign(method, f"http://{address}{path}", body)
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    reader, writer = await asyncio.open_connection(*address.split(":"))
    try:
        writer.write(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body)
        answer = await reader.read()
    finally:
        writer.close()
    head_of_answer, _, content = answer.partition(b"\r\n\r\n")
    status, *lines = head_of_answer.decode().split("\r\n")
    if not status.startswith(("HTTP/1.1 200 ", "HTTP/1.1 304 ")):
        raise ValueError(status)
    tags = [line.partition(":")[2].strip() for line in lines if line.lower().startswith("etag:")]
    return Answer(int(status.split()[1]), "".join(tags), content)


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
