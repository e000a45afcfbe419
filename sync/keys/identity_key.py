"""The key that a kiosk signs with: in its TPM, else a systemd credential, else a file."""

import fcntl
from contextlib import suppress
from functools import cache
from pathlib import Path

import msgspec
import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Struct

from sync.keys import tpm
from sync.keys.places import (
    NEXT,
    KeyMissingError,
    Place,
    credential,
    credentials_of_services,
)
from sync.keys.tpm import TpmError, TpmKey
from sync.protocol import algorithms, secret_file
from sync.protocol.algorithms import Ed25519Key, SigningKey
from text.files import read_file

CREDENTIAL = "kiosk-identity-key"
IN_FILE, IN_TPM = "identity.key", "identity.tpm"
FORMER = "identity.former"
"""The public halves of the keys that there were before, a line each: seals of theirs are still the kiosk's own."""
MOST_FORMER = 100
LONGEST = 10_000
"""Bytes of the file that says where in the TPM a key is."""

log = structlog.get_logger(__name__)


class KeptKey(Struct, frozen=True):
    """A key, where it is kept, and what that place is called."""

    key: SigningKey
    place: Place
    where: str


class TpmPlace(Struct, frozen=True):
    """Where in the TPM a key is, and its public half (base64), so that only signing needs the TPM."""

    handle: str
    public_key: str


class FormerKey(Struct, frozen=True):
    """The public half (base64) of a key that signs no more."""

    algorithm: str
    public_key: str

    @property
    def octets(self) -> bytes:
        """The public half."""
        return algorithms.from_text(self.public_key)

    @property
    def key_id(self) -> str:
        """Its fingerprint."""
        return algorithms.key_id(self.algorithm, self.octets)


class CurrentKey:
    """The key of the kiosk whose data is in ``folder``, also after another process has replaced it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: tuple[tuple[int, ...], SigningKey] | None = None

    def __call__(self) -> SigningKey:
        """Return it; make it on first use."""
        seen = _seen(self.folder)
        if self._read is None or self._read[0] != seen:
            key = opened(self.folder).key
            self._read = _seen(self.folder), key
        return self._read[1]


def opened(folder: Path) -> KeptKey:
    """Return the key of the kiosk whose data is in ``folder``; make it on first use, in the best place that there is.

    :raises SecretFileError: others can read the key, or it is not whole. KeyMissingError: it says where it is, wrongly.
    """
    found = find(folder)
    if found is None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(folder / "identity.lock", "a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # window and sync process start at once
            found = find(folder) or make(folder)
    if found.place is Place.FILE:
        _warn(found.where)
    return found


def find(folder: Path, which: str = "") -> KeptKey | None:
    """Return the key that there is; with ``NEXT``, the one that is to take its place.

    :raises: as ``opened`` does.
    """
    if (place := folder / f"{IN_TPM}{which}").exists():
        return _in_tpm(place)
    if (secret := credential(CREDENTIAL + which)) is not None:
        return _ed25519(secret_file.decode(secret.read_bytes(), str(secret)), Place.CREDENTIAL, secret)
    if (path := folder / f"{IN_FILE}{which}").exists():
        return _ed25519(secret_file.read(path), Place.FILE, path)
    for secret in credentials_of_services(CREDENTIAL + which):
        return _ed25519(secret_file.decode(secret.read_bytes(), str(secret)), Place.CREDENTIAL, secret)
    return None


def former(folder: Path) -> list[FormerKey]:
    """Return the keys that there were before; a line that a power cut has cut off is none."""
    path, found = folder / FORMER, []
    for line in path.read_bytes().splitlines()[-MOST_FORMER:] if path.exists() else []:
        with suppress(ValueError):
            found.append(msgspec.json.decode(line, type=FormerKey))
    return found


def make(folder: Path, which: str = "") -> KeptKey:
    """Make a key in the best place that there is."""
    if tpm.is_usable():
        try:
            return _made_in_tpm(folder / f"{IN_TPM}{which}")
        except TpmError as error:
            log.warning("tpm_not_used", reason=str(error), advice="the key is kept in a file instead")
    path = folder / f"{IN_FILE}{which}"
    return _ed25519(secret_file.read_or_create(path), Place.FILE, path)


def successor(folder: Path, old: KeptKey) -> KeptKey:
    """Return the key that is to take the place of ``old``, in no worse a place; make it where that can be done here.

    :raises TpmError: the TPM makes none. KeyMissingError: it has to be brought as a credential.
    """
    if found := find(folder, NEXT):
        return found
    if old.place is Place.FILE:
        return make(folder, NEXT)
    if old.place is Place.CREDENTIAL and not tpm.is_usable():
        raise KeyMissingError(
            f"the key is in the credential {CREDENTIAL}: bring the new one as {CREDENTIAL}{NEXT}, docs/security.md"
        )
    return _made_in_tpm(folder / f"{IN_TPM}{NEXT}")


def replace(folder: Path, old: KeptKey, new: KeptKey) -> None:
    """Let the key that ``find`` calls ``NEXT`` take the place of the one before, which is destroyed.

    A key in a credential stays: systemd shows it, and who sealed it has to seal another.
    """
    if not any(each.key_id == old.key.key_id for each in former(folder)):
        told = FormerKey(old.key.algorithm, algorithms.as_text(old.key.public_key))
        with open(folder / FORMER, "ab") as file:
            file.write(msgspec.json.encode(told) + b"\n")
    if new.place is Place.TPM:
        (folder / f"{IN_TPM}{NEXT}").rename(folder / IN_TPM)
        secret_file.destroy(folder / IN_FILE)
    elif new.place is Place.FILE:
        (folder / f"{IN_FILE}{NEXT}").rename(folder / IN_FILE)
    secret_file.flush(folder)
    if isinstance(old.key, TpmKey):
        old.key.remove()


def _made_in_tpm(place: Path) -> KeptKey:
    key = TpmKey.create()
    told = TpmPlace(key.handle, algorithms.as_text(key.public_key))
    secret_file.write(place, msgspec.json.encode(told))
    return KeptKey(key, Place.TPM, key.handle)


def _in_tpm(place: Path) -> KeptKey:
    try:
        told = msgspec.json.decode(read_file(place, LONGEST), type=TpmPlace)
        key = TpmKey(told.handle, algorithms.from_text(told.public_key))
    except (OSError, ValueError) as error:
        raise KeyMissingError(
            f"{place} does not say where in the TPM the key is; enrol this kiosk again"
        ) from error
    return KeptKey(key, Place.TPM, key.handle)


def _ed25519(secret: bytes, place: Place, where: Path) -> KeptKey:
    return KeptKey(Ed25519Key(Ed25519PrivateKey.from_private_bytes(secret)), place, str(where))


def _seen(folder: Path) -> tuple[int, ...]:
    """Return what changes when another key is there."""
    found = []
    for name in (IN_TPM, IN_FILE):
        try:
            status = (folder / name).stat()
            found += [status.st_ino, status.st_mtime_ns]
        except FileNotFoundError:
            found.append(0)
    return tuple(found)


@cache
def _warn(path: str) -> None:
    """Say once in a process that who takes the disk takes the kiosk's identity."""
    better = (
        "`kiosk keys rotate identity` moves it into this machine's TPM, without enrolling again"
        if tpm.is_usable()
        else f"seal it as a systemd credential named {CREDENTIAL}: docs/deploy.md"
    )
    log.warning(
        "identity_key_in_file", path=path, advice=f"anyone who takes the disk can be this kiosk: {better}"
    )
