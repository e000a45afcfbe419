"""``kiosk-central serve`` as a process of its own, which can be killed and started again on the same port."""

import os
import random
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from socket import create_server

from tests.deadline import DEADLINE_SECONDS

COMMAND = [sys.executable, "-c", "from central.program.cli import main; main()"]


def central(folder: Path, *arguments: str) -> str:
    """Run one command of kiosk-central; return what it prints."""
    command = [*COMMAND, *arguments, "--data", str(folder)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def free_port() -> int:
    """Return a free port that no outgoing connection is given, so that it stays free between two starts."""
    for port in random.sample(range(20_000, 32_000), 50):
        with suppress(OSError), create_server(("127.0.0.1", port)):
            return port
    raise OSError("no free port")


class CentralProcess:
    """A running ``kiosk-central serve``; what it writes is in ``log``."""

    def __init__(self, folder: Path, *options: str) -> None:
        folder.mkdir(exist_ok=True)
        self._options = options
        self.folder = folder
        self.log = folder / "log"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._migrate()
        self.start()

    def start(self) -> None:
        command = [*COMMAND, "serve", "--data", str(self.folder), "--port", str(self.port)]
        command += self._options
        with open(self.log, "a") as log:
            self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        assert self._process.stdout and self._process.stdout.readline() == f"serving {self.url}\n"

    def _migrate(self) -> None:
        where = self._options.index("--database") if "--database" in self._options else None
        database = () if where is None else self._options[where : where + 2]
        central(self.folder, "migrate", *database)

    @property
    def pid(self) -> int:
        return self._process.pid

    def kill(self) -> None:
        """Stop it as a power cut does."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        return self._end(signal.SIGTERM)

    def wait(self) -> int:
        """Return the exit code when it ends by itself."""
        return self._process.wait(timeout=DEADLINE_SECONDS)

    def _end(self, number: signal.Signals) -> int:
        if self._process.poll() is None:
            os.kill(self._process.pid, number)
        code = self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
        return code
