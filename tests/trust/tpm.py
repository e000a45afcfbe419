"""A simulated TPM for a test: swtpm, spoken to by the tools that a kiosk uses."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from sync.keys.tpm import CONNECTION
from tests.deadline import DEADLINE_SECONDS

needs_tpm = pytest.mark.skipif(
    not (shutil.which("swtpm") and shutil.which("tpm2_sign")),
    reason="no simulated TPM here: the Debian packages swtpm and tpm2-tools are missing",
)


class Tpm:
    """A TPM that can lose its power."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        # The tools speak to the port of commands, and find the control beside it.
        self.port = _two_free_ports()

    @property
    def connection(self) -> str:
        return f"swtpm:host=127.0.0.1,port={self.port}"

    def power_on(self) -> None:
        self._process = subprocess.Popen(
            [
                *("swtpm", "socket", "--tpm2", "--tpmstate", f"dir={self._folder}"),
                *("--server", f"type=tcp,port={self.port}", "--ctrl", f"type=tcp,port={self.port + 1}"),
                *("--flags", "not-need-init,startup-clear"),
            ]
        )
        end = time.monotonic() + DEADLINE_SECONDS
        while time.monotonic() < end:
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port + 1)).close()
                return
            time.sleep(0.02)
        raise TimeoutError("swtpm does not answer")

    def cut_power(self) -> None:
        assert self._process
        self._process.kill()
        self._process.wait()

    def asks(self, *command: str) -> str:
        """Return what a tool says of it."""
        env = os.environ | {CONNECTION: self.connection}
        return subprocess.run(command, env=env, capture_output=True, check=True, text=True).stdout


@contextmanager
def running_tpm(folder: Path) -> Iterator[Tpm]:
    """Run a TPM with nothing in it."""
    tpm = Tpm(folder)
    tpm.power_on()
    try:
        yield tpm
    finally:
        tpm.cut_power()


def _two_free_ports() -> int:
    """Return a free port whose next one is free too."""
    while True:
        with socket.socket() as first, socket.socket() as second, suppress(OSError, OverflowError):
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            second.bind(("127.0.0.1", port + 1))
            return port
