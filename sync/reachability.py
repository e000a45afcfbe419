"""Whether the centre can be reached, as of a moment ago: from every answer that is there anyway, and from looking."""

import threading
import time
from collections.abc import Callable

import structlog

from sync.answers import Timeout

PROBE_TIMEOUT = Timeout(connect=1, whole=2)
CLOSELY_SECONDS, SELDOM_SECONDS = 0.5, 10.0
"""How often it is looked while somebody depends on it, and while nobody does: five thousand kiosks ask one centre."""

log = structlog.get_logger(__name__)


class Reachability:
    """Knows whether the centre can be reached; until it was looked for the first time, it is taken for reachable.

    :param look: asks the centre whether it is there, within seconds.
    :param changed: called with each change, from whatever thread found it.
    """

    def __init__(
        self,
        look: Callable[[], bool],
        changed: Callable[[], None],
        closely: float = CLOSELY_SECONDS,
        seldom: float = SELDOM_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._look, self._changed, self._clock = look, changed, clock
        self._closely, self._seldom = closely, seldom
        self.is_reachable = True
        self._known_at = float("-inf")
        self._is_watched = False
        self._is_closing = False
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="centre's reachability", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def close(self) -> None:
        """Stop looking; a look that is going on is not waited for."""
        self._is_closing = True
        self._wake.set()

    def watch(self, closely: bool) -> None:
        """Look closely from now on, and at once; or (``closely`` False) only now and then."""
        begins, self._is_watched = closely and not self._is_watched, closely
        if begins:
            self._known_at = float("-inf")
            self._wake.set()

    def note(self, reached: bool) -> None:
        """Take it from an answer, or from one that did not come."""
        self._known_at = self._clock()
        if reached != self.is_reachable:
            self.is_reachable = reached
            log.warning("centre reachable" if reached else "centre unreachable")
            self._changed()

    @property
    def pause(self) -> float:
        """Seconds until it is to be looked again."""
        every = self._closely if self._is_watched else self._seldom
        return max(0.0, self._known_at + every - self._clock())

    def _follow(self) -> None:
        while not self._is_closing:
            if not self.pause:
                reached = self._look()
                if not self._is_closing:
                    self.note(reached)
            self._wake.wait(self.pause)
            self._wake.clear()
