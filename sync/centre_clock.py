"""What time it is at the centre: learnt from its own answers, and carried on by a clock that nobody sets."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

LARGEST_OFFSET = timedelta(days=100 * 366)
"""A clock that is further off than a century is none."""
HALF_A_SECOND = timedelta(seconds=0.5)
"""``Date`` leaves out what is less than a second."""


class CentreClock:
    """The centre's time where it is known, else the machine's.

    Only what surely came from the centre tells it: a forged date would make the kiosk sign requests for a day to come.
    """

    def __init__(
        self,
        url: str,
        machine: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._is_authentic = comes_from_the_centre(url)
        self._machine, self._monotonic = machine, monotonic
        self._began: datetime | None = None
        """When our monotonic clock showed zero, by the centre's."""

    def learn(self, headers: Mapping[str, str], sent: float) -> None:
        """Learn from an answer's header ``Date``; one that was kept on its way says when it was made, and not now.

        :param sent: when it was asked for, by the monotonic clock.
        """
        theirs = _date(headers)
        if not self._is_authentic or theirs is None or "age" in headers:
            return
        middle = (sent + self._monotonic()) / 2
        if abs(theirs - self._machine()) < LARGEST_OFFSET:
            self._began = theirs + HALF_A_SECOND - timedelta(seconds=middle)

    def now(self) -> datetime:
        """Return the time."""
        return self._machine() if self._began is None else self._centre_time(self._began)

    @property
    def offset(self) -> float | None:
        """How many seconds the centre's clock is ahead of the machine's, or None while that is not known."""
        return None if self._began is None else (self.now() - self._machine()).total_seconds()

    def _centre_time(self, began: datetime) -> datetime:
        return began + timedelta(seconds=self._monotonic())


def comes_from_the_centre(url: str) -> bool:
    """Return whether an answer from ``url`` is the centre's own: over TLS, or from this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or _is_loopback(parts.hostname or "")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _date(headers: Mapping[str, str]) -> datetime | None:
    try:
        found = parsedate_to_datetime(headers["date"])
    except (LookupError, TypeError, ValueError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
