"""Telling systemd that a program is ready and alive (sd_notify(3)), so that one that hangs is started again."""

import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

ALIVE_EVERY = 10.0
"""Seconds; the units' WatchdogSec must be several times this."""

log = structlog.get_logger(__name__)


class Watchdog:
    """Tells systemd of life only while every part of the program keeps its promise to be back. For any thread.

    :param clock: seconds that only go forward.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._due: dict[object, tuple[str, float]] = {}
        self._late: list[str] = []

    def promise(self, part: str, seconds: float) -> None:
        """Have ``part`` be back within ``seconds``: then it promises again, or is done."""
        self._due[part] = part, self._clock() + seconds

    def done(self, part: str) -> None:
        """Expect nothing of ``part``."""
        self._due.pop(part, None)

    @contextmanager
    def within(self, part: str, seconds: float) -> Iterator[None]:
        """Have a piece of work of ``part`` be over within ``seconds``; there may be several at a time."""
        work = object()
        self._due[work] = part, self._clock() + seconds
        try:
            yield
        finally:
            del self._due[work]

    def late(self) -> list[str]:
        """Return the parts that have not kept their promise."""
        now = self._clock()
        return sorted(part for part, due in list(self._due.values()) if due < now)

    def feed(self) -> None:
        """Tell systemd of life, unless a part is late."""
        late = self.late()
        if late != self._late:
            self._late = late
            log.critical("hangs", parts=late) if late else log.warning("no longer hangs")
        if not late:
            alive()


def ready() -> None:
    """Tell systemd that the process does its work now."""
    notify("READY=1")


def alive() -> None:
    """Tell systemd that the process does not hang."""
    notify("WATCHDOG=1")


def serving() -> None:
    """Tell systemd both: for what has a sign of life only once it does its work."""
    notify("READY=1\nWATCHDOG=1")


def notify(message: str) -> None:
    """Send ``message`` to systemd; without systemd, do nothing."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to_systemd:
            to_systemd.sendto(
                message.encode(), address.replace("@", "\0", 1) if address[0] == "@" else address
            )
