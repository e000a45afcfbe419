"""``kiosk-central serve`` with several workers, for benchmarks."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.request import urlopen

COMMAND = [sys.executable, "-c", "from central.program.cli import main; main()", "serve", "--port", "0"]
DEADLINE = 60.0


@contextmanager
def serving(database: str, workers: int) -> Iterator[str]:
    """Yield the address (host:port) of a centre with ``workers`` processes on ``database``."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as log:
        options = ["--data", folder, "--database", database, "--workers", str(workers)]
        process = subprocess.Popen([*COMMAND, *options], stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            assert process.stdout is not None
            address = process.stdout.readline().split("//")[1].strip()
            wait_until_it_answers(address)
            yield address
        finally:
            process.terminate()
            code = process.wait()
    assert code == 0, f"the centre ended with {code}"


def wait_until_it_answers(address: str) -> None:
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        with suppress(OSError), urlopen(f"http://{address}/v1/health", timeout=DEADLINE):
            return
        time.sleep(0.1)
    raise TimeoutError("the centre does not answer")
