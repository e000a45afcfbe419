"""Touch to frame while the sync process loads a million rows, against the same with nothing going on."""

import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.feeds.centre import Centre
from bench.feeds.kiosk import KIOSK
from bench.feeds.rows import service_points
from bench.figure import Figure
from bench.ui import OFFSCREEN, PRESSES, touch_p95
from sync.identity import Identity
from sync.protocol.algorithms import Ed25519Key

ROWS = 1_000_000
ROUNDS = 3


def figures() -> Iterator[Figure]:
    """Yield how much longer a touch takes while a million rows are loaded."""
    quiet, loading = [], []
    with tempfile.TemporaryDirectory() as name:
        folder, key = Path(name), Ed25519PrivateKey.generate()
        centre = Centre(folder / "centre")
        centre.enrol(Identity(KIOSK, Ed25519Key(key)))
        centre.publish("outlets", service_points(ROWS))
        centre.build()
        with centre.serving() as address:
            for _ in range(ROUNDS):
                quiet.append(touch_p95())
                with loads(folder, address, key.private_bytes_raw().hex()):
                    loading.append(touch_p95())
    ratio = statistics.median(loading) / statistics.median(quiet)
    yield Figure("ui.touch_while_loading", ratio, "×", "<= 1.2", "the same without a load", ROUNDS * PRESSES)


@contextmanager
def loads(folder: Path, address: str, key: str) -> Iterator[None]:
    """Load a million rows again and again as long as the block lasts."""
    place = tempfile.mkdtemp(dir=folder)
    command = [sys.executable, "-m", "bench.feeds.loading", place, address, key]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=OFFSCREEN) as child:
        try:
            assert child.stdout and child.stdout.readline(), "nothing was loaded"
            yield
            assert child.poll() is None, "the load was interrupted"
        finally:
            child.kill()
