"""Opening the store: one process at a time checks it, and sets a damaged one aside."""

import fcntl
import os
import uuid
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import structlog

from sync.store import keys
from sync.store.database import Database, connect, is_damaged
from sync.store.migrations import migrations

log = structlog.get_logger(__name__)


class WrongKeyError(Exception):
    """The key is not the one that this store was made with: nothing was changed, bring the right key."""


class Opening:
    """The checked and migrated database file in ``folder``; held until closed."""

    def __init__(self, folder: Path, kiosk_id: str) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = folder / "ops.db"
        self._lock = open(folder / "ops.lock", "a")  # noqa: SIM115 held as long as the store is open
        first = _try_to_be_first(self._lock)
        try:
            self.key = keys.store_key(folder, store_exists=self.path.exists())
            _check_key(folder / "ops.key-id", self.key, store_exists=self.path.exists())
            # Whoever comes later must not rename the file that others are writing to.
            if first:
                aside = _set_aside_if_damaged(self.path, self.key)
                _prepare(self.path, self.key, kiosk_id=kiosk_id, set_aside=str(aside or ""))
        except BaseException:
            self._lock.close()
            raise
        fcntl.flock(self._lock, fcntl.LOCK_SH)

    def close(self) -> None:
        """Let go of the file."""
        self._lock.close()


def _try_to_be_first(lock: IO[str]) -> bool:
    """Take the lock alone, else wait until the first one has finished its check and share it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        fcntl.flock(lock, fcntl.LOCK_SH)
        return False
    return True


def _check_key(path: Path, key: bytes, *, store_exists: bool) -> None:
    fingerprint = keys.fingerprint(key)
    if not store_exists:
        with open(path, "w") as file:
            file.write(fingerprint)
            file.flush()
            os.fsync(file.fileno())
    elif not path.exists() or path.read_text() != fingerprint:
        raise WrongKeyError(f"{path} does not name this key: not the key of this store; nothing was changed")


def _set_aside_if_damaged(path: Path, key: bytes) -> Path | None:
    """Rename a damaged database, or what is left of one whose setting aside was broken off."""
    parts = [path.with_name(path.name + suffix) for suffix in ("", "-wal", "-shm")]
    if not any(part.exists() for part in parts) or (path.exists() and not is_damaged(path, key)):
        return None
    aside = path.with_name(f"ops.damaged-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.db")
    for part in parts:
        if part.exists():
            part.rename(part.with_name(part.name.replace(path.name, aside.name)))
    log.error("store_set_aside", path=str(aside), advice="the store is damaged; keep this file for recovery")
    return aside


def _prepare(path: Path, key: bytes, **about: str) -> None:
    """Bring the tables up to date; a new store is told what it is, and keeps that for ever."""
    with closing(connect(path, key)) as connection:
        migrations.apply(Database(connection, execute_plugins=False))
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO NOTHING",
            [("install_epoch", uuid.uuid4().hex), *about.items()],
        )
        connection.execute("COMMIT")
