"""Child processes that never outlive the one that started them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

PYTHON = sys.executable


class DidNotStart(Exception):
    """A process of the demo ended or said nothing in time; the message names its log."""


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
                ["setpriv", "--pdeathsig", "KILL", "--", *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                pass_fds=keep,
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

    def wait_until(self, ready: Callable[[], bool], seconds: float = 30) -> None:
        """Wait until ``ready()`` is true.

        :raises DidNotStart: the child ended before, or it took more than ``seconds``.
        """
        deadline = time.monotonic() + seconds
        while not ready():
            if not self.running or time.monotonic() > deadline:
                raise DidNotStart(
                    f"{self.name} did not start; see {self.log}:\n{self.log.read_text()[-2000:]}"
                )
            time.sleep(0.02)

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
