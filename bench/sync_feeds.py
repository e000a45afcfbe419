"""The feeds at a million rows, over HTTP from a real centre, against bare SQLite writing the same rows."""

import random
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import structlog

from bench.feeds.centre import Centre
from bench.feeds.kiosk import KIOSK, Kiosk
from bench.feeds.rows import card_identities, service_points
from bench.figure import Figure
from sync.card_status import CardStatuses
from sync.identity import Identity
from sync.protocol.algorithms import Ed25519Key
from sync.protocol.card_status_list import Listed
from sync.protocol.feeds import CARD_STATUS, REFERENCE_SCHEMA

ROWS = 1_000_000
DELTA, DELTAS = 50_000, 2
CARDS = 1_000_000
LOOKUPS = 100_000
ROUNDS = 3
FEED = "outlets"


def figures() -> Iterator[Figure]:
    """Yield how quick a first load and a delta are beside bare writing, and how large and quick the card list is."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    with tempfile.TemporaryDirectory() as name:
        yield from reference(Path(name))
    with tempfile.TemporaryDirectory() as name:
        yield from card_list(Path(name))


def reference(folder: Path) -> Iterator[Figure]:
    centre, identity = Centre(folder / "centre"), Identity(KIOSK, Ed25519Key.generate())
    centre.enrol(identity)
    centre.publish(FEED, service_points(ROWS))
    centre.build()
    with centre.serving() as address:
        first, bare = [], []
        for turn in range(ROUNDS):
            bare.append(seconds_bare(folder / f"bare-{turn}.db"))
            with closing(Kiosk(folder / f"kiosk-{turn}", address, identity)) as kiosk:
                first.append(kiosk.seconds_to_follow())
        against = "bare sqlite3 executemany of the same rows, one transaction, WAL"
        yield Figure("sync.first_load", min(bare) / min(first), "×", ">= 4", against, ROWS)
        yield Figure("sync.snapshot_wire", centre.snapshot_bytes() / ROWS, "B/row", "<= 36", "-", ROWS)
        delta = min(deltas(centre, Kiosk(folder / "kiosk", address, identity)))
        yield Figure("sync.delta", min(bare) / ROWS * DELTA / delta, "×", ">= 0.45", against, DELTA * DELTAS)


def deltas(centre: Centre, kiosk: Kiosk) -> Iterator[float]:
    """Yield the seconds that the kiosk takes for rows that are published after it has all others."""
    with closing(kiosk):
        kiosk.seconds_to_follow()
        for turn in range(DELTAS):
            centre.publish(FEED, service_points(DELTA, first=ROWS + turn * DELTA))
            yield kiosk.seconds_to_follow()


def seconds_bare(path: Path) -> float:
    rows = [(FEED, key, seq, value) for seq, (key, value) in enumerate(service_points(ROWS), 1)]
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; {REFERENCE_SCHEMA}")
        begun = time.perf_counter()
        database.execute("BEGIN")
        database.executemany("INSERT INTO row VALUES (?, ?, ?, ?)", rows)
        database.execute("COMMIT")
        took = time.perf_counter() - begun
    path.unlink()
    return took


def card_list(folder: Path) -> Iterator[Figure]:
    centre, identity = Centre(folder / "centre"), Identity(KIOSK, Ed25519Key.generate())
    centre.enrol(identity)
    centre.publish(
        CARD_STATUS, ((card, str(int(chosen(place)))) for place, card in enumerate(card_identities(CARDS)))
    )
    centre.build()
    wire = centre.snapshot_bytes()
    with centre.serving() as address, closing(Kiosk(folder / "kiosk", address, identity)) as kiosk:
        took = kiosk.seconds_to_follow()
        table = (kiosk.folder / "ref.db").stat().st_size
        lookup = seconds_a_lookup(kiosk.folder)
    yield Figure("sync.card_list_wire", wire / 1e6, "MB", "<= 3", "-", CARDS)
    yield Figure("sync.card_list_table", table / 1e6, "MB", "<= 16", "the whole reference file", CARDS)
    yield Figure("sync.card_list_first_load", took, "s", "<= 60", "-", CARDS)
    yield Figure("sync.card_lookup", lookup * 1e6, "µs", "<= 10", "-", LOOKUPS)


def seconds_a_lookup(folder: Path) -> float:
    """Return the mean of the best round; half of the cards are listed."""
    listed = random.Random(1).sample(list(card_identities(CARDS)), LOOKUPS // 2)
    asked = [card for pair in zip(listed, (card[:-1] + "X" for card in listed), strict=True) for card in pair]
    statuses = CardStatuses(folder)
    best = float("inf")
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        found = sum(statuses.lookup(card) is not None for card in asked)
        best = min(best, time.perf_counter() - begun)
        assert found == len(listed)
    return best / len(asked)


def chosen(place: int) -> Listed:
    return Listed.CANCELLED if place % 4 == 0 else Listed.LOST
