"""Fetching a file by its SHA-256, slice by slice: a cut costs one slice, also when the kiosk was off in between."""

import hashlib
import time
from collections.abc import Generator
from pathlib import Path

import structlog
import zstandard

from sync.client import CentralClient
from sync.protocol.feeds import Snapshot

SMALLEST_SLICE, LARGEST_SLICE = 256 * 1024, 8 * 1024 * 1024
QUICK = 0.5  # seconds: a slice that took less may be larger the next time
SNAPSHOTS = "/v1/snapshots/"

log = structlog.get_logger(__name__)


class SnapshotRefused(Exception):
    """What was fetched is not what the manifest names: it was thrown away, the old rows stay in use."""


def download(client: CentralClient, snapshot: Snapshot, folder: Path) -> Generator[None, None, Path]:
    """Fetch ``snapshot`` into ``folder`` and yield after each slice; return the file, whole and checked.

    :raises SnapshotRefused: it is not what its address says.
    """
    part = folder / f"{snapshot.sha256}.part"
    for left in (*folder.glob("*.part"), *folder.glob("*.plain")):
        if left != part:
            left.unlink()
    part.touch()
    size = SMALLEST_SLICE
    while (have := part.stat().st_size) < snapshot.bytes:
        begun = time.monotonic()
        _append(part, have, client.read_slice(SNAPSHOTS + snapshot.sha256, have, size), snapshot.bytes)
        quick = time.monotonic() - begun < QUICK
        log.info("snapshot_slice", bytes=part.stat().st_size, of=snapshot.bytes)
        size = min(size * 2, LARGEST_SLICE) if quick else max(size // 2, SMALLEST_SLICE)
        yield
    with open(part, "rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != snapshot.sha256:
        part.unlink()
        raise SnapshotRefused(f"fetched {found}, which is not {snapshot.sha256}")
    return part


def unpack(part: Path, target: Path) -> None:
    """Unpack the zstd file ``part``.

    :raises SnapshotRefused: it is none.
    """
    try:
        with open(part, "rb") as packed, open(target, "wb") as plain:
            zstandard.ZstdDecompressor().copy_stream(packed, plain, write_size=1 << 20)
    except zstandard.ZstdError as error:
        target.unlink()
        raise SnapshotRefused(f"not zstd: {error}") from error
    except OSError:
        target.unlink(missing_ok=True)
        raise


def unpacked(part: Path) -> bytes:
    """Return the content of the zstd file ``part``.

    :raises SnapshotRefused: it is none.
    """
    try:
        return zstandard.ZstdDecompressor().decompressobj().decompress(part.read_bytes())
    except zstandard.ZstdError as error:
        raise SnapshotRefused(f"not zstd: {error}") from error


def _append(part: Path, at: int, data: bytes, most: int) -> None:
    if not data or at + len(data) > most:
        part.unlink()
        raise SnapshotRefused(f"{at + len(data)} bytes instead of {most}")
    with open(part, "ab") as file:
        file.write(data)
