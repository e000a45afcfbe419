"""A simulated card reader: a real pcscd of its own, with a virtual reader and cards to put in.

pcscd runs in a private namespace, reached only through a UNIX socket in a folder of your choice: no root, no
open port, and as many side by side as you like. A program uses it when PCSCLITE_CSOCK_NAME names that socket
before it first touches PC/SC; libpcsclite remembers the first name for the life of the process.
"""

import atexit
import functools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from hardware.simulator import reader_process
from hardware.simulator.control import tell
from hardware.simulator.pcscd import SOCKET, ReaderStartError

LONGEST_PATH = 107
"""Bytes of a UNIX socket's path."""

_ROOT = Path(__file__).parents[2]


@functools.cache
def folder_of_this_process() -> Path:
    """Return a new folder for simulated readers, which this process will use for PC/SC from now on.

    libpcsclite looks at PCSCLITE_CSOCK_NAME once: start one simulated reader after the other in this folder.
    """
    folder = Path(tempfile.mkdtemp(prefix="card-", dir="/tmp"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["PCSCLITE_CSOCK_NAME"] = str(folder / SOCKET)
    return folder


class SimulatedReader:
    """A simulated reader in a process of its own, which ends with this one, however that ends.

    :param folder: an existing folder for the two sockets, with a short path.
    :param readers: how many readers, of two slots each (at most 8), or their names.
    :param environment: additional environment of pcscd.
    """

    def __init__(
        self,
        folder: Path,
        *,
        readers: int | Sequence[str] = 1,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        folder = folder.absolute()
        self.socket, self.control = folder / SOCKET, folder / reader_process.CONTROL
        if max(len(os.fsencode(path)) for path in (self.socket, self.control)) > LONGEST_PATH:
            raise ReaderStartError(f"{folder}: too long a path for a UNIX socket")
        self._folder = folder
        self._readers = (
            [f"Simulated Reader {number}" for number in range(readers)]
            if isinstance(readers, int)
            else list(readers)
        )
        modules = os.pathsep.join([str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        self._environment = {**os.environ, **(environment or {}), "PYTHONPATH": modules}
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> Self:
        """Start the reader and wait until it takes orders.

        :raises ReaderStartError: it did not start; the message says why.
        """
        command = [sys.executable, "-m", reader_process.__name__, str(self._folder), *self._readers]
        self._process = subprocess.Popen(
            command,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self._process.stdout
        try:
            word = self._process.stdout.readline().strip()
        except BaseException:  # Ctrl-C
            self.close()
            raise
        if word != "ready":
            self.close()
            raise ReaderStartError(word or "the simulated card reader ended before it was ready")
        return self

    def close(self) -> None:
        """Stop the reader with all that belongs to it."""
        if not self._process:
            return
        process, self._process = self._process, None
        assert process.stdin and process.stdout
        process.stdin.close()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()

    def insert(self, card: str | Path, slot: int = 0) -> None:
        """Put a card in: the name of one in ``cards/``, or the path of a TOML file."""
        self.tell("insert", str(card), str(slot))

    def remove(self, slot: int = 0) -> None:
        """Pull the card out."""
        self.tell("remove", str(slot))

    def swap(self, card: str | Path, slot: int = 0) -> None:
        """Pull the card out and put another one in at once."""
        self.tell("swap", str(card), str(slot))

    def fault(self, name: str, value: object, slot: int = 0) -> None:
        """Make the card that is in faulty: see :class:`hardware.simulator.personalisation.Faults`."""
        self.tell("fault", name, str(value), str(slot))

    def headers(self, slot: int = 0) -> list[str]:
        """Return CLA INS P1 P2 of every command that the card that is in has been sent."""
        headers: list[str] = self.tell("headers", str(slot))
        return headers

    def noticed(self, slot: int = 0) -> int:
        """Return how many insertions the reader has noticed."""
        noticed: int = self.tell("noticed", str(slot))
        return noticed

    def kill_pcscd(self) -> None:
        """Kill the PC/SC service."""
        self.tell("kill-pcscd")

    def restart_pcscd(self) -> None:
        """Kill the PC/SC service, if it runs, and start it again."""
        self.tell("restart-pcscd")

    def tell(self, *words: str) -> Any:
        """Give an order in the words of the control channel."""
        return tell(self.control, *words)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
