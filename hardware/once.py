"""Bytes about a person that are taken once, and then are gone."""

import threading
from typing import Any, NoReturn


class GoneError(Exception):
    """The bytes were taken before."""


class Once:
    """Bytes to be taken once: never printed, compared, copied or pickled.

    Wiping is best effort: Python makes short-lived copies that cannot be reached.
    """

    __slots__ = ("_lock", "_value")

    def __init__(self, value: bytearray) -> None:
        """Take the bytes over: the very bytearray is kept, and wiped later."""
        self._value = value
        self._lock = threading.Lock()

    def take(self) -> bytes:
        """Return the bytes and forget them.

        :raises GoneError: they were taken before, or forgotten.
        """
        with self._lock:
            value = bytes(self._value)
            wipe(self._value)
        if not value:
            raise GoneError
        return value

    def forget(self) -> None:
        """Forget the bytes without using them."""
        with self._lock:
            wipe(self._value)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError("what can be taken once is never copied or stored")


def wipe(secret: bytearray) -> None:
    """Overwrite the bytes with zeros, then drop them."""
    secret[:] = bytes(len(secret))
    secret.clear()
