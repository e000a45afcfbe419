"""A province of simulated kiosks against ``kiosk-central serve`` on PostgreSQL: errors, lost events, answer times."""

import asyncio
import itertools
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, func, select
from uuid_utils import uuid7

from bench.figure import Figure
from bench.serving import serving
from central import models
from central.api import kiosks
from central.database import open_database
from sync.identity import Identity
from sync.protocol.messages import DeliveryAnswer, Event
from tools.postgres import running_postgres

KIOSKS, SECONDS, WORKERS = 5_000, 120.0, 2
EVERY = 30.0
"""Seconds between a kiosk's deliveries. With two events each that is 1,800 events in a day of 7.5 hours."""
MOST_EVENTS = 4
PATIENCE = 30.0
PATH = "/v1/events"
EPOCH = "e"


@dataclass
class Tally:
    """What the kiosks saw: seconds each request took, what went wrong, how many events they handed over."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    delivered: int = 0

    def percentile(self, part: float) -> float:
        """Return the milliseconds within which ``part`` of the requests were answered."""
        return 1000 * sorted(self.seconds)[int(part * (len(self.seconds) - 1))]


def figures() -> Iterator[Figure]:
    """Yield what 5,000 kiosks saw in two minutes."""
    identities = [Identity(f"kiosk-{n:04}", Ed25519PrivateKey.generate()) for n in range(KIOSKS)]
    with running_postgres(durable=True) as url:
        engine = open_database(url)
        let_in(engine, identities)
        with serving(url, WORKERS) as address:
            tally = asyncio.run(fleet(address, identities))
        lost = tally.delivered - held(engine)
        engine.dispose()
    n = len(tally.seconds)
    against = f"{KIOSKS} kiosks, {SECONDS:.0f} s, {WORKERS} workers, {tally.delivered} events"
    yield Figure("fleet.errors", len(tally.errors), "requests", "<= 0", against, n)
    yield Figure("fleet.lost", lost, "events", "<= 0", against, tally.delivered)
    for name, part in (("p50", 0.5), ("p99", 0.99)):
        yield Figure(f"fleet.{name}", tally.percentile(part), "ms", "<= 8000", "the kiosk's patience", n)


def let_in(engine: Engine, identities: list[Identity]) -> None:
    with engine.begin() as tx:
        for each in identities:
            kiosks.enrol(tx, each.kiosk_id, each.public_key, datetime.now(UTC))


def held(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(models.events)).scalar_one()


async def fleet(address: str, identities: list[Identity]) -> Tally:
    """Let all kiosks live until the time is over."""
    tally, end = Tally(), time.monotonic() + SECONDS
    await asyncio.gather(*(live(address, each, end, tally) for each in identities))
    return tally


async def live(address: str, identity: Identity, end: float, tally: Tally) -> None:
    """Deliver what happened, about every 30 seconds; nothing is a greeting."""
    numbers = itertools.count(1)
    await asyncio.sleep(random.uniform(0, EVERY))
    while time.monotonic() < end:
        events = [event(identity, next(numbers)) for _ in range(random.randint(0, MOST_EVENTS))]
        begun = time.monotonic()
        try:
            answer = await asyncio.wait_for(deliver(address, identity, events), PATIENCE)
        except (OSError, TimeoutError, ValueError, msgspec.DecodeError) as error:
            tally.errors.append(repr(error))
        else:
            tally.delivered += sum(each.result == "ok" for each in answer.answers)
        tally.seconds.append(time.monotonic() - begun)
        await asyncio.sleep(random.uniform(EVERY * 0.75, EVERY * 1.25))


async def deliver(address: str, identity: Identity, events: list[Event]) -> DeliveryAnswer:
    """Send one signed request on a connection of its own, as a kiosk does that was silent for a while."""
    body = msgspec.json.encode(identity.seal(EPOCH, events))
    headers = {"Host": address, "Content-Length": str(len(body)), "Connection": "close"}
    headers |= identity.sign("POST", PATH, body)
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    reader, writer = await asyncio.open_connection(*address.split(":"))
    try:
        writer.write(f"POST {PATH} HTTP/1.1\r\n{head}\r\n".encode() + body)
        answer = await reader.read()
    finally:
        writer.close()
    said, _, content = answer.partition(b"\r\n\r\n")
    if not said.startswith(b"HTTP/1.1 200 "):
        raise ValueError(said.split(b"\r\n")[0])
    return msgspec.json.decode(content, type=DeliveryAnswer)


def event(identity: Identity, seq: int) -> Event:
    return Event(
        id=str(uuid7()),
        kiosk_id=identity.kiosk_id,
        install_epoch=EPOCH,
        seq=seq,
        type="visit.ended",
        partition=f"card-{seq % 20}",
        occurred_at=datetime.now(UTC),
        body={"visit_id": str(uuid7()), "ended": "finished"},
    )
