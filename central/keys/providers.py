"""What holds the centre's private keys: a security module, else a systemd credential, else a file beside the data."""

import os
from pathlib import Path
from typing import Literal

import structlog
from msgspec import Struct

from central.keys.token import TokenSettings, token_of
from sync.protocol import secret_file
from sync.protocol.algorithms import SigningKey, private_key
from sync.protocol.centre_keys import Role

CREDENTIAL = "kiosk-central-"
"""What the names of our systemd credentials begin with."""

log = structlog.get_logger(__name__)


class KeySettings(Struct, frozen=True, forbid_unknown_fields=True):
    """How the centre's keys are made and kept: ``algorithm`` is that of the next one."""

    algorithm: Literal["ed25519", "ecdsa-p256-sha256", "sm2-sm3"] = "ed25519"
    pkcs11: TokenSettings | None = None


IN_FILES = KeySettings()
"""Ed25519 keys in files."""


class KeyProviders(Struct, frozen=True):
    """The places where the private keys of the centre in ``folder`` may be, the safest first."""

    folder: Path
    settings: KeySettings = IN_FILES

    def open(self, role: Role, number: int, algorithm: str) -> SigningKey:
        """Return a key that was made before.

        :raises SecretFileError: it is nowhere, others can read it, or it is not whole. TokenError: the security
            module does not give it.
        """
        name = label(role, number)
        return self._in_token(name) or private_key(algorithm, self.secret(name, create=False))

    def make(self, role: Role, number: int) -> SigningKey:
        """Make a key, or take the one that was put in its place before.

        :raises: as ``open``.
        """
        name, algorithm = label(role, number), self.settings.algorithm
        if self.settings.pkcs11:
            return self._in_token(name) or token_of(self.settings.pkcs11).make(name, algorithm)
        return private_key(algorithm, self.secret(name, create=True))

    def _in_token(self, name: str) -> SigningKey | None:
        return token_of(self.settings.pkcs11).find(name) if self.settings.pkcs11 else None

    def secret(self, name: str, *, create: bool) -> bytes:
        """Return 32 secret bytes from their credential or file; with ``create`` make the file where there is none.

        :raises SecretFileError: as ``open``.
        """
        if credential := _credential(name):
            # Its mode tells nothing: systemd lets the service's user in by an ACL, which shows as group rights.
            return secret_file.decode(credential.read_bytes(), str(credential))
        return secret_file.opened(self.folder / f"{name}.key", create=create)

    def warn_of_files(self) -> None:
        """Tell which keys anybody gets who gets a copy of the folder."""
        if found := sorted(str(path) for path in self.folder.glob("*.key")):
            log.warning(
                "centre_keys_in_files",
                paths=found,
                advice="for demonstrations; use a security module (PKCS#11), or systemd credentials named "
                f"{CREDENTIAL}…",
            )


def label(role: Role, number: int) -> str:
    """Return what a key is called in its file, credential or token."""
    return role if number == 1 else f"{role}-{number}"


def _credential(name: str) -> Path | None:
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    path = Path(folder, f"{CREDENTIAL}{name}") if folder else None
    return path if path and path.exists() else None
