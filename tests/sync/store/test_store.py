"""The local store: encrypted, durable, shared by threads and processes, and careful with what is damaged."""

import json
import sqlite3
import stat
import subprocess
import sys
import threading

import pytest

from sync.keys.places import KeyMissingError
from sync.keys.store_key import CREDENTIAL
from sync.protocol import secret_file
from sync.protocol.events import CommandFailed
from sync.protocol.secret_file import SecretFileError
from sync.store import OtherKioskError, Store, outbox
from sync.store.database import connect
from sync.store.opening import WrongKeyError

SECRET_WORDS = "这句话不能从磁盘上读到"


@pytest.fixture
def store(tmp_path):
    store = Store.open(tmp_path, "K1")
    yield store
    store.close()


def add(store: Store, n: int, words: str = "") -> str:
    with store.transaction() as tx:
        return outbox.add(tx, CommandFailed(key=str(n), reason=words))


def numbers(store: Store) -> list[int]:
    return [int(json.loads(row["body"])["key"]) for row in store.rows("SELECT body FROM outbox ORDER BY seq")]


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),  # FULL
        ("secure_delete", 1),
        ("foreign_keys", 1),
        ("trusted_schema", 0),
        ("cell_size_check", 1),
        ("busy_timeout", 10_000),
    ],
)
def test_the_database_is_opened_safely(store, pragma, value):
    (row,) = store.rows(f"PRAGMA {pragma}")
    assert list(row.values()) == [value]


def test_sqlite_is_one_without_the_wal_reset_bug(store):
    (row,) = store.rows("SELECT sqlite_version() AS version")
    assert tuple(map(int, row["version"].split("."))) >= (3, 51, 3)


def test_without_the_key_the_files_tell_nothing(store, tmp_path):
    add(store, 1, SECRET_WORDS)
    files = [path.read_bytes() for path in tmp_path.glob("ops.db*")]
    assert len(files) >= 2
    for content in files:
        assert SECRET_WORDS.encode() not in content
        assert b"outbox" not in content
        assert not content.startswith(b"SQLite format 3")
    with (
        pytest.raises(sqlite3.DatabaseError, match="not a database"),
        sqlite3.connect(tmp_path / "ops.db") as plain,
    ):
        plain.execute("SELECT * FROM sqlite_master")


def test_keys_are_for_their_owner_alone(store, tmp_path):
    assert stat.S_IMODE((tmp_path / "store.key").stat().st_mode) == 0o600


def test_a_key_that_others_can_read_is_not_used(store, tmp_path):
    store.close()
    (tmp_path / "store.key").chmod(0o644)
    with pytest.raises(SecretFileError, match="others can read"):
        Store.open(tmp_path, "K1")


@pytest.mark.parametrize("content", ["", "abc", "zz" * 32, "ab" * 31])
def test_a_broken_secret_is_not_replaced(tmp_path, content):
    path = tmp_path / "secret"
    path.touch(0o600)
    path.write_text(content)
    with pytest.raises(SecretFileError, match="not a secret"):
        secret_file.read_or_create(path)
    assert path.read_text() == content


def test_a_systemd_credential_is_used_and_no_key_file_is_made(tmp_path, monkeypatch):
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    secret_file.read_or_create(credentials / CREDENTIAL)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    Store.open(tmp_path / "kiosk", "K1").close()
    assert not (tmp_path / "kiosk" / "store.key").exists()
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    with pytest.raises(KeyMissingError):
        Store.open(tmp_path / "kiosk", "K1")


def test_a_wrong_key_changes_nothing_and_the_right_one_opens_the_store_again(store, tmp_path):
    add(store, 1)
    store.close()
    right = (tmp_path / "store.key").read_text()
    (tmp_path / "store.key").write_text("ab" * 32)
    with pytest.raises(WrongKeyError):
        Store.open(tmp_path, "K1")
    (tmp_path / "store.key").write_text(right)
    again = Store.open(tmp_path, "K1")
    assert numbers(again) == [1]
    assert again.set_aside is None
    again.close()


def test_the_store_of_another_kiosk_is_left_alone(store, tmp_path):
    with pytest.raises(OtherKioskError, match="K1"):
        Store.open(tmp_path, "K2")
    add(store, 1)


def test_what_a_block_wrote_is_gone_when_it_raises(store):
    with pytest.raises(RuntimeError), store.transaction() as tx:
        outbox.add(tx, CommandFailed(key="1"))
        raise RuntimeError
    assert numbers(store) == []
    add(store, 2)
    assert store.rows("SELECT seq FROM outbox") == [{"seq": 1}]  # no number was lost with it


def test_a_store_opened_again_is_the_same_and_one_made_anew_is_another(tmp_path):
    first = Store.open(tmp_path / "a", "K1")
    first.close()
    again = Store.open(tmp_path / "a", "K1")
    anew = Store.open(tmp_path / "b", "K1")
    assert again.install_epoch == first.install_epoch != anew.install_epoch
    again.close()
    anew.close()


@pytest.mark.parametrize("place", [100, 5000], ids=["first page", "a later page"])
def test_a_damaged_store_is_set_aside_reported_and_begun_anew(tmp_path, place):
    old = Store.open(tmp_path, "K1")
    for n in range(50):
        add(old, n, "x" * 200)
    old.close()
    damage(tmp_path / "ops.db", place)
    damaged = (tmp_path / "ops.db").read_bytes()
    new = Store.open(tmp_path, "K1")
    assert new.set_aside is not None
    assert new.set_aside.read_bytes() == damaged
    assert new.install_epoch != old.install_epoch
    add(new, 1)
    new.close()
    assert Store.open(tmp_path, "K1").set_aside == new.set_aside  # still reported


def test_a_setting_aside_that_was_broken_off_is_finished(tmp_path):
    old = Store.open(tmp_path, "K1")
    add(old, 1)
    (tmp_path / "ops.db").rename(tmp_path / "ops.damaged-x.db")
    left_over = (tmp_path / "ops.db-wal").read_bytes()
    old.close()
    (tmp_path / "ops.db-wal").write_bytes(left_over)
    new = Store.open(tmp_path, "K1")
    assert new.set_aside is not None
    assert new.salvaged.outbox == 0
    new.close()


def damage(path, place: int) -> None:
    key = bytes.fromhex(path.with_name("store.key").read_text())
    connect(path, key).execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(path.read_bytes())
    content[place] ^= 0xFF
    path.write_bytes(content)


def test_a_store_that_somebody_has_open_is_never_set_aside(store, tmp_path):
    add(store, 1)
    damage(tmp_path / "ops.db", 100)
    with pytest.raises(Exception, match=r"database|malformed"):
        Store.open(tmp_path, "K1")
    assert list(tmp_path.glob("ops.damaged*")) == []


def test_many_threads_write_and_nothing_is_lost(store):
    threads = [
        threading.Thread(target=lambda base=base: [add(store, base + n) for n in range(25)])
        for base in range(0, 100, 25)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers(store)) == list(range(100))
    assert [row["seq"] for row in store.rows("SELECT seq FROM outbox ORDER BY seq")] == list(range(1, 101))


WRITER = """
import sys
from pathlib import Path
from sync.protocol.events import CommandFailed
from sync.store import Store, outbox
store = Store.open(Path(sys.argv[1]), "K1")
for n in range(int(sys.argv[2]), int(sys.argv[2]) + 40):
    with store.transaction() as tx:
        outbox.add(tx, CommandFailed(key=str(n)))
"""


def test_two_processes_share_a_store_that_is_new_to_both(tmp_path):
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), str(base)], stdout=subprocess.DEVNULL)
        for base in (0, 40)
    ]
    assert [writer.wait() for writer in writers] == [0, 0]
    store = Store.open(tmp_path, "K1")
    assert sorted(numbers(store)) == list(range(80))
    store.close()
