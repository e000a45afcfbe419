"""What happens when something of the window fails: it is logged without values, and the screen is wiped."""

import time
import traceback
from collections.abc import Callable

import structlog
from kivy.base import ExceptionHandler, ExceptionManager

log = structlog.get_logger()

TOO_OFTEN_SECONDS = 5
"""A window that fails again this soon after it was wiped is given up."""


class Faults(ExceptionHandler):
    """Handles uncaught window-callback exceptions.

    :param recover: wipes the screen and ends the visit.
    :param give_up: ends the process, for the supervisor to start it again.
    """

    def __init__(self, recover: Callable[[], None], give_up: Callable[[], None]) -> None:
        super().__init__()
        self._recover, self._give_up = recover, give_up
        self._last = float("-inf")
        ExceptionManager.add_handler(self)

    def handle_exception(self, inst: Exception) -> int:
        """Log where it happened; an exception's own words may hold what a citizen typed."""
        places = [f"{place.filename}:{place.lineno}" for place in traceback.extract_tb(inst.__traceback__)]
        log.error("uncaught window exception", error=type(inst).__name__, places=places)
        before, self._last = self._last, time.monotonic()
        if self._last - before < TOO_OFTEN_SECONDS:
            self._give_up()
        else:
            self._recover()
        go_on: int = ExceptionManager.PASS
        return go_on

    def close(self) -> None:
        """Leave faults to others."""
        ExceptionManager.remove_handler(self)
