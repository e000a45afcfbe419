"""A citizen's eyes and finger on the window: wait for a screen, touch a word, take a picture."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hardware.simulator.control import ControlError, tell

Tap = Callable[[float, float], None]

LONGEST_WAIT = 120.0
"""Seconds for what a citizen sees at once on a machine that has nothing else to do."""


class ScreenTimeoutError(AssertionError):
    """The window did not show what was expected; the message says what it shows."""


class Window:
    """The window behind ``peephole``; ``tap`` touches it at pixels from the left and the top.

    Nothing is waited for once the process is not ``running()``.
    """

    def __init__(
        self, peephole: Path, tap: Tap | None = None, running: Callable[[], bool] = lambda: True
    ) -> None:
        self._peephole, self._running = peephole, running
        self._tap = tap or self._tap_from_inside

    @property
    def screen(self) -> str:
        """The kind of question that is shown, or "" when there is no window."""
        return self._ask("screen") or ""

    @property
    def texts(self) -> list[str]:
        """All words that are shown."""
        return self._ask("texts") or []

    def wait_for(self, screen: str, seconds: float = LONGEST_WAIT, saying: str = "") -> None:
        """Wait until the window shows ``screen``, with the words ``saying`` somewhere on it.

        :raises ScreenTimeoutError: it did not come within ``seconds``.
        """
        deadline = time.monotonic() + seconds
        while not (self.screen == screen and any(saying in text for text in self.texts)):
            if time.monotonic() > deadline or not self._running():
                raise ScreenTimeoutError(
                    f"waited for {screen} {saying!r}; there is {self.screen}: {self.texts}"
                )
            time.sleep(0.02)

    def touch(self, text: str) -> None:
        """Touch the widget that says ``text``, once the page takes touches.

        :raises ScreenTimeoutError: it does not within LONGEST_WAIT.
        """
        self._tap(*self.where(text))

    def where(self, text: str) -> tuple[float, float]:
        """Return the middle of what says ``text``, in pixels from left and top, once the page takes touches.

        :raises ScreenTimeoutError: it does not within LONGEST_WAIT.
        """
        deadline = time.monotonic() + LONGEST_WAIT
        while not self._ask("settled"):
            if time.monotonic() > deadline or not self._running():
                raise ScreenTimeoutError(f"no page takes touches; there is {self.screen}: {self.texts}")
            time.sleep(0.02)
        x, y = tell(self._peephole, "where", text)
        return x, y

    def enter_pin(self, digits: str) -> None:
        """Press each digit on the pad, and then 确定."""
        for digit in digits:
            self.touch(digit)
        self.touch("确定")

    def screenshot(self, file: Path) -> list[str]:
        """Write a picture of the window to ``file`` and return the words on it."""
        words: list[str] = tell(self._peephole, "screenshot", str(file), timeout=LONGEST_WAIT)
        return words

    def _tap_from_inside(self, x: float, y: float) -> None:
        tell(self._peephole, "touch", str(x), str(y))

    def _ask(self, verb: str) -> Any:
        try:
            return tell(self._peephole, verb)
        except (OSError, ControlError):
            return None


def finger_on(display: str, pid: int) -> Tap:
    """Return a tap on the window of a process that comes from the X server, like that of a touch panel."""
    environment = {"DISPLAY": display, "PATH": "/usr/bin:/bin"}

    def xdotool(*words: str) -> str:
        return subprocess.run(
            ["xdotool", *words], env=environment, check=True, capture_output=True, text=True, timeout=30
        ).stdout

    window = xdotool("search", "--sync", "--onlyvisible", "--pid", str(pid)).split()[-1]

    def tap(x: float, y: float) -> None:
        # Not --sync: it waits fifteen seconds for a pointer that is there already.
        xdotool("mousemove", "--window", window, str(round(x)), str(round(y)), "click", "1")

    return tap
