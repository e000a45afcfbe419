"""The frames of the SAM_V serial protocol: encoded, and found again in whatever comes over the wire.

Host:   AA AA AA 96 69 | length (2, big endian) | command | parameter | data | check
Reader: AA AA AA 96 69 | length (2, big endian) | SW1 SW2 SW3 | data | check

The length counts everything after itself; the check is the exclusive or of everything from the length on.
"""

from dataclasses import dataclass
from enum import Enum, IntEnum
from functools import reduce
from operator import xor

PREAMBLE = b"\xaa\xaa\xaa\x96\x69"
_HEAD = len(PREAMBLE) + 2
_LEAST, _MOST = 4, 0x090A
"""Length of an answer without data, and of the longest one: text, photo and two fingerprints."""


class Command(Enum):
    """Command and parameter byte."""

    RESET = b"\x10\xff"
    STATUS = b"\x11\xff"
    MODULE_NUMBER = b"\x12\xff"
    FIND = b"\x20\x01"
    SELECT = b"\x20\x02"
    READ = b"\x30\x01"
    READ_WITH_FINGERPRINT = b"\x30\x10"
    READ_NEWEST_ADDRESS = b"\x30\x03"
    BAUD_115200 = b"\x60\x00"
    BAUD_57600 = b"\x60\x01"
    BAUD_38400 = b"\x60\x02"
    BAUD_19200 = b"\x60\x03"
    BAUD_9600 = b"\x60\x04"


class Sw3(IntEnum):
    """The reader's own status. A code that is none of these counts as UNKNOWN_ERROR."""

    OK = 0x90
    FOUND = 0x9F
    COMMAND_CHECKSUM = 0x10
    COMMAND_LENGTH = 0x11
    COMMAND_REFUSED = 0x21
    UNKNOWN_ERROR = 0x24
    CARD_REFUSES_READER = 0x31
    READER_REFUSES_CARD = 0x32
    NOT_VERIFIED = 0x33
    WRONG_CARD = 0x40
    READ_FAILED = 0x41
    NO_RANDOM_NUMBER = 0x47
    SELF_TEST_FAILED = 0x60
    NOT_AUTHORISED = 0x66
    NOT_FOUND = 0x80
    NOT_SELECTED = 0x81
    NO_SUCH_ITEM = 0x91

    @classmethod
    def _missing_(cls, value: object) -> "Sw3":
        return cls.UNKNOWN_ERROR

    @property
    def meaning(self) -> str:
        """What it means, in words."""
        return _MEANINGS[self]


_MEANINGS = {
    Sw3.OK: "done",
    Sw3.FOUND: "a card was found",
    Sw3.COMMAND_CHECKSUM: "the command came with a wrong checksum",
    Sw3.COMMAND_LENGTH: "the command came with a wrong length",
    Sw3.COMMAND_REFUSED: "there is no such command, or not now",
    Sw3.UNKNOWN_ERROR: "an error that has no name",
    Sw3.CARD_REFUSES_READER: "the card did not accept the reader",
    Sw3.READER_REFUSES_CARD: "the reader did not accept the card",
    Sw3.NOT_VERIFIED: "what is on the card could not be verified",
    Sw3.WRONG_CARD: "this kind of card cannot be read",
    Sw3.READ_FAILED: "the card was not read to its end",
    Sw3.NO_RANDOM_NUMBER: "the card gave no random number",
    Sw3.SELF_TEST_FAILED: "the reader failed its self-test and takes no command",
    Sw3.NOT_AUTHORISED: "the reader is not authorised",
    Sw3.NOT_FOUND: "no card was found",
    Sw3.NOT_SELECTED: "the card could not be selected",
    Sw3.NO_SUCH_ITEM: "the card has no such item",
}


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """What the reader answered; the data may be personal, so that it is never shown."""

    status: Sw3
    data: bytes

    def __repr__(self) -> str:
        return f"<Answer {self.status.name} with {len(self.data)} bytes>"


def encode(command: Command) -> bytes:
    """Return the frame of a command."""
    body = (len(command.value) + 1).to_bytes(2) + command.value
    return PREAMBLE + body + bytes([_check(body)])


def take_answer(received: bytearray) -> Answer | None:
    """Take the first whole answer, and what is before it, out of ``received``; None when there is none yet.

    Whatever is no frame with a right checksum is skipped.
    """
    while _align(received):
        length = int.from_bytes(received[len(PREAMBLE) : _HEAD])
        if _LEAST <= length <= _MOST:
            if len(received) < _HEAD + length:
                return None
            body = received[len(PREAMBLE) : _HEAD + length]
            if _check(body) == 0:
                del received[: _HEAD + length]
                return Answer(Sw3(body[4]), bytes(body[5:-1]))
        del received[:1]
    return None


def _align(received: bytearray) -> bool:
    """Drop what cannot belong to a frame; return whether the head of one is there now."""
    start = received.find(PREAMBLE)
    del received[: start if start >= 0 else max(0, len(received) - len(PREAMBLE) + 1)]
    return start >= 0 and len(received) >= _HEAD


def _check(body: bytes | bytearray) -> int:
    return reduce(xor, body, 0)
