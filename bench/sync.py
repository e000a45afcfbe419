"""The outbox and the inbox against bare SQLite doing the same writes with the same durability."""

import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import structlog

from bench.figure import Figure
from central.access.kiosks import Caller
from central.events.events import receive
from central.program.event_handlers import HANDLERS
from central.store.database import open_database
from sync.identity import Identity
from sync.protocol.algorithms import Ed25519Key
from sync.protocol.event_kinds import values_of
from sync.protocol.events import CertificatePrinted
from sync.protocol.messages import Delivery, Event
from sync.store import Store, outbox

ROUNDS = 9
TRANSACTIONS = 300
BATCHES, BATCH = 20, 100
VISIT = "01a200e9-f9e0-7273-a10d-9383383bfddb"
EVENT = CertificatePrinted(number="610200202600000001", result="confirmed")
BODY = {"visit_id": VISIT, **values_of(EVENT)}
TABLE = "CREATE TABLE event (id TEXT PRIMARY KEY, place TEXT UNIQUE, body TEXT, at TEXT)"
INSERT = "INSERT INTO event VALUES (?, ?, ?, ?)"


def figures() -> Iterator[Figure]:
    """Yield how fast the outbox and the inbox are, as parts of what the bare database does."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    with tempfile.TemporaryDirectory() as folder:
        yield Figure(
            "sync.outbox_transactions",
            ratio(*outbox_and_bare(Path(folder))),
            "×",
            ">= 0.2",
            "bare unencrypted sqlite3, one row a transaction, WAL and FULL",
            ROUNDS * TRANSACTIONS,
        )
    with tempfile.TemporaryDirectory() as folder:
        yield Figure(
            "sync.inbox_batches_of_100",
            ratio(*inbox_and_bare(Path(folder))),
            "×",
            ">= 0.12",
            "bare sqlite3, 100 rows a transaction, FULL",
            ROUNDS * BATCHES * BATCH,
        )


def ratio(ours: Callable[[int], None], bare: Callable[[int], None]) -> float:
    """Return our speed divided by the bare one: the best of alternating rounds."""
    times = [(seconds(ours, n), seconds(bare, n)) for n in range(ROUNDS)]
    return min(bare for _, bare in times) / min(ours for ours, _ in times)


def seconds(work: Callable[[int], None], number: int) -> float:
    begun = time.perf_counter()
    work(number)
    return time.perf_counter() - begun


def outbox_and_bare(folder: Path) -> tuple[Callable[[int], None], Callable[[int], None]]:
    store = Store.open(folder, "bench")
    plain = bare_database(folder / "bare.db", "WAL")

    def ours(_: int) -> None:
        for _ in range(TRANSACTIONS):
            with store.transaction() as tx:
                outbox.add(tx, EVENT, "card", visit_id=VISIT)

    def bare(number: int) -> None:
        for n in range(TRANSACTIONS):
            plain.execute(INSERT, row(number * TRANSACTIONS + n))

    return ours, bare


def inbox_and_bare(folder: Path) -> tuple[Callable[[int], None], Callable[[int], None]]:
    engine = open_database(f"sqlite:///{folder / 'central.db'}")
    plain = bare_database(folder / "bare.db", "DELETE")
    key = Ed25519Key.generate()
    identity = Identity("K1", key)
    caller = Caller("K1", 0.0, key.algorithm, key.public_key)

    def ours(number: int) -> None:
        for n in range(BATCHES):
            with engine.begin() as tx:
                receive(
                    tx,
                    caller,
                    delivery(identity, (number * BATCHES + n) * BATCH),
                    datetime.now(UTC),
                    handlers=HANDLERS,
                )

    def bare(number: int) -> None:
        for n in range(BATCHES):
            first = (number * BATCHES + n) * BATCH
            plain.execute("BEGIN IMMEDIATE")
            plain.executemany(INSERT, [row(first + each) for each in range(BATCH)])
            plain.execute("COMMIT")

    return ours, bare


def bare_database(path: Path, journal: str) -> sqlite3.Connection:
    database = sqlite3.connect(path, isolation_level=None)
    for statement in (f"PRAGMA journal_mode={journal}", "PRAGMA synchronous=FULL", TABLE):
        database.execute(statement)
    return database


def row(number: int) -> tuple[str, ...]:
    return (
        f"event-{number:09}",
        f"place-{number:09}",
        msgspec.json.encode(BODY).decode(),
        "2026-11-22T09:00:00Z",
    )


def delivery(identity: Identity, first: int) -> Delivery:
    events = [
        Event(
            id=f"event-{number:09}",
            kiosk_id="K1",
            install_epoch="e",
            seq=number + 1,
            type="card.pin_changed",
            partition="card",
            occurred_at=datetime.now(UTC),
            body=BODY,
        )
        for number in range(first, first + BATCH)
    ]
    return identity.seal("e", events)
