"""What a citizen's QR code holds: an opaque token that is good for one use and for one minute."""

from collections.abc import Callable
from time import monotonic

from hardware.once import GoneError, Once

LIFETIME = 60.0
"""Seconds; the apps show a new code each minute."""


class TokenGoneError(GoneError):
    """The token was taken before, or is too old: let the citizen show a new code."""


class Token(Once):
    """The bytes of one scan."""

    __slots__ = ("_clock", "_expires")

    def __init__(self, value: bytearray, clock: Callable[[], float] = monotonic) -> None:
        """Take the bytes over: the very bytearray is kept, and wiped later."""
        super().__init__(value)
        self._clock = clock
        self._expires = clock() + LIFETIME

    def take(self) -> bytes:
        """Return the bytes and forget them; send them at once.

        :raises TokenGoneError: they were taken before, or are older than :data:`LIFETIME`.
        """
        if self.expired:
            self.forget()
        try:
            return super().take()
        except GoneError:
            raise TokenGoneError from None

    @property
    def expired(self) -> bool:
        """Whether it is too late to take the bytes."""
        return self._clock() >= self._expires
