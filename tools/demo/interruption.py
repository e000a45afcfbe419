"""Ctrl-C and SIGTERM end the demo wherever it is: also in a destructor, where Python drops what is raised."""

import signal
import sys
from types import FrameType

AGAIN = 0.05
"""Seconds after which what was dropped is raised once more."""


def heed_signals() -> None:
    """Let SIGTERM end this program, through all its cleaning up, and neither it nor Ctrl-C be lost."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    sys.unraisablehook = _heed


def _heed(dropped: "sys.UnraisableHookArgs") -> None:
    error = dropped.exc_value
    if not isinstance(error, KeyboardInterrupt | SystemExit):
        sys.__unraisablehook__(dropped)
        return

    def raise_again(_number: int, _frame: FrameType | None) -> None:
        raise error

    signal.signal(signal.SIGALRM, raise_again)
    signal.setitimer(signal.ITIMER_REAL, AGAIN)
