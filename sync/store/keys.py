"""Where the key of the local store comes from: a systemd credential, the kernel's keyring, else a file beside it."""

import hashlib
import os
from pathlib import Path

import structlog

from sync.protocol import secret_file
from sync.store import keyring

CREDENTIAL = "kiosk-store-key"
SERVICES = [Path("/run/credentials", unit) for unit in ("kiosk.service", "kiosk-sync.service")]
"""Where a running service's own user finds its credentials too: staff's commands need the key as well."""
log = structlog.get_logger(__name__)


class KeyMissingError(Exception):
    """There is a store but no key for it: nothing was changed, restore the key."""


def store_key(folder: Path, kiosk_id: str, *, store_exists: bool) -> bytes:
    """Return the 32-byte key of the store in ``folder``.

    :raises KeyMissingError: there is a store without its key; a new key would never open it.
    :raises SecretFileError: the credential, the keyring's key or the file is no usable key.
    """
    credential = _credential()
    if credential is not None:
        # Its mode tells nothing: systemd lets the service's user in by an ACL, which shows as group rights.
        return secret_file.decode(credential.read_bytes(), str(credential))
    name = keyring_name(kiosk_id)
    if (found := keyring.read_user_key(name)) is not None:
        return secret_file.decode(found, f"key {name} in the user's keyring")
    path = folder / "store.key"
    if store_exists and not path.exists():
        if (key := _key_of_services(folder)) is not None:
            return key
        raise KeyMissingError(
            f"{path} is missing; the store was left as it is: restore its key, or start kiosk.service, which has it"
        )
    log.warning(
        "store_key_in_file",
        path=str(path),
        advice=f"anyone who takes the disk can read the store: use a systemd credential named {CREDENTIAL}",
    )
    return secret_file.read_or_create(path)


def keyring_name(kiosk_id: str) -> str:
    """Return what the kiosk's key is called in the keyring of its user."""
    return f"branch-kiosk:{kiosk_id}"


def fingerprint(key: bytes) -> str:
    """Name a key without telling it, so that a wrong key is not mistaken for a damaged store."""
    return hashlib.blake2b(b"kiosk store", key=key, digest_size=8).hexdigest()


def _key_of_services(folder: Path) -> bytes | None:
    """Return the key of a running service that is this store's, by its name in ``ops.key-id``."""
    try:
        wanted = (folder / "ops.key-id").read_text("ascii")
    except (OSError, ValueError):
        return None
    for path in (services / CREDENTIAL for services in SERVICES):
        if os.access(path, os.R_OK):
            key = secret_file.decode(path.read_bytes(), str(path))
            if fingerprint(key) == wanted:
                return key
    return None


def _credential() -> Path | None:
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    path = Path(folder, CREDENTIAL) if folder else None
    return path if path and path.exists() else None
