"""A PIN in memory."""

import hmac
from types import TracebackType
from typing import Any, NoReturn, Self

MIN_DIGITS, MAX_DIGITS = 4, 12
"""Specification part 8, 6.4.4.4."""


class Pin:
    """The digits of a PIN for as long as one command needs them: never printed, copied or pickled.

    Wiping is best effort: Python and pyscard make short-lived copies that cannot be reached.
    """

    __slots__ = ("_digits",)

    def __init__(self, digits: bytearray) -> None:
        """Take the ASCII digits over: the very bytearray is kept, and wiped later.

        :raises ValueError: not 4 to 12 digits.
        """
        if not (MIN_DIGITS <= len(digits) <= MAX_DIGITS and digits.isdigit()):
            raise ValueError("a PIN is 4 to 12 digits")
        self._digits = digits

    @property
    def digits(self) -> memoryview:
        """The ASCII digits, to be looked at (weak PIN rules) and not copied."""
        return memoryview(self._digits).toreadonly()

    def matches(self, other: "Pin") -> bool:
        """Whether both are the same digits, compared in constant time."""
        return hmac.compare_digest(self._digits, other._digits)

    def packed(self) -> bytearray:
        """Return the digits as the card wants them: packed BCD, an odd one filled with F. Wipe it after use.

        :raises ValueError: the PIN was wiped.
        """
        if not self._digits.isdigit():
            raise ValueError("this PIN was wiped")
        packed = bytearray((len(self._digits) + 1) // 2)
        for place, digit in enumerate(self._digits):
            packed[place // 2] |= (digit & 0x0F) << (0 if place % 2 else 4)
        if len(self._digits) % 2:
            packed[-1] |= 0x0F
        return packed

    def wipe(self) -> None:
        """Overwrite the digits; the PIN is of no use afterwards."""
        wipe(self._digits)

    def __len__(self) -> int:
        return len(self._digits)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.wipe()

    def __repr__(self) -> str:
        return "<Pin>"

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError("a PIN is never copied or stored")

    __hash__ = None  # type: ignore[assignment]  # Python's way to say that there is none


def wipe(secret: bytearray) -> None:
    """Overwrite the bytes in place with zeros."""
    secret[:] = bytes(len(secret))
