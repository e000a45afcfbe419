"""Commands and answers of ISO/IEC 7816-4: short APDUs, status words, 61xx and 6Cxx."""

from collections.abc import Callable
from enum import IntEnum

from hardware.card.errors import CardUnreadableError

Transmit = Callable[[bytes | bytearray], tuple[bytes, int]]
"""Sends one command to the card and returns its data and status word."""

MAX_PARTS = 4
"""Parts of 256 bytes that an answer may have; a card with more to say is broken or hostile."""


class StatusWord(IntEnum):
    """The status words that matter to a kiosk."""

    OK = 0x9000
    FILE_INVALIDATED = 0x6283
    SECURITY_NOT_SATISFIED = 0x6982
    METHOD_BLOCKED = 0x6983
    FUNCTION_NOT_SUPPORTED = 0x6A81
    FILE_NOT_FOUND = 0x6A82
    RECORD_NOT_FOUND = 0x6A83
    WRONG_P1_P2 = 0x6A86
    REFERENCE_NOT_FOUND = 0x6A88
    WRONG_OFFSET = 0x6B00
    APPLICATION_BLOCKED = 0x9303


def apdu(cla: int, ins: int, p1: int, p2: int, data: bytes = b"", le: int | None = None) -> bytes:
    """Write a short command. ``le`` bytes of answer are wanted: 0 = as many as there are, None = no answer.

    :raises ValueError: more than 255 bytes of data.
    """
    lc = bytes([len(data)]) if data else b""
    end = b"" if le is None else bytes([le & 0xFF])
    return bytes([cla, ins, p1, p2]) + lc + data + end


def exchange(transmit: Transmit, command: bytes) -> tuple[bytes, int]:
    """Send a command and collect its whole answer, whatever length the card asks us to name (6Cxx, 61xx).

    :raises CardUnreadableError: the card never stops answering.
    """
    return complete(transmit, command, *transmit(command))


def complete(transmit: Transmit, command: bytes, data: bytes, sw: int) -> tuple[bytes, int]:
    """Make the first answer to a command a whole one.

    :raises CardUnreadableError: the card never stops answering.
    """
    if sw >> 8 == 0x6C and len(command) == 5:  # no data, so the last byte is Le
        data, sw = transmit(command[:4] + bytes([sw & 0xFF]))
    for _ in range(MAX_PARTS):
        if sw >> 8 != 0x61:
            return data, sw
        more, sw = transmit(apdu(0x00, 0xC0, 0x00, 0x00, le=sw & 0xFF))
        data += more
    raise CardUnreadableError("endless answer")


def refused(sw: int) -> bool:
    """Whether the status word says that the command changed nothing (ISO 7816-4 table 5)."""
    return sw >> 8 in (0x64, *range(0x67, 0x6F), 0x93, 0x94)


def tries_left(sw: int) -> int | None:
    """Return x of a 63Cx status word, None for any other."""
    return sw & 0x0F if sw & 0xFFF0 == 0x63C0 else None
