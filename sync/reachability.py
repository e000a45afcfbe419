"""Whether the centre can be reached, as of a moment ago: from every answer that is there anyway, and from looking."""

import random
import select
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlsplit

import structlog

from sync.answers import Timeout

PROBE_TIMEOUT = Timeout(connect=1, whole=2)
CLOSELY_SECONDS, SELDOM_SECONDS = 0.5, 10.0
"""How often it is looked while somebody depends on it, and while nobody does: five thousand kiosks ask one centre."""
MISSED_SECONDS = 2.0
"""How often it is looked while it cannot be reached; a bit more or less, so that not all come at once."""
TICK_SECONDS = 0.25

log = structlog.get_logger(__name__)


class Tripwire:
    """A connection to the centre at ``url`` on which nothing is sent: its end tells that the centre went."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._address = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        self._line: socket.socket | None = None

    def stretch(self) -> None:
        """Connect, if there is no connection, and it can be done at once."""
        if self._line and not self.is_cut():
            return
        self.close()
        with suppress(OSError, UnicodeError):
            self._line = socket.create_connection(self._address, timeout=PROBE_TIMEOUT.connect)

    def is_cut(self) -> bool:
        """Return whether the connection that there was has ended."""
        if self._line is None:
            return False
        ended = select.poll()  # select() knows no file above 1023
        ended.register(self._line, select.POLLIN)
        return bool(ended.poll(0))

    def close(self) -> None:
        """Hang up."""
        if self._line:
            self._line.close()
        self._line = None


class Reachability:
    """Knows whether the centre can be reached; until it was looked for the first time, it is taken for reachable.

    :param look: asks the centre whether it is there, within seconds.
    :param changed: called with each change, from whatever thread found it.
    :param tripwire: tells between two looks that the centre has gone.
    """

    def __init__(
        self,
        look: Callable[[], bool],
        changed: Callable[[], None],
        tripwire: Tripwire | None = None,
        *,
        closely: float = CLOSELY_SECONDS,
        seldom: float = SELDOM_SECONDS,
    ) -> None:
        self._look, self._changed, self._tripwire = look, changed, tripwire
        self._closely, self._seldom = closely, seldom
        self.is_reachable = True
        self._due = 0.0
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
            self._due = 0.0
            self._wake.set()

    def note(self, reached: bool) -> None:
        """Take it from an answer, or from one that did not come."""
        if self._is_closing:
            return
        self._due = time.monotonic() + self._pause(reached)
        if reached != self.is_reachable:
            self.is_reachable = reached
            log.warning("centre reachable" if reached else "centre unreachable")
            self._changed()

    def _pause(self, reached: bool) -> float:
        if self._is_watched:
            return self._closely
        return self._seldom if reached else min(self._seldom, random.uniform(0.5, 1.5) * MISSED_SECONDS)  # noqa: S311

    @property
    def left(self) -> float:
        """Seconds until it is to be looked again."""
        return max(0.0, self._due - time.monotonic())

    def _follow(self) -> None:
        while not self._is_closing:
            if not self.left or (self._tripwire and self._tripwire.is_cut()):
                self._look_again()
            self._wake.wait(min(self.left, TICK_SECONDS) if self._tripwire else self.left)
            self._wake.clear()
        if self._tripwire:
            self._tripwire.close()

    def _look_again(self) -> None:
        reached = self._look()
        self.note(reached)
        if self._tripwire:
            self._tripwire.stretch() if reached else self._tripwire.close()
