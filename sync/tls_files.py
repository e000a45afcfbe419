"""Where a kiosk's certificates for the way to the centre are."""

from pathlib import Path

from msgspec import Struct


class TlsFiles(Struct, frozen=True):
    """Files in PEM: the private ``ca`` that alone is trusted then, and the kiosk's ``certificate`` with its ``key``."""

    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
