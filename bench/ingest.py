"""The inbox on PostgreSQL against a bare ``unnest`` insert of the same rows, side by side in one run."""

import itertools
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, make_url
from uuid_utils import uuid7

from bench.figure import Figure
from central.api import intake
from central.api.events import receive
from central.api.kiosks import Caller
from central.database import open_database
from sync.identity import Identity
from sync.protocol.messages import Delivery, Event
from tools.postgres import running_postgres

BATCH, BATCHES, ROUNDS = 100, 40, 12
BODY = {"visit_id": "01a200e9-f9e0-7273-a10d-9383383bfddb", "number": "610200202600000001", "copy": 1}
BARE = """
INSERT INTO bare
  (kiosk_id, received_at, seal, place, id, install_epoch, seq, type, partition, occurred_at, content)
SELECT * FROM unnest(
  %(kiosk_id)b::text[], %(received_at)b::timestamptz[], %(seal)b::bigint[],
  %(place)b::integer[], %(id)b::text[], %(install_epoch)b::text[], %(seq)b::bigint[], %(type)b::text[],
  %(partition)b::text[], %(occurred_at)b::timestamptz[], %(content)b::text[])
ON CONFLICT DO NOTHING RETURNING id
"""


def figures() -> Iterator[Figure]:
    """Yield how many events a second one connection takes in, and that as a part of the bare insert's."""
    with running_postgres(durable=True) as url:
        engine = open_database(url)
        ours, bare = rates(engine, url)
        engine.dispose()
    n = ROUNDS * BATCHES * BATCH
    yield Figure(
        "ingest.of_bare_insert", ours / bare, "×", ">= 0.8", "a bare unnest insert of the same rows", n
    )
    yield Figure("ingest.events_a_second", ours, "events/s", ">= 0", f"bare: {bare:.0f} events/s", n)


def rates(engine: Engine, url: str) -> tuple[float, float]:
    """Return events a second of the inbox and of the bare insert: the median of rounds taken in turns."""
    numbers = itertools.count()
    ours, bare = inbox(engine, numbers), bare_insert(url, numbers)
    for warm_up in (ours, bare):
        warm_up()
    pairs = [(ours(), bare()) for _ in range(ROUNDS)]
    return tuple(sorted(found)[ROUNDS // 2] for found in zip(*pairs, strict=True))


def inbox(engine: Engine, numbers: Iterator[int]) -> Callable[[], float]:
    """Return a round of deliveries as they come over the line: opened, seal checked, taken in, answered."""
    key = Ed25519PrivateKey.generate()
    identity = Identity("610200-001", key)
    caller = Caller(identity.kiosk_id, 0.0, key.public_key(), identity.fingerprint)

    def round() -> float:
        bodies = [msgspec.json.encode(identity.seal("e", batch(numbers))) for _ in range(BATCHES)]
        begun = time.perf_counter()
        for body in bodies:
            with engine.begin() as tx:
                answer = receive(tx, caller, msgspec.json.decode(body, type=Delivery), datetime.now(UTC))
            msgspec.json.encode(answer)
        return BATCH * BATCHES / (time.perf_counter() - begun)

    return round


def bare_insert(url: str, numbers: Iterator[int]) -> Callable[[], float]:
    """Return a round of the same rows into a table of the same form, each batch a transaction of its own."""
    connection = psycopg.connect(make_url(url).render_as_string().replace("+psycopg", ""), autocommit=True)
    connection.execute("CREATE TABLE bare (LIKE events INCLUDING ALL)")

    def round() -> float:
        batches = [columns(batch(numbers)) for _ in range(BATCHES)]
        begun = time.perf_counter()
        for each in batches:
            connection.execute(BARE, each).fetchall()
        return BATCH * BATCHES / (time.perf_counter() - begun)

    return round


def batch(numbers: Iterator[int]) -> list[Event]:
    """Return the next hundred events of a kiosk."""
    return [event(next(numbers)) for _ in range(BATCH)]


def event(number: int) -> Event:
    return Event(
        id=str(uuid7()),
        kiosk_id="610200-001",
        install_epoch="e",
        seq=number + 1,
        type="visit.ended",
        partition=f"card-{number % 50:027}",
        occurred_at=datetime.now(UTC),
        body=BODY,
    )


def columns(events: list[Event]) -> dict[str, Any]:
    """Return what the inbox keeps of events, ready for the statement."""
    arrived = [
        intake.Arrived(place, event, msgspec.json.encode(event).decode())
        for place, event in enumerate(events)
    ]
    about = {"kiosk_id": "610200-001", "received_at": datetime.now(UTC), "seal": 1}
    return {name: [value] * len(events) for name, value in about.items()} | intake.columns(arrived)
