"""The inbox on PostgreSQL: all workers together, and one of them beside a bare ``unnest`` insert of the same rows."""

import itertools
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, datetime
from http.client import HTTPConnection
from multiprocessing import get_context
from typing import Any

import msgspec
import psycopg
from sqlalchemy import Engine, make_url
from uuid_utils import uuid7

from bench.figure import Figure
from bench.serving import serving
from central.access import kiosks
from central.access.kiosks import Caller
from central.events import intake
from central.events.events import receive
from central.program.event_handlers import HANDLERS
from central.store.database import connect, open_database
from sync.identity import Identity
from sync.protocol import algorithms
from sync.protocol.algorithms import Ed25519Key
from sync.protocol.messages import Delivery, DeliveryAnswer, Event
from tools.postgres import running_postgres

BATCH, BATCHES, ROUNDS = 100, 40, 12
HEAD_START = 20.0  # seconds, for the workers to get ready
ENOUGH, OF_BARE = 40_000, 0.8
WORKERS, KIOSKS, DELIVERIES = 2, 8, 25
KIOSK = "610200-001"
EVENTS = "/v1/events"
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
    """Yield the events a second that all workers store, and the rate of one as a share of the bare insert's."""
    with running_postgres(durable=True) as url:
        engine = open_database(url)
        together = side_by_side(url)
        ours, bare = rates(engine, url)
        over_http = through_workers(engine, url)
        engine.dispose()
    n = ROUNDS * BATCHES * BATCH
    workers = f"{WORKERS} workers, each with its connection, as kiosk-central serve --workers runs them"
    yield Figure("ingest.events_a_second", together, "events/s", ">= 0", workers, WORKERS * n)
    compared = f"one connection: {ours:.0f} events/s; bare unnest insert of the same rows: {bare:.0f}"
    yield Figure("ingest.of_bare_insert", ours / bare, "×", ">= 0", compared, n)
    nearer = max(together / ENOUGH, ours / bare / OF_BARE)
    yield Figure("ingest.of_target", nearer, "×", ">= 1", f"{ENOUGH} events/s, or {OF_BARE} of bare", n)
    against = f"HTTP, {WORKERS} workers, {KIOSKS} kiosks at once on the same machine; for the record"
    yield Figure(
        "ingest.events_a_second_http", over_http, "events/s", ">= 0", against, KIOSKS * DELIVERIES * BATCH
    )


def side_by_side(url: str) -> float:
    """Return the events a second of several processes at once, from when all begin to the last's end."""
    at = time.monotonic() + HEAD_START
    with ProcessPoolExecutor(WORKERS, get_context("spawn")) as pool:
        jobs = [pool.submit(work, url, f"worker-{number}", at) for number in range(WORKERS)]
        ended = max(job.result() for job in jobs)
    return WORKERS * ROUNDS * BATCHES * BATCH / (ended - at)


def work(url: str, kiosk_id: str, at: float) -> float:
    """Store what one kiosk delivers, beside others, from the moment ``at`` on; return when that ended."""
    engine, numbers = connect(url), itertools.count()
    identity = Identity(kiosk_id, Ed25519Key.generate())
    take_in(engine, identity, deliveries(identity, numbers, BATCHES))  # a warm-up
    bodies = deliveries(identity, numbers, ROUNDS * BATCHES)
    wait = at - time.monotonic()
    assert wait > 0, "a worker was not ready in time"
    time.sleep(wait)
    take_in(engine, identity, bodies)
    engine.dispose()
    return time.monotonic()


def rates(engine: Engine, url: str) -> tuple[float, float]:
    """Return events a second of one connection and of the bare insert: the median of alternating rounds."""
    identity, numbers = Identity(KIOSK, Ed25519Key.generate()), itertools.count()
    bare = bare_insert(url, numbers)

    def ours() -> float:
        return take_in(engine, identity, deliveries(identity, numbers, BATCHES))

    for warm_up in (ours, bare):
        warm_up()
    pairs = [(ours(), bare()) for _ in range(ROUNDS)]
    return tuple(sorted(found)[ROUNDS // 2] for found in zip(*pairs, strict=True))


def take_in(engine: Engine, identity: Identity, bodies: list[bytes]) -> float:
    """Do with deliveries what is done when they come over the line; return events a second."""
    key = algorithms.from_text(identity.public_key)
    caller = Caller(identity.kiosk_id, 0.0, identity.algorithm, key)
    with engine.connect() as connection:
        begun = time.perf_counter()
        for body in bodies:
            with connection.begin():
                delivery = msgspec.json.decode(body, type=Delivery)
                answer = receive(connection, caller, delivery, datetime.now(UTC), handlers=HANDLERS)
            msgspec.json.encode(answer)
        return BATCH * len(bodies) / (time.perf_counter() - begun)


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


def through_workers(engine: Engine, url: str) -> float:
    """Return events a second of several kiosks at once through ``kiosk-central serve``."""
    identities = [Identity(f"kiosk-{n}", Ed25519Key.generate()) for n in range(KIOSKS)]
    with engine.begin() as tx:
        for each in identities:
            kiosks.enrol(tx, each.kiosk_id, each.public_key, datetime.now(UTC))
    with serving(url, WORKERS) as address, ThreadPoolExecutor(KIOSKS) as pool:
        requests = [signed(identity, address) for identity in identities]
        begun = time.perf_counter()
        taken = sum(pool.map(lambda each: send(address, each), requests))
        seconds = time.perf_counter() - begun
    assert taken == KIOSKS * DELIVERIES * BATCH, "an event was not taken"
    return taken / seconds


def deliveries(identity: Identity, numbers: Iterator[int], count: int) -> list[bytes]:
    """Return the next deliveries of a kiosk, sealed."""
    batches = (batch(numbers, identity.kiosk_id) for _ in range(count))
    return [msgspec.json.encode(identity.seal("e", each)) for each in batches]


def signed(identity: Identity, address: str) -> list[tuple[bytes, dict[str, str]]]:
    """Return the signed requests of one kiosk."""
    bodies = deliveries(identity, itertools.count(), DELIVERIES)
    return [(body, identity.sign("POST", f"http://{address}{EVENTS}", body)) for body in bodies]


def send(address: str, requests: list[tuple[bytes, dict[str, str]]]) -> int:
    """Send a kiosk's requests one after the other; return how many events were taken."""
    connection = HTTPConnection(address)
    taken = 0
    for body, headers in requests:
        connection.request("POST", EVENTS, body, headers)
        answer = msgspec.json.decode(connection.getresponse().read(), type=DeliveryAnswer)
        taken += sum(each.result == "ok" for each in answer.answers)
    connection.close()
    return taken


def batch(numbers: Iterator[int], kiosk_id: str = KIOSK) -> list[Event]:
    """Return the next hundred events of a kiosk."""
    return [event(next(numbers), kiosk_id) for _ in range(BATCH)]


def event(number: int, kiosk_id: str) -> Event:
    return Event(
        id=str(uuid7()),
        kiosk_id=kiosk_id,
        install_epoch="e",
        seq=number + 1,
        type="card.pin_changed",
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
    about = {"kiosk_id": KIOSK, "received_at": datetime.now(UTC), "seal": 1}
    return {name: [value] * len(events) for name, value in about.items()} | intake.columns(arrived)
