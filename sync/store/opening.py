"""Opening the store: one process at a time checks it, and replaces a damaged one with a salvaged one."""

import fcntl
import os
import shutil
import uuid
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

import structlog

from sync.keys import store_key as keys
from sync.protocol.events import StoreLost
from sync.store import chain, rekeying
from sync.store.alarms import raise_alarm
from sync.store.database import connect, is_damaged
from sync.store.migrations import migrations
from sync.store.salvage import salvage
from sync.store.transaction import Transaction

REPLACEMENT = "ops.replacement-"
SCRATCH = "salvage-"

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
            if first:
                rekeying.finish(folder, kiosk_id)
            named = folder / "ops.key-id"
            store_exists = any(folder.glob("ops*.db*"))
            self.key = keys.store_key(folder, kiosk_id, store_exists=store_exists)
            if store_exists:
                _check_key(named, self.path, self.key)
            # A later process must not rename the file that others are writing to.
            if first:
                _replace_if_damaged(self.path, self.key, kiosk_id)
                _prepare(self.path, self.key, had_one=named.exists(), kiosk_id=kiosk_id, set_aside="")
                _name_key(named, self.key)
        except BaseException:
            self._lock.close()
            raise
        fcntl.flock(self._lock, fcntl.LOCK_SH)

    def close(self) -> None:
        """Release the file."""
        self._lock.close()


def _try_to_be_first(lock: IO[str]) -> bool:
    """Take the lock alone, else wait until the first one has finished its check and share it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        fcntl.flock(lock, fcntl.LOCK_SH)
        return False
    return True


def _check_key(named: Path, path: Path, key: bytes) -> None:
    """Continue only with the store's own key; a store that was begun and not named yet shows it by being readable."""
    if named.exists():
        right = named.read_text() == keys.fingerprint(key)
    else:
        right = path.exists() and not is_damaged(path, key)
    if not right:
        raise WrongKeyError(f"{named} does not name this key: not the key of this store; nothing was changed")


def _name_key(named: Path, key: bytes) -> None:
    """Leave the key's fingerprint beside a store that is whole: from then on, one that is not there was lost."""
    if named.exists() and named.read_text() == keys.fingerprint(key):
        return
    with open(named, "w") as file:
        file.write(keys.fingerprint(key))
        file.flush()
        os.fsync(file.fileno())
    _flush(named.parent)


def _prepare(path: Path, key: bytes, *, had_one: bool = False, **about: str) -> None:
    """Bring the tables up to date; a new store is told what it is, and keeps that for ever.

    :param had_one: there was a store here: if a new one has to be made, that one was lost.
    """
    with closing(connect(path, key)) as connection:
        migrations.apply(connection)
        connection.execute("BEGIN IMMEDIATE")
        tx = Transaction(connection)
        is_new = not tx.rows("SELECT 1 FROM meta WHERE key = 'install_epoch'")
        tx.executemany(
            "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO NOTHING",
            [("install_epoch", uuid.uuid4().hex), *about.items()],
        )
        tx.execute(
            "INSERT INTO epochs (install_epoch) SELECT value FROM meta WHERE key = 'install_epoch'"
            " ON CONFLICT DO NOTHING"
        )
        chain.begin(tx)
        if is_new and had_one:
            raise_alarm(tx, StoreLost())
            log.error(
                "store_lost", path=str(path), advice="it was gone or empty: what was not delivered is lost"
            )
        connection.execute("COMMIT")


def _replace_if_damaged(path: Path, key: bytes, kiosk_id: str) -> None:
    """Replace a damaged store with a new one that holds all that can still be read.

    However often this is interrupted: the damaged file is renamed only when the new one is whole.
    """
    new = _begun_replacement(path)
    if new is None:
        parts = _parts(path)
        if not parts or (path.exists() and not is_damaged(path, key)):
            return
        new = path.with_name(f"{REPLACEMENT}{datetime.now(UTC):%Y%m%dT%H%M%S%f}.db")
        _build_replacement(path, new, key, kiosk_id)
    aside = _aside(path, new)
    for part in _parts(path):
        part.rename(part.with_name(part.name.replace(path.name, aside.name)))
    new.rename(path)
    _flush(path.parent)
    log.error("store_set_aside", path=str(aside), advice="the store was damaged; keep this file for recovery")


def _build_replacement(path: Path, new: Path, key: bytes, kiosk_id: str) -> None:
    """Build the new store beside the damaged one, from a copy: reading must not change the evidence."""
    with TemporaryDirectory(dir=path.parent, prefix=SCRATCH) as name:
        scratch = Path(name)
        for part in _parts(path):
            shutil.copyfile(part, scratch / part.name.replace(path.name, "damaged.db"))
        draft = scratch / "draft.db"
        _prepare(draft, key, kiosk_id=kiosk_id, set_aside=str(_aside(path, new)))
        salvage(scratch / "damaged.db", draft, key, aside=_aside(path, new).name)
        draft.rename(new)


def _begun_replacement(path: Path) -> Path | None:
    """Return a replacement that was finished but not yet put in its place; clear away one that was not finished."""
    for left_over in path.parent.glob(f"{SCRATCH}*"):
        shutil.rmtree(left_over)
    return next(path.parent.glob(f"{REPLACEMENT}*.db"), None)


def _parts(path: Path) -> list[Path]:
    parts = (path.with_name(path.name + suffix) for suffix in ("", "-wal", "-shm"))
    return [part for part in parts if part.exists()]


def _aside(path: Path, new: Path) -> Path:
    return path.with_name(new.name.replace(REPLACEMENT, "ops.damaged-"))


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
