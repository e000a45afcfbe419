"""Where keys are kept."""

import os
from enum import StrEnum
from pathlib import Path

SERVICES = [Path("/run/credentials", unit) for unit in ("kiosk.service", "kiosk-sync.service")]
"""Where a running service's own user finds its credentials too: staff's commands need the keys as well."""
NEXT = ".next"
"""Ends the name of the key that takes the place of another."""


class KeyMissingError(Exception):
    """A key is not where it was: nothing was changed, restore it."""


class KeyUnusableHereError(Exception):
    """A key is where it should be, and cannot be used now: nothing was changed."""


class Place(StrEnum):
    """Where a key is kept, the best place first."""

    TPM = "tpm"
    CREDENTIAL = "credential"
    KEYRING = "keyring"
    FILE = "file"


def credential(name: str) -> Path | None:
    """Return the file in which systemd shows a credential to this process."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    path = Path(folder, name) if folder else None
    return path if path and path.exists() else None


def credentials_of_services(name: str) -> list[Path]:
    """Return where the running services have a credential that we may read."""
    paths = (services / name for services in SERVICES)
    return [path for path in paths if os.access(path, os.R_OK)]
