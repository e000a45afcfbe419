"""Where the key of the local store comes from: a systemd credential, the kernel's keyring, else a file beside it."""

import hashlib
from pathlib import Path

import structlog
from msgspec import Struct

from sync.keys import keyring
from sync.keys.places import NEXT, KeyMissingError, Place, credential, credentials_of_services
from sync.protocol import secret_file

CREDENTIAL = "kiosk-store-key"
IN_FILE = "store.key"
log = structlog.get_logger(__name__)


class KeptSecret(Struct, frozen=True):
    """The 32 bytes of a key, where they are kept, and what that place is called."""

    secret: bytes
    place: Place
    where: str

    def __repr__(self) -> str:
        return f"KeptSecret({self.where})"


def store_key(folder: Path, kiosk_id: str, *, store_exists: bool) -> bytes:
    """Return the 32-byte key of the store in ``folder``; make it in a file where there is no store yet.

    :raises KeyMissingError: there is a store without its key; a new key would never open it.
    :raises SecretFileError: the credential, the keyring's key or the file is no usable key.
    """
    found = find(folder, kiosk_id)
    path = folder / IN_FILE
    if found is None and store_exists:
        raise KeyMissingError(
            f"{path} is missing; the store was left as it is: restore its key, or start kiosk.service, which has it"
        )
    if found is None or found.place is Place.FILE:
        log.warning(
            "store_key_in_file",
            path=str(path),
            advice=f"anyone who takes the disk can read the store: use a systemd credential named {CREDENTIAL}",
        )
    return found.secret if found else secret_file.read_or_create(path)


def find(folder: Path, kiosk_id: str) -> KeptSecret | None:
    """Return the key that there is.

    :raises SecretFileError: it is no usable key.
    """
    if (found := _from_credential(credential(CREDENTIAL))) is not None:
        return found
    name = keyring_name(kiosk_id)
    if (payload := keyring.read_user_key(name)) is not None:
        where = f"key {name} in the user's keyring"
        return KeptSecret(secret_file.decode(payload, where), Place.KEYRING, where)
    if (path := folder / IN_FILE).exists():
        return KeptSecret(secret_file.read(path), Place.FILE, str(path))
    return _of_services(folder)


def find_next(folder: Path) -> KeptSecret | None:
    """Return the key that is to take the place of the store's: from a credential, else from a file."""
    if (found := _from_credential(credential(CREDENTIAL + NEXT))) is not None:
        return found
    path = folder / f"{IN_FILE}{NEXT}"
    return KeptSecret(secret_file.read(path), Place.FILE, str(path)) if path.exists() else None


def keyring_name(kiosk_id: str) -> str:
    """Return what the kiosk's key is called in the keyring of its user."""
    return f"branch-kiosk:{kiosk_id}"


def fingerprint(key: bytes) -> str:
    """Name a key without telling it, so that a wrong key is not mistaken for a damaged store."""
    return hashlib.blake2b(b"kiosk store", key=key, digest_size=8).hexdigest()


def _of_services(folder: Path) -> KeptSecret | None:
    """Return the key of a running service that is this store's, by its name in ``ops.key-id``."""
    try:
        wanted = (folder / "ops.key-id").read_text("ascii")
    except (OSError, ValueError):
        return None
    found = map(_from_credential, credentials_of_services(CREDENTIAL))
    return next((each for each in found if each and fingerprint(each.secret) == wanted), None)


def _from_credential(path: Path | None) -> KeptSecret | None:
    if path is None:
        return None
    # Its mode tells nothing: systemd lets the service's user in by an ACL, which shows as group rights.
    return KeptSecret(secret_file.decode(path.read_bytes(), str(path)), Place.CREDENTIAL, str(path))
