"""Kiosks and a centre as real processes on a bad line, with everything that can happen to them."""

import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections import Counter, defaultdict
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path

from sync.identity import Identity
from sync.store import Store
from tests.central.process import CentralProcess, central
from tests.sync.faulty_line import FaultyLine

DEADLINE_SECONDS = 600
YEAR = 365 * 86_400
CLOCKS = (0, -30 * YEAR, 3 * YEAR)
"""What the kiosks' clocks are off by: right, as after an empty battery, far ahead."""


class Kiosk:
    """A kiosk process that is to make so many events; each start finds the clock somewhere else."""

    def __init__(self, folder: Path, kiosk_id: str, url: str, events: int) -> None:
        self.folder, self.kiosk_id, self._url, self._events = folder, kiosk_id, url, events
        self._starts = 0
        self.made: dict[str, str] = {}
        """The state of each event that this kiosk ever had, as far as its disks tell."""
        self.start()

    def start(self) -> None:
        clock = CLOCKS[self._starts % len(CLOCKS)]
        self._starts += 1
        arguments = [self.folder, self.kiosk_id, self._url, self._events, clock]
        command = [sys.executable, "-m", "tests.sync.kiosk_process", *map(str, arguments)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def look(self) -> list[dict]:
        """Read the outbox of the kiosk, which must not run."""
        with closing(Store.open(self.folder, self.kiosk_id)) as store:
            rows = store.rows("SELECT * FROM outbox ORDER BY place")
        self.made |= {row["id"]: row["state"] for row in rows}
        return rows

    def set_up_anew(self, held: set[str]) -> None:
        """Lose the disk, but for the identity that the centre knows; with it what the centre does not hold."""
        self.look()
        self.made = {event: state for event, state in self.made.items() if event in held}
        for path in self.folder.glob("ops.*"):
            path.unlink()

    def finish(self) -> None:
        assert self.process.wait(DEADLINE_SECONDS) == 0


@dataclass
class Outcome:
    """What was found at the end: how many events there were, and how many of them are not as they should be."""

    events: int = 0
    lost: int = 0
    duplicated: int = 0
    out_of_order: int = 0
    quarantined: int = 0
    faults: Counter[str] = field(default_factory=Counter)

    @property
    def wrong(self) -> int:
        return self.lost + self.duplicated + self.out_of_order + self.quarantined


def run(folder: Path, kiosks: int, events: int, strokes: int, seed: int) -> Outcome:
    """Let the kiosks work, strike as often as told, and compare at the end what was made with what arrived."""
    chance = random.Random(seed)
    outcome = Outcome()
    with ExitStack() as stack:
        server = CentralProcess(folder / "central")
        stack.callback(server.kill)
        line = stack.enter_context(closing(FaultyLine(server.port, seed)))
        fleet = [_kiosk(stack, folder, f"610200-{n:03}", line.url, events) for n in range(1, kiosks + 1)]
        for number in range(strokes):
            time.sleep(chance.uniform(0.4, 0.9))  # anywhere in their work
            outcome.faults[_strike(number, chance, server, fleet)] += 1
        for kiosk in fleet:
            kiosk.finish()
            kiosk.start()  # and hear once more from a centre that may have been restored meanwhile
            kiosk.finish()
        outcome.faults += line.fates
    _compare(folder, fleet, outcome)
    return outcome


def _kiosk(stack: ExitStack, folder: Path, kiosk_id: str, url: str, events: int) -> Kiosk:
    identity = Identity.of(kiosk_id, folder / kiosk_id)
    central(folder / "central", "enrol", kiosk_id, identity.public_key)
    kiosk = Kiosk(folder / kiosk_id, kiosk_id, url, events)
    stack.callback(kiosk.kill)
    return kiosk


STROKES = ("kiosk killed", "server killed", "kiosk set up anew", "backup made", "server restored")


def _strike(number: int, chance: random.Random, server: CentralProcess, fleet: list[Kiosk]) -> str:
    stroke, kiosk = STROKES[number % len(STROKES)], chance.choice(fleet)
    if stroke == "backup made":
        with (
            closing(sqlite3.connect(server.folder / "central.db", timeout=60)) as live,
            closing(sqlite3.connect(server.folder / "backup.db")) as backup,
        ):
            live.backup(backup)
    elif stroke.startswith("kiosk"):
        kiosk.kill()
        if stroke == "kiosk set up anew":
            kiosk.set_up_anew({event for *_, event, _ in _arrived(server.folder)})
        kiosk.start()
    else:
        server.kill()
        if stroke == "server restored":
            for path in server.folder.glob("central.db*"):
                path.unlink()
            shutil.copy(server.folder / "backup.db", server.folder / "central.db")
        server.start()
    return stroke


def _arrived(folder: Path) -> list[tuple]:
    """Return what the centre holds, in the order in which it came in."""
    with closing(sqlite3.connect(folder / "central.db", timeout=60)) as database:
        return database.execute(
            "SELECT kiosk_id, install_epoch, seq, id, partition FROM events ORDER BY rowid"
        ).fetchall()


def _compare(folder: Path, fleet: list[Kiosk], outcome: Outcome) -> None:
    arrived = _arrived(folder / "central")
    with closing(sqlite3.connect(folder / "central" / "central.db")) as database:
        [(outcome.quarantined,)] = database.execute("SELECT count(*) FROM quarantine")
    ids = Counter(event for *_, event, _ in arrived)
    outcome.duplicated = sum(count - 1 for count in ids.values())
    orders = defaultdict(list)
    for kiosk_id, epoch, seq, _, partition in arrived:
        orders[kiosk_id, epoch, partition].append(seq)
    outcome.out_of_order = sum(order != sorted(set(order)) for order in orders.values())
    for kiosk in fleet:
        rows = kiosk.look()
        outcome.events += len(kiosk.made)
        outcome.lost += sum(1 for event in kiosk.made if event not in ids)
        outcome.lost += sum(1 for row in rows if row["state"] != "acknowledged")
