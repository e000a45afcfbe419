"""Child processes that never outlive the one that started them."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


def _die_with(parent: int) -> None:
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before it could be said that we die with it
        os._exit(1)


class ProcessError(Exception):
    """A process of the demo ended, or said nothing in time; the message has its last words."""


class Process:
    """One child with its log file; it dies with its parent, however that dies."""

    def __init__(
        self,
        name: str,
        command: list[str],
        log: Path,
        env: Mapping[str, str] | None = None,
        keep: tuple[int, ...] = (),
    ) -> None:
        self.name = name
        self.log = log
        with log.open("ab") as output:
            self._child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                pass_fds=keep,
                preexec_fn=partial(_die_with, os.getpid()),
                env={**os.environ, **(env or {})},
            )

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._child.pid

    @property
    def running(self) -> bool:
        """Whether the child has not ended yet."""
        return self._child.poll() is None

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the child's end and return its exit code."""
        return self._child.wait(timeout)

    def wait_until(self, ready: Callable[[], bool], seconds: float = 120) -> None:
        """Wait until ``ready()`` is true.

        :raises ProcessError: the child ended before, or it took more than ``seconds``.
        """
        deadline = time.monotonic() + seconds
        while not ready():
            if not self.running or time.monotonic() > deadline:
                raise ProcessError(f"{self.name} did not start: {self.last_words()}")
            time.sleep(0.02)

    def last_words(self) -> str:
        """Return the last line of the child's log, or how it ended."""
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return (
            lines[-1].removeprefix("Error: ")
            if lines
            else f"it said nothing (exit code {self._child.poll()})"
        )

    def kill(self) -> None:
        """End the child at once, as a power cut would."""
        self._child.kill()
        self._child.wait()

    def stop(self, seconds: float = 10) -> None:
        """Ask the child to end, and end it if it does not."""
        if self.running:
            self._child.send_signal(signal.SIGTERM)
        try:
            self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()


class MainThread:
    """What other threads want done here: a child dies with the thread that started it."""

    def __init__(self) -> None:
        self._wanted: SimpleQueue[tuple[Future[object], Callable[[], object]]] = SimpleQueue()

    def do(self, work: Callable[[], object]) -> None:
        """Have ``work`` done, and wait for its end; its errors are raised here."""
        done: Future[object] = Future()
        self._wanted.put((done, work))
        done.result()

    def work_while(self, true: Callable[[], bool], look_every: float = 0.2) -> None:
        """Do what is wanted, as long as ``true()``; ``look_every`` is in seconds."""
        while true():
            with suppress(Empty):
                done, work = self._wanted.get(timeout=look_every)
                try:
                    done.set_result(work())
                except Exception as error:
                    done.set_exception(error)
