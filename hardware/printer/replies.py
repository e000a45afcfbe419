"""What the printer says, told apart by its fixed bits.

Source of the patterns: Epson TM-T88III specification, appendix G; Citizen and most clones say the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass

XON, XOFF = 0x11, 0x13
_BLOCK_HEADERS = frozenset((0x35, 0x37, 0x3B, 0x3D, 0x5F))
_POWER_ON = 0x3B
_PROCESS_ID = (0x37, 0x22)
_FULL_STATUS = (0x10, 0x0F)
_LONGEST_BLOCK = 80


@dataclass(frozen=True, slots=True)
class AutomaticStatus:
    """The four bytes of ASB, pushed when something changed."""

    data: bytes


@dataclass(frozen=True, slots=True)
class RealTimeStatus:
    """The byte that answers DLE EOT n; which n, only the asker knows."""

    value: int


@dataclass(frozen=True, slots=True)
class FullStatus:
    """The four bytes after 10 0F with which Custom answers DLE EOT 20."""

    data: bytes


@dataclass(frozen=True, slots=True)
class PaperStatus:
    """The byte that answers GS r 1, in order."""

    value: int


@dataclass(frozen=True, slots=True)
class ProcessId:
    """The answer to GS ( H: everything before that question has been printed."""

    tag: bytes


@dataclass(frozen=True, slots=True)
class PowerOn:
    """The notice that the printer restarted and lost its state."""


@dataclass(frozen=True, slots=True)
class OtherBlock:
    """A block that nobody here asked for, such as a model name."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Garbage:
    """A byte that no printer sends: noise, or the wrong baud rate."""

    value: int


Reply = (
    AutomaticStatus | RealTimeStatus | FullStatus | PaperStatus | ProcessId | PowerOn | OtherBlock | Garbage
)


def _is_real_time(byte: int) -> bool:
    return byte & 0x93 == 0x12


def _begins_automatic(byte: int) -> bool:
    return byte & 0x93 == 0x10


def _is_plain(byte: int) -> bool:
    return byte & 0x90 == 0


class Demultiplexer:
    """Takes bytes as they come and gives back whole replies.

    :param full_status: the printer is a Custom, whose full status would otherwise look like ASB.
    """

    def __init__(self, full_status: bool = False) -> None:
        self._full_status = full_status
        self._pending = bytearray()

    def feed(self, data: bytes) -> Iterator[Reply]:
        """Yield the replies that ``data`` completes."""
        for byte in data:
            if self._is_full_status():
                yield from self._continue_full_status(byte)
            elif byte not in (XON, XOFF):
                yield from self._take(byte)

    def _take(self, byte: int) -> Iterator[Reply]:
        if not self._pending:
            yield from self._begin(byte)
        elif self._pending[0] in _BLOCK_HEADERS:
            yield from self._continue_block(byte)
        else:
            yield from self._continue_automatic(byte)

    def _begin(self, byte: int) -> Iterator[Reply]:
        if byte in _BLOCK_HEADERS or _begins_automatic(byte):
            self._pending.append(byte)
        elif _is_real_time(byte):
            yield RealTimeStatus(byte)
        elif _is_plain(byte):
            yield PaperStatus(byte)
        else:
            yield Garbage(byte)

    def _continue_automatic(self, byte: int) -> Iterator[Reply]:
        if _is_real_time(byte):
            yield RealTimeStatus(byte)
        elif _is_plain(byte):
            self._pending.append(byte)
            if len(self._pending) == 4:
                yield AutomaticStatus(self._taken())
        else:
            yield Garbage(self._taken()[0])
            yield from self._begin(byte)

    def _continue_block(self, byte: int) -> Iterator[Reply]:
        if byte:
            self._pending.append(byte)
            if len(self._pending) > _LONGEST_BLOCK:
                yield Garbage(self._taken()[0])
            return
        block = self._taken()
        if tuple(block[:2]) == _PROCESS_ID:
            yield ProcessId(block[2:])
        elif block[0] == _POWER_ON:
            yield PowerOn()
        else:
            yield OtherBlock(block)

    def _is_full_status(self) -> bool:
        return self._full_status and bytes(self._pending[:1]) == b"\x10"

    def _continue_full_status(self, byte: int) -> Iterator[Reply]:
        self._pending.append(byte)
        if len(self._pending) == 2 and byte != _FULL_STATUS[1]:
            yield Garbage(self._taken()[0])
        elif len(self._pending) == 6:
            yield FullStatus(self._taken()[2:])

    def _taken(self) -> bytes:
        taken = bytes(self._pending)
        self._pending.clear()
        return taken
