"""A store put back from an older image, cloned, or damaged by hand: what the commands make of it, as staff would."""

import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from sync.store import Store
from tests.central.process import CentralProcess, central
from tests.deadline import DEADLINE_SECONDS
from tests.events import happen
from tests.sync.command import CONFIG

KIOSK = str(Path(sys.executable).parent / "kiosk")
NAME = "610200-001"


class Machine:
    """A kiosk's folder, used by nothing but its commands; events are put into its outbox as a visit would."""

    def __init__(self, folder: Path, url: str) -> None:
        folder.mkdir(exist_ok=True)
        self.data, self.config = folder / "kiosk", folder / "kiosk.toml"
        self.config.write_text(CONFIG.format(url=url), "utf-8")

    def run(self, *words: str) -> subprocess.CompletedProcess:
        command = [KIOSK, "sync", *words, "--config", str(self.config)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE_SECONDS)
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def status(self) -> dict:
        return json.loads(self.run("status", "--json").stdout)

    def alarms(self) -> set[str]:
        return {alarm["event"] for alarm in self.status()["alarms"]}

    def happen(self, *cards: str) -> None:
        store = Store.open(self.data, NAME)
        happen(store, *(f"card-{each}" for each in cards))
        store.close()


@pytest.fixture
def centre(tmp_path):
    process = CentralProcess(tmp_path / "centre")
    central(tmp_path / "centre", "seed")
    yield process
    process.kill()


@pytest.fixture
def machine(tmp_path, centre) -> Machine:
    machine = Machine(tmp_path / "machine", centre.url)
    machine.happen()
    name, key = machine.run("identity").stdout.split()
    central(centre.folder, "enrol", name, key)
    assert machine.run("once").returncode == 0
    return machine


def counted(centre: CentralProcess) -> dict[str, int]:
    return json.loads(central(centre.folder, "summary", "--json"))


def test_a_store_that_was_put_back_from_an_image_loses_nothing_and_says_so(machine, centre, tmp_path):
    machine.happen("a", "b", "c")
    assert machine.run("once").returncode == 0
    shutil.copytree(machine.data, tmp_path / "image")
    machine.happen("d", "e")
    assert machine.run("once").returncode == 0
    before = counted(centre)["events"]

    shutil.rmtree(machine.data)
    shutil.copytree(tmp_path / "image", machine.data)
    machine.happen("f", "g", "h")
    assert machine.run("once").returncode == 0

    status = machine.status()
    assert {alarm["event"] for alarm in status["alarms"]} == {"store.put_back"}
    assert (status["outbox"]["queued"], status["outbox"]["rejected"]) == (0, 0)
    found = counted(centre)
    assert found["events"] >= before + 3
    assert found["quarantine"] == 0
    assert central(centre.folder, "verify-events").startswith(f"proven {found['events']}, not proven 0")


def test_two_machines_made_of_one_image_lose_nothing_and_say_so(machine, centre, tmp_path):
    machine.happen("a")
    assert machine.run("once").returncode == 0
    before = counted(centre)["events"]
    shutil.copytree(machine.data, tmp_path / "twin/kiosk")
    twin = Machine(tmp_path / "twin", centre.url)
    for turn in range(3):
        for each in (machine, twin):
            each.happen(f"{turn}")
            assert each.run("once").returncode == 0
    assert "store.twin" in machine.alarms() | twin.alarms()
    for each in (machine, twin):
        assert (each.status()["outbox"]["queued"], each.status()["outbox"]["rejected"]) == (0, 0)
    found = counted(centre)
    assert found["events"] >= before + 6
    assert found["quarantine"] == 0


DAMAGE = {
    "a row": lambda ref: sql(ref, "UPDATE row SET value = 'rubbish' WHERE feed = 'guides'"),
    "no rows": lambda ref: sql(ref, "DELETE FROM row"),
    "no table": lambda ref: sql(ref, "DROP TABLE row"),
    "rubbish": lambda ref: ref.resolve().write_bytes(bytes(range(256)) * 64),
    "a hole in the middle": lambda ref: overwrite(ref.resolve()),
    "nothing": lambda ref: ref.resolve().write_bytes(b""),
    "cut off": lambda ref: truncate(ref.resolve()),
    "gone": lambda ref: ref.resolve().unlink(),
    "no link": lambda ref: ref.unlink(),
    "a folder": lambda ref: (ref.unlink(), ref.mkdir()),
}


def sql(ref: Path, statement: str) -> None:
    with sqlite3.connect(ref) as connection:
        connection.execute(statement)
    connection.close()


def overwrite(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.seek(file.stat().st_size // 2)
        opened.write(b"\xff" * 5000)


def truncate(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.truncate(file.stat().st_size // 2)


def test_a_reference_that_was_damaged_by_hand_is_repaired_by_the_command(machine):
    whole, rows = machine.status()["feeds"], rows_of(machine.data / "ref.db")
    assert len(rows) > 10
    for name, damage in DAMAGE.items():
        damage(machine.data / "ref.db")
        repaired = machine.run("repair", "--json")
        assert repaired.returncode == 0, (name, repaired.stdout, repaired.stderr)
        assert rows_of(machine.data / "ref.db") == rows, name
    after = machine.status()["feeds"]
    assert not any(feed["problem"] for feed in after.values())
    assert {each: feed["seq"] for each, feed in after.items()} == {
        each: feed["seq"] for each, feed in whole.items()
    }


def rows_of(ref: Path) -> set[tuple[str, str, str]]:
    connection = sqlite3.connect(ref)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    found = set(connection.execute("SELECT feed, key, value FROM row"))
    connection.close()
    return found
