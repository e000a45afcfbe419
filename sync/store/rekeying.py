"""Another key for the encrypted files: copies under the new key take their place, or all stays as it was.

Once the copy of ops.db has its last name, the rotation goes on to its end, now or at the next opening of the store.
"""

import fcntl
import secrets
import shutil
from pathlib import Path

import structlog

from sync.keys import store_key
from sync.keys.places import NEXT, KeyMissingError, Place
from sync.keys.store_key import CREDENTIAL, IN_FILE, KeptSecret
from sync.protocol import secret_file
from sync.store import personal
from sync.store.database import connect, is_damaged, rekey

FILES = (personal.FILE, "ops.db")
"""The last one decides: with it the rotation has happened."""
COPY = ".rekeyed"
DRAFT = ".rekeying"

log = structlog.get_logger(__name__)


class RekeyingError(Exception):
    """The store cannot get another key now: nothing was changed; the message says why."""


def rotate(folder: Path, kiosk_id: str) -> KeptSecret:
    """Encrypt the files in ``folder`` with a new key; return it.

    It is the credential that is called like the store's with ``.next``, else a random one in the key's file.

    :raises RekeyingError: the store is open, or damaged. KeyMissingError: a key is missing, or has to be brought.
    """
    with open(folder / "ops.lock", "a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RekeyingError(
                "the store is in use; nothing was changed: stop kiosk.service and kiosk-sync.service, and try again"
            ) from error
        finish(folder, kiosk_id)
        old = store_key.find(folder, kiosk_id)
        if old is None:
            raise KeyMissingError(f"{folder}: the key of the store is missing; nothing was changed")
        new = _successor(folder, old)
        for name in FILES:
            if (folder / name).exists():
                _copy(folder / name, old.secret, new.secret)
        finish(folder, kiosk_id)
    return new


def finish(folder: Path, kiosk_id: str) -> None:
    """Bring a rotation to its end that has happened, and clear away what is left of one that has not.

    :raises KeyMissingError: it has happened, and the new key is not here.
    """
    for draft in folder.glob(f"*{DRAFT}*"):
        draft.unlink()
    copy = folder / f"{FILES[-1]}{COPY}"
    if not copy.exists():
        for left_over in folder.glob(f"*{COPY}"):
            left_over.unlink()
        return
    key = _key_of(copy, folder, kiosk_id)
    (folder / "ops.key-id").write_text(store_key.fingerprint(key.secret))
    if (next_file := folder / f"{IN_FILE}{NEXT}").exists():
        next_file.rename(folder / IN_FILE)
    secret_file.flush(folder)
    for name in FILES:
        if (folder / f"{name}{COPY}").exists():
            _put_in_place(folder, name)
    log.warning("store_key_rotated", place=key.place, where=key.where)


def _successor(folder: Path, old: KeptSecret) -> KeptSecret:
    if (found := store_key.find_next(folder)) is not None:
        return found
    if old.place is not Place.FILE:
        raise KeyMissingError(
            f"the key of the store is kept in: {old.where}; bring the new one as the credential {CREDENTIAL}{NEXT},"
            " docs/security.md; nothing was changed"
        )
    path = folder / f"{IN_FILE}{NEXT}"
    secret_file.keep(path, secrets.token_bytes(secret_file.SIZE))
    return KeptSecret(secret_file.read(path), Place.FILE, str(path))


def _copy(path: Path, old: bytes, new: bytes) -> None:
    """Make a copy under the new key that can be read through, and give it its name only then."""
    if is_damaged(path, old):
        raise RekeyingError(
            f"{path} cannot be read through; nothing was changed: have the kiosk salvage it before"
        )
    connection = connect(path, old)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    draft = path.with_name(f"{path.name}{DRAFT}")
    shutil.copyfile(path, draft)
    rekey(draft, old, new)
    if is_damaged(draft, new):
        raise RekeyingError(f"the copy of {path} cannot be read; nothing was changed")
    secret_file.flush(draft)
    draft.rename(path.with_name(f"{path.name}{COPY}"))
    secret_file.flush(path.parent)


def _key_of(copy: Path, folder: Path, kiosk_id: str) -> KeptSecret:
    for key in (store_key.find_next(folder), store_key.find(folder, kiosk_id)):
        if key and not is_damaged(copy, key.secret):
            return key
    raise KeyMissingError(
        f"the store was on its way to another key, which is not here: bring it as the credential {CREDENTIAL}{NEXT};"
        " nothing is lost"
    )


def _put_in_place(folder: Path, name: str) -> None:
    for part in (f"{name}-wal", f"{name}-shm"):
        (folder / part).unlink(missing_ok=True)
    (folder / f"{name}{COPY}").rename(folder / name)
    secret_file.flush(folder)
