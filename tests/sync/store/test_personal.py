"""People's records at the kiosk: encrypted, kept for their time, and no longer."""

from contextlib import closing
from pathlib import Path

import pytest

from sync.store.database import connect
from sync.store.personal import PersonalRecords

GOLDEN = Path(__file__).with_name("schema_personal.sql")
KEY = bytes(32)
HOLDER, SECRET = "a1b2c3", '{"name": "王建国"}'


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def personal(tmp_path, clock):
    return PersonalRecords(tmp_path, KEY, clock)


def rows(folder: Path, sql: str) -> list:
    with closing(connect(folder / "pii.db", KEY)) as connection:
        return connection.execute(sql).fetchall()


def test_a_record_is_kept_for_its_time_and_no_longer(personal, clock):
    personal.put("certificate", HOLDER, SECRET, seconds=60)
    clock.now += 59
    assert personal.get("certificate", HOLDER) == SECRET
    assert personal.get("certificate", "another") is None
    assert personal.get("other-kind", HOLDER) is None
    clock.now += 1
    assert personal.get("certificate", HOLDER) is None


def test_what_expired_is_gone_from_the_file_and_its_log(personal, clock, tmp_path):
    personal.put("certificate", HOLDER, SECRET, seconds=60)
    personal.put("certificate", "another", SECRET, seconds=600)
    clock.now += 61
    assert personal.expire() == 1
    assert rows(tmp_path, "SELECT holder FROM record") == [("another",)]
    wal = tmp_path / "pii.db-wal"
    assert not wal.exists() or wal.stat().st_size == 0
    assert personal.expire() == 0


def test_a_clock_that_was_set_back_does_not_lengthen_a_life(personal, clock):
    personal.put("certificate", HOLDER, SECRET, seconds=60)
    clock.now -= 86_400
    assert personal.get("certificate", HOLDER) is None
    assert personal.expire() == 1


def test_a_newer_record_takes_the_place_of_the_older(personal):
    personal.put("certificate", HOLDER, "1", seconds=60)
    personal.put("certificate", HOLDER, "2", seconds=60)
    assert personal.get("certificate", HOLDER) == "2"


def test_without_the_key_the_file_tells_nothing(personal, tmp_path):
    personal.put("certificate", HOLDER, SECRET, seconds=60)
    for path in tmp_path.glob("pii.db*"):
        assert "王建国".encode() not in path.read_bytes()
        assert b"certificate" not in path.read_bytes()
    assert rows(tmp_path, "PRAGMA secure_delete") == [(1,)]


def test_a_damaged_file_is_removed_and_begun_anew(personal, tmp_path):
    personal.put("certificate", HOLDER, SECRET, seconds=60)
    (tmp_path / "pii.db").write_bytes(b"damaged" * 1000)
    again = PersonalRecords(tmp_path, KEY)
    assert again.get("certificate", HOLDER) is None
    again.put("certificate", HOLDER, SECRET, seconds=60)
    assert again.get("certificate", HOLDER) == SECRET


def test_the_migrations_build_the_golden_schema(personal, tmp_path):
    found = rows(tmp_path, "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
    schema = "".join(f"{row[0]};\n" for row in found)
    assert schema == GOLDEN.read_text(), "a shipped migration changed, or the golden schema lacks a new one"
