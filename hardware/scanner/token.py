"""What a citizen's QR code holds: an opaque token that is good for one use and for one minute."""

import threading
from collections.abc import Callable
from time import monotonic
from typing import Any, NoReturn

LIFETIME = 60.0
"""Seconds; the apps show a new code each minute."""


class TokenGoneError(Exception):
    """The token was taken before, or is too old: let the citizen show a new code."""


class Token:
    """The bytes of one scan, to be taken once: never printed, compared, copied or pickled.

    Wiping is best effort: Python makes short-lived copies that cannot be reached.
    """

    __slots__ = ("_clock", "_expires", "_lock", "_value")

    def __init__(self, value: bytearray, clock: Callable[[], float] = monotonic) -> None:
        """Take the bytes over: the very bytearray is kept, and wiped later."""
        self._value, self._clock = value, clock
        self._expires = clock() + LIFETIME
        self._lock = threading.Lock()

    def take(self) -> bytes:
        """Return the bytes and forget them; send them at once.

        :raises TokenGoneError: they were taken before, or are older than :data:`LIFETIME`.
        """
        with self._lock:
            fresh = not self.expired
            value = bytes(self._value)
            wipe(self._value)
        if not (fresh and value):
            raise TokenGoneError
        return value

    def forget(self) -> None:
        """Forget the bytes without using them."""
        with self._lock:
            wipe(self._value)

    @property
    def expired(self) -> bool:
        """Whether it is too late to take the bytes."""
        return self._clock() >= self._expires

    def __repr__(self) -> str:
        return "<Token>"

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError("a token is never copied or stored")


def wipe(secret: bytearray) -> None:
    """Overwrite the bytes with zeros, then drop them."""
    secret[:] = bytes(len(secret))
    secret.clear()
