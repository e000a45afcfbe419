"""Where the key of the local store comes from: a systemd credential, else a file beside the store."""

import hashlib
import os
from pathlib import Path

import structlog

from sync.protocol import secret_file

CREDENTIAL = "kiosk-store-key"
log = structlog.get_logger(__name__)


class KeyMissingError(Exception):
    """There is a store but no key for it: nothing was changed, restore the key."""


def store_key(folder: Path, *, store_exists: bool) -> bytes:
    """Return the 32-byte key of the store in ``folder``.

    :raises KeyMissingError: there is a store without its key; a new key would never open it.
    :raises SecretFileError: the credential or the file holds no usable key.
    """
    credential = _credential()
    if credential is not None:
        return secret_file.read(credential)
    path = folder / "store.key"
    if store_exists and not path.exists():
        raise KeyMissingError(f"{path} is missing; the store was left as it is: restore its key")
    log.warning("store_key_in_file", path=str(path), advice=f"use a systemd credential named {CREDENTIAL}")
    return secret_file.read_or_create(path)


def fingerprint(key: bytes) -> str:
    """Name a key without telling it, so that a wrong key is not mistaken for a damaged store."""
    return hashlib.blake2b(b"kiosk store", key=key, digest_size=8).hexdigest()


def _credential() -> Path | None:
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    path = Path(folder, CREDENTIAL) if folder else None
    return path if path and path.exists() else None
