"""Lines of a log that several processes write: each comes out whole, however long it is."""

import fcntl
import io
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO, cast

LONGEST_WAIT = 1.0
"""Seconds: a process that hangs in the middle of a line must not silence the others for longer."""
PAUSE = 0.001


class LogLines:
    """What processes write their lines to, by turns: made before they are forked.

    :param descriptor: where the lines go; this process's standard error if not said.
    """

    def __init__(self, descriptor: int | None = None) -> None:
        # A server has a standard error.
        self._descriptor = sys.__stderr__.fileno() if descriptor is None else descriptor  # type: ignore[union-attr]
        # Locks of this kind belong to a process, also on a file that all have inherited, and end with it.
        self._turns = tempfile.TemporaryFile()  # noqa: SIM115 as long as the process
        self._threads = threading.Lock()

    def open(self) -> TextIO:
        """Return a stream for this process."""
        return cast(TextIO, Stream(self))

    def write(self, lines: bytes) -> None:
        """Write whole lines."""
        with self._threads, self._turn():
            while lines:
                lines = lines[os.write(self._descriptor, lines) :]

    @contextmanager
    def _turn(self) -> Iterator[None]:
        self._wait()
        try:
            yield
        finally:
            fcntl.lockf(self._turns, fcntl.LOCK_UN)

    def _wait(self) -> None:
        end = time.monotonic() + LONGEST_WAIT
        while time.monotonic() < end:
            try:
                fcntl.lockf(self._turns, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except OSError:
                time.sleep(PAUSE)


class Stream(io.TextIOBase):
    """Text that is written on as soon as a line is complete."""

    def __init__(self, lines: LogLines) -> None:
        self._lines, self._rest = lines, ""

    def write(self, text: str) -> int:
        """Take text in; return how much."""
        complete, newline, self._rest = (self._rest + text).rpartition("\n")
        if newline:
            self._lines.write(f"{complete}\n".encode(errors="backslashreplace"))
        return len(text)

    def writable(self) -> bool:
        """Tell that it can be written to."""
        return True
