"""A real centre in a process of its own, and what is published there."""

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from central.access import kiosks
from central.feeds.publisher import open_publisher
from central.feeds.sequencer import load
from central.feeds.snapshots import build
from central.store.database import open_database
from sync.identity import Identity

ANSWERS = "serving "


class Centre:
    """The centre whose things are in ``data``."""

    def __init__(self, data: Path) -> None:
        data.mkdir(parents=True)
        self._data = data
        self._engine = open_database(f"sqlite:///{data / 'central.db'}")
        self._publisher = open_publisher(data)

    def publish(self, feed: str, rows: Iterable[tuple[str, str | None]]) -> None:
        with self._engine.begin() as tx:
            load(tx, feed, rows, self._publisher.card_key)

    def build(self) -> None:
        build(self._engine, self._publisher)

    def snapshot_bytes(self) -> int:
        """Return the size of the largest file that kiosks start from."""
        return max(file.stat().st_size for file in self._publisher.snapshots.iterdir())

    def enrol(self, identity: Identity) -> None:
        with self._engine.begin() as tx:
            kiosks.enrol(tx, identity.kiosk_id, identity.public_key, datetime.now(UTC))

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Serve as long as the block lasts; yield the address."""
        program = "from central.program.cli import main; main()"
        with subprocess.Popen(
            [sys.executable, "-c", program, "serve", "--data", str(self._data), "--port", "0"],
            env=os.environ | {"PYTHONPATH": ":".join(sys.path)},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as process:
            try:
                assert process.stdout
                answer = next(line for line in process.stdout if line.startswith(ANSWERS))
                yield answer.removeprefix(ANSWERS).strip()
            finally:
                process.terminate()
