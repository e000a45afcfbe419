"""Fetching a file by its SHA-256: a cut costs nothing that has come, also when the kiosk was off in between."""

import hashlib
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import structlog
import zstandard

from sync.client import CentralClient
from sync.protocol.feeds import Snapshot

PIECE_SECONDS = 0.1
"""How long is fetched before others get their turn."""
READ_AT_ONCE = 1 << 16
SNAPSHOTS = "/v1/snapshots/"
WRITTEN_AT_ONCE = 1 << 20
MOST_UNPACKED, MOST_TIMES = 64 * 1024 * 1024, 20
"""What is not checked yet may fill the disk by so much, or by so many times its size: real files grow five times."""

log = structlog.get_logger(__name__)
Take = Callable[[bytes], object]


class SnapshotRefusedError(Exception):
    """What was fetched is not what the manifest names: it was thrown away, the old rows stay in use."""


class SnapshotUnpacker:
    """Unpacks ``snapshot`` into ``target`` while it comes, before it is checked: never much at once."""

    def __init__(self, snapshot: Snapshot, target: BinaryIO) -> None:
        self._target = target
        self._room = max(MOST_UNPACKED, MOST_TIMES * snapshot.bytes)
        itself: Any = self  # of a file, only ``write`` is needed
        self._zstd = zstandard.ZstdDecompressor().stream_writer(itself, WRITTEN_AT_ONCE, closefd=False)

    def take(self, packed: bytes) -> None:
        """Unpack what comes next.

        :raises SnapshotRefusedError: it is no zstd, or has no end.
        """
        try:
            self._zstd.write(packed)
        except zstandard.ZstdError as error:
            raise SnapshotRefusedError(f"not zstd: {error}") from error

    def write(self, plain: bytes) -> int:
        """Take what was unpacked."""
        self._room -= len(plain)
        if self._room < 0:
            raise SnapshotRefusedError("the unpacked size exceeds the limit")
        return self._target.write(plain)


def download(
    client: CentralClient, snapshot: Snapshot, folder: Path, plain: BinaryIO
) -> Generator[None, None, Path]:
    """Fetch ``snapshot`` and unpack it into ``plain``, yielding now and then; return the packed file in ``folder``.

    What has come stays in ``folder`` until it is whole, checked and used.

    :raises SnapshotRefusedError: it is not what its address says; ``plain`` must not be used.
    """
    part = _part(snapshot, folder)
    unpacking = SnapshotUnpacker(snapshot, plain)
    try:
        with open(part, "a+b") as file:
            found = yield from _fetch(client, snapshot, file, unpacking.take)
        if found != snapshot.sha256:
            raise SnapshotRefusedError(f"fetched {found}, which is not {snapshot.sha256}")
    except SnapshotRefusedError:
        part.unlink()
        raise
    return part


def _part(snapshot: Snapshot, folder: Path) -> Path:
    """Return the file for what has come of ``snapshot``, and remove those for others."""
    for left in (*folder.glob("*.part"), *folder.glob("*.plain")):
        if left.stem != snapshot.sha256:
            left.unlink()
    return folder / f"{snapshot.sha256}.part"


def _fetch(
    client: CentralClient, snapshot: Snapshot, file: BinaryIO, take: Take
) -> Generator[None, None, str]:
    """Fetch what ``file`` lacks of ``snapshot``; return the SHA-256 of the whole."""
    digest = hashlib.sha256()
    have = tenths = 0
    pause_at = time.monotonic() + PIECE_SECONDS
    for piece in _pieces(client, snapshot, file):
        have += len(piece)
        if have > snapshot.bytes:
            raise SnapshotRefusedError(f"{have} bytes instead of {snapshot.bytes}")
        digest.update(piece)
        take(piece)
        if tenths < (tenths := 10 * have // snapshot.bytes):
            log.info("snapshot_progress", bytes=have, of=snapshot.bytes)
        if time.monotonic() >= pause_at:
            yield
            pause_at = time.monotonic() + PIECE_SECONDS
    return digest.hexdigest()


def _pieces(client: CentralClient, snapshot: Snapshot, file: BinaryIO) -> Iterator[bytes]:
    """Yield what is in ``file``, then what the centre has after it, which is added to the file."""
    file.seek(0)
    while piece := file.read(READ_AT_ONCE):
        yield piece
    if (have := file.tell()) >= snapshot.bytes:
        return
    with client.stream(SNAPSHOTS + snapshot.sha256, have) as coming:
        for piece in coming:
            file.write(piece)
            yield piece
