"""The dialogue with the security module (SAM_V) in an ID card reader: one method a command."""

import struct
from itertools import accumulate, pairwise
from time import monotonic
from typing import Protocol

from hardware.id_card.errors import (
    ReaderFaultyError,
    ReaderNotConnectedError,
    ReaderSilentError,
    UnreadableIdCardError,
)
from hardware.id_card.frames import Answer, Command, Sw3, encode, take_answer
from hardware.serial_port import SerialLostError

ANSWER_WITHIN, READ_WITHIN = 1.0, 3.0
"""Seconds for a command, and for one that reads the card."""

_TEXT_AND_PHOTO = (256,), (1024,)
_FINGERPRINTS = (0, 512, 1024)
_ADDRESS = 70

BAUD = {
    115200: Command.BAUD_115200,
    57600: Command.BAUD_57600,
    38400: Command.BAUD_38400,
    19200: Command.BAUD_19200,
    9600: Command.BAUD_9600,
}


class Line(Protocol):
    """What the dialogue needs of a serial port."""

    def discard_input(self) -> None: ...  # noqa: D102
    def write(self, data: bytes) -> None: ...  # noqa: D102
    def read(self, timeout: float) -> bytes: ...  # noqa: D102
    def set_baud(self, baud: int) -> None: ...  # noqa: D102


class SecurityModule:
    """The module at the other end of an open line. Each call ends within :data:`READ_WITHIN` seconds.

    Every method may raise ReaderNotConnected, ReaderSilent or ReaderFaulty.
    """

    def __init__(self, line: Line) -> None:
        self._line = line

    def reset(self) -> None:
        """Restart the module, as after switching it on; a card that lies there may be read again."""
        self._ask(Command.RESET, Sw3.OK)

    def check(self) -> None:
        """Ask whether the module can work."""
        self._ask(Command.STATUS, Sw3.OK)

    def number(self) -> str:
        """Return the licence number of the module, such as 05.03-20120801-0000012345-0000000001."""
        answer = self._ask(Command.MODULE_NUMBER, Sw3.OK)
        if len(answer.data) != 16:
            raise ReaderSilentError("the module's number has a wrong length")
        return "{:02}.{:02}-{:08}-{:010}-{:010}".format(*struct.unpack("<HHIII", answer.data))

    def find(self) -> bool:
        """Look for a card; one that was read is not found again until it was taken away."""
        return self._ask(Command.FIND, Sw3.FOUND, Sw3.NOT_FOUND).status is Sw3.FOUND

    def select(self) -> None:
        """Let the card and the module prove themselves to each other.

        :raises UnreadableIdCardError: they did not.
        """
        self._ask_card(Command.SELECT)

    def read(self) -> bytes:
        """Return the 256 bytes of text on the selected card; its photo is dropped.

        :raises UnreadableIdCardError: it was not read whole.
        """
        return self.read_with_photo()[0]

    def read_with_photo(self) -> tuple[bytes, bytearray]:
        """Return the 256 bytes of text on the selected card, and the 1,024 of its photo (WLT), which is a secret.

        :raises UnreadableIdCardError: it was not read whole.
        """
        text, photo = _parts_of(self._ask_card(Command.READ).data, *_TEXT_AND_PHOTO)
        return text, bytearray(photo)

    def read_with_fingerprint(self) -> bytes:
        """Return the text as :meth:`read` does, from the longer answer; photo and fingerprints are dropped.

        :raises UnreadableIdCardError: it was not read whole.
        """
        answer = self._ask_card(Command.READ_WITH_FINGERPRINT).data
        return _parts_of(answer, *_TEXT_AND_PHOTO, _FINGERPRINTS)[0]

    def read_newest_address(self) -> bytes | None:
        """Return the 70 bytes of the address that was added after the card was made, or None.

        :raises UnreadableIdCardError: it was not read whole.
        """
        answer = self._ask_card(Command.READ_NEWEST_ADDRESS, Sw3.NO_SUCH_ITEM)
        if answer.status is Sw3.NO_SUCH_ITEM:
            return None
        if len(answer.data) != _ADDRESS:
            raise UnreadableIdCardError("最新住址")
        return answer.data

    def set_baud(self, baud: int) -> None:
        """Change the rate at both ends of the line; the reader keeps it.

        :raises ValueError: not one of :data:`BAUD`.
        """
        if baud not in BAUD:
            raise ValueError(f"{baud} baud; there are {', '.join(map(str, BAUD))}")
        self._ask(BAUD[baud], Sw3.OK)
        self._line.set_baud(baud)

    def _ask_card(self, command: Command, *also: Sw3) -> Answer:
        try:
            answer = self._exchange(command, READ_WITHIN)
        except ReaderSilentError:
            raise UnreadableIdCardError("the answer did not come whole") from None
        if answer.status not in (Sw3.OK, *also):
            raise UnreadableIdCardError(answer.status.meaning)
        return answer

    def _ask(self, command: Command, *expected: Sw3) -> Answer:
        answer = self._exchange(command, ANSWER_WITHIN)
        if answer.status not in expected:
            raise ReaderSilentError(f"to {command.name} it answered: {answer.status.meaning}")
        return answer

    def _exchange(self, command: Command, within: float) -> Answer:
        try:
            answer = self._answer_to(encode(command), within)
        except SerialLostError as lost:
            raise ReaderNotConnectedError(str(lost)) from lost
        if answer is None:
            raise ReaderSilentError(f"no whole answer to {command.name} within {within:.0f} s")
        if answer.status in (Sw3.SELF_TEST_FAILED, Sw3.NOT_AUTHORISED):
            raise ReaderFaultyError(answer.status.meaning)
        return answer

    def _answer_to(self, frame: bytes, within: float) -> Answer | None:
        self._line.discard_input()
        self._line.write(frame)
        deadline = monotonic() + within
        received = bytearray()
        while (left := deadline - monotonic()) > 0 and (data := self._line.read(left)):
            received += data
            if answer := take_answer(received):
                return answer
        return None


def _parts_of(data: bytes, *allowed: tuple[int, ...]) -> list[bytes]:
    """Return the parts whose lengths, of two bytes each, stand before them all.

    :param allowed: the lengths that each part may have.
    """
    head = 2 * len(allowed)
    lengths = [int.from_bytes(data[place : place + 2]) for place in range(0, head, 2)]
    right = all(length in known for length, known in zip(lengths, allowed, strict=True))
    if not right or len(data) != head + sum(lengths):
        raise UnreadableIdCardError("the lengths of its parts")
    ends = list(accumulate(lengths, initial=head))
    return [data[begin:end] for begin, end in pairwise(ends)]
