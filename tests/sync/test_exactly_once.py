"""Real processes on a bad line, killed again and again: each event is at the centre once, and in order."""

import random
import sqlite3
import subprocess
import sys
import time
from contextlib import ExitStack, closing

from sync.identity import Identity
from sync.store import Store
from tests.central.process import CentralProcess, central
from tests.sync.faulty_line import FaultyLine

EVENTS = 80
KIOSKS = ("610200-001", "610200-002")
DEADLINE_SECONDS = 120


class KioskProcess:
    def __init__(self, folder, kiosk_id: str, url: str) -> None:
        self.command = [sys.executable, "-m", "tests.sync.kiosk_process", folder, kiosk_id, url, EVENTS]
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen([*map(str, self.command)], stdout=subprocess.DEVNULL)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


def test_nothing_is_lost_and_nothing_is_there_twice(tmp_path):
    chance = random.Random(2026)
    with ExitStack() as stack:
        server = CentralProcess(tmp_path / "central")
        stack.callback(server.kill)
        line = stack.enter_context(closing(FaultyLine(server.port, seed=7)))
        kiosks = [start_kiosk(stack, tmp_path, kiosk_id, line.url) for kiosk_id in KIOSKS]
        for _ in range(2):
            time.sleep(chance.uniform(0.4, 0.9))  # anywhere in their work
            kill_and_start_again(chance.choice([server, *kiosks]))
            kill_and_start_again(server)
        for kiosk in kiosks:
            assert kiosk.process.wait(DEADLINE_SECONDS) == 0
    assert set(line.fates) == set(FaultyLine.FATES)
    for kiosk_id in KIOSKS:
        check(tmp_path, kiosk_id)


def start_kiosk(stack, folder, kiosk_id: str, url: str) -> KioskProcess:
    identity = Identity.of(kiosk_id, folder / kiosk_id)
    central(folder / "central", "enrol", kiosk_id, identity.public_key)
    kiosk = KioskProcess(folder / kiosk_id, kiosk_id, url)
    stack.callback(kiosk.kill)
    return kiosk


def kill_and_start_again(process) -> None:
    process.kill()
    process.start()


def check(folder, kiosk_id: str) -> None:
    with closing(Store.open(folder / kiosk_id, kiosk_id)) as store:
        made = store.rows("SELECT seq, id, partition, state FROM outbox ORDER BY seq")
    with closing(sqlite3.connect(folder / "central" / "central.db")) as database:
        there = database.execute(
            "SELECT seq, id, partition FROM events WHERE kiosk_id = ? ORDER BY rowid", [kiosk_id]
        ).fetchall()
        aside = database.execute("SELECT count(*) FROM quarantine").fetchone()
    assert len(made) == EVENTS
    assert {row["state"] for row in made} == {"acknowledged"}
    assert sorted(there) == [(row["seq"], row["id"], row["partition"]) for row in made]
    for card in {partition for _, _, partition in there}:
        order = [seq for seq, _, partition in there if partition == card]
        assert order == sorted(order)
    assert aside == (0,)
