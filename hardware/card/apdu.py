"""Commands and answers of ISO/IEC 7816-4: short APDUs, status words, 61xx and 6Cxx."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import NamedTuple

from hardware.card.errors import CardUnreadable


class Response(NamedTuple):
    """An answer: its data and its status word."""

    data: bytes
    sw: int


Transmit = Callable[[bytes], tuple[bytes, int]]
"""Sends one command to the card and returns its data and status word."""

MAX_PARTS = 4
"""Parts of 256 bytes that an answer may have; a card with more to say is broken or hostile."""


class StatusWord(IntEnum):
    """The status words that the social security specification gives a meaning of its own."""

    OK = 0x9000
    WARNING_FILE_INVALIDATED = 0x6283
    AUTHENTICATION_FAILED = 0x6300
    MEMORY_FAILURE = 0x6581
    WRONG_LENGTH = 0x6700
    COMMAND_NOT_ALLOWED_NO_EF = 0x6986
    SECURITY_NOT_SATISFIED = 0x6982
    METHOD_BLOCKED = 0x6983
    DATA_INVALIDATED = 0x6984
    CONDITIONS_NOT_SATISFIED = 0x6985
    MAC_MISSING = 0x6987
    MAC_WRONG = 0x6988
    WRONG_DATA = 0x6A80
    FUNCTION_NOT_SUPPORTED = 0x6A81
    FILE_NOT_FOUND = 0x6A82
    RECORD_NOT_FOUND = 0x6A83
    NO_SPACE = 0x6A84
    WRONG_P1_P2 = 0x6A86
    REFERENCE_NOT_FOUND = 0x6A88
    WRONG_OFFSET = 0x6B00
    INS_NOT_SUPPORTED = 0x6D00
    CLA_NOT_SUPPORTED = 0x6E00
    APPLICATION_BLOCKED = 0x9303


@dataclass(frozen=True, slots=True, repr=False)
class Apdu:
    """A short command. ``le`` bytes of answer are wanted: 0 = as many as there are, None = no answer."""

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes | bytearray = b""
    le: int | None = None

    def __post_init__(self) -> None:
        if len(self.data) > 255:
            raise ValueError("a short APDU holds at most 255 bytes")

    def __bytes__(self) -> bytes:
        lc = bytes([len(self.data)]) if self.data else b""
        le = b"" if self.le is None else bytes([self.le & 0xFF])
        return bytes([self.cla, self.ins, self.p1, self.p2]) + lc + self.data + le

    def __repr__(self) -> str:
        return f"<Apdu {self.cla:02X} {self.ins:02X} {self.p1:02X} {self.p2:02X} Lc={len(self.data)}>"


def exchange(transmit: Transmit, command: Apdu) -> Response:
    """Send a command and collect its whole answer, whatever length the card asks us to name (6Cxx, 61xx).

    :raises CardUnreadable: the card never stops answering.
    """
    data, sw = transmit(bytes(command))
    if sw >> 8 == 0x6C:
        data, sw = transmit(bytes(replace(command, le=sw & 0xFF)))
    for _ in range(MAX_PARTS):
        if sw >> 8 != 0x61:
            return Response(data, sw)
        more, sw = transmit(bytes(Apdu(0x00, 0xC0, 0x00, 0x00, le=sw & 0xFF)))
        data += more
    raise CardUnreadable("endless answer")


def refused(sw: int) -> bool:
    """Whether the status word says that the command changed nothing (ISO 7816-4 table 5)."""
    return sw >> 8 in (0x64, *range(0x67, 0x6F), 0x93, 0x94)


def tries_left(sw: int) -> int | None:
    """Return x of a 63Cx status word, None for any other."""
    return sw & 0x0F if sw & 0xFFF0 == 0x63C0 else None
