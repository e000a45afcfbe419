"""The key pad of a card reader (PC/SC part 10): the PIN goes from the pad to the card and never passes here.

The pad takes PINs of six digits only: with other lengths the places of the old and the new PIN in the command
would move, and part 10 cannot say that.
"""

import struct
from collections.abc import Callable

from hardware.card.errors import (
    CardError,
    PinEntryCancelledError,
    PinEntryMismatchError,
    PinEntryTimeoutError,
    PinpadUnsupportedError,
    TransportUncertainError,
)
from hardware.card.social_security import raise_for_pin

Control = Callable[[int, bytes], bytes]
"""Sends a control code and data to the reader, returns its answer."""

ENTRY_SECONDS = 30

_GET_FEATURES = 0x42000000 + 3400
_VERIFY_DIRECT, _MODIFY_DIRECT = 0x06, 0x07
_BCD_FROM_BYTE_0, _PIN_OF_3_BYTES = 0x81, 0x03
_SIX_DIGITS = 6 << 8 | 6
_KEY_PRESSED = 0x02
_OLD_AND_TWICE_NEW = 0x03
_CHINESE = 0x0804
_VERIFY = bytes.fromhex("0020000003FFFFFF")
_CHANGE = bytes.fromhex("805E010007FFFFFFFFFFFFFF")
_OLD_AT, _NEW_AT = 0, 4
_PAD_ANSWERS: dict[int, type[CardError]] = {
    0x6400: PinEntryTimeoutError,
    0x6401: PinEntryCancelledError,
    0x6402: PinEntryMismatchError,
    0x6403: PinEntryMismatchError,
}


class Pinpad:
    """The pad of one reader.

    :raises PinpadUnsupportedError: the reader has no pad that can verify and change a PIN.
    """

    def __init__(self, control: Control) -> None:
        self._control = control
        features = _features(control(_GET_FEATURES, b""))
        try:
            self._verify, self._modify = features[_VERIFY_DIRECT], features[_MODIFY_DIRECT]
        except KeyError:
            raise PinpadUnsupportedError("the reader has no key pad") from None

    def verify(self) -> None:
        """Have the PIN typed and shown to the card, once.

        :raises InvalidPinError, PinLockedError, PinRejectedError, TransportUncertainError: as ``verify_pin``;
            PinEntryCancelledError, PinEntryTimeoutError, PinEntryMismatchError: nothing was sent to the card.
        """
        self._enter(self._verify, verify_structure())

    def change(self) -> None:
        """Have the old PIN and twice the new PIN typed, and the card's PIN changed, once.

        :raises InvalidPinError, PinLockedError, PinRejectedError, TransportUncertainError: as ``change_pin``;
            PinEntryCancelledError, PinEntryTimeoutError, PinEntryMismatchError: nothing was sent to the card.
        """
        self._enter(self._modify, modify_structure())

    def _enter(self, code: int, structure: bytes) -> None:
        try:
            answer = self._control(code, structure)
        except CardError as lost:
            raise TransportUncertainError(str(lost), lost) from lost
        if len(answer) != 2:
            raise TransportUncertainError("the pad gave no status word")
        sw = int.from_bytes(answer)
        if sw in _PAD_ANSWERS:
            raise _PAD_ANSWERS[sw]
        raise_for_pin(sw)


def verify_structure() -> bytes:
    """Return PIN_VERIFY_STRUCTURE for a PIN of six digits."""
    head = struct.pack(
        "<5BH2BHB3xI",
        ENTRY_SECONDS,
        ENTRY_SECONDS,
        _BCD_FROM_BYTE_0,
        _PIN_OF_3_BYTES,
        0,  # the length of the PIN is not in the command
        _SIX_DIGITS,
        _KEY_PRESSED,
        1,  # message
        _CHINESE,
        0,  # its number
        len(_VERIFY),
    )
    return head + _VERIFY


def modify_structure() -> bytes:
    """Return PIN_MODIFY_STRUCTURE for PINs of six digits."""
    head = struct.pack(
        "<7BH3BH3B3xI",
        ENTRY_SECONDS,
        ENTRY_SECONDS,
        _BCD_FROM_BYTE_0,
        _PIN_OF_3_BYTES,
        0,  # the length of the PIN is not in the command
        _OLD_AT,
        _NEW_AT,
        _SIX_DIGITS,
        _OLD_AND_TWICE_NEW,
        _KEY_PRESSED,
        3,  # messages
        _CHINESE,
        *(0, 1, 2),  # their numbers
        len(_CHANGE),
    )
    return head + _CHANGE


def _features(answer: bytes) -> dict[int, int]:
    entries = [answer[at : at + 6] for at in range(0, len(answer) - 5, 6)]
    return {entry[0]: int.from_bytes(entry[2:]) for entry in entries if entry[1] == 4}
