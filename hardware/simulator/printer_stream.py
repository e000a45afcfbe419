"""The simulated printer's reading of ESC/POS: bytes become what a firmware does with them.

Written from the manuals alone and without a look at the encoder, so that one can find the other's mistakes.
"""

from collections.abc import Generator
from dataclasses import dataclass

ESC, FS, GS, DLE = 0x1B, 0x1C, 0x1D, 0x10

# How many parameter bytes follow each two-byte command.
_FIXED = {
    ESC: {
        **dict.fromkeys(b"!-3=EGJMRTVadrt{ \x06euv", 1),
        **dict.fromkeys(b"$\\c", 2),
        ord("p"): 3,
        ord("W"): 8,
    },
    FS: {**dict.fromkeys(b"!-WC", 1), ord("S"): 2, ord("p"): 2, ord("P"): 4, ord("2"): 74},
    GS: {**dict.fromkeys(b"!BHITafhrw/\xe0", 1), **dict.fromkeys(b"LWP$\\", 2), ord("^"): 3},
}


# A parameter out of its range ends the command, and what follows is processed as if there had been none: so noise on
# the line cannot have the firmware wait for gigabytes.
_BIT_IMAGE_MODES, _BIT_IMAGE_MOST_HIGH = (0, 1, 32, 33), 3
_RASTER_MODES = (0, 1, 2, 3, 48, 49, 50, 51)
_WIDEST, _HIGHEST = 128, 4095
_LONGEST = 1_000_000
"""Of a picture in the long form, in bytes."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command with its parameters. ``size`` is how many bytes of the receive buffer it occupies."""

    name: str
    data: bytes = b""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Code:
    """One byte to be printed or part of a character."""

    value: int
    size: int = 1


@dataclass(frozen=True, slots=True)
class DotRow:
    """One row of a raster image, ``scale`` times as wide and high as its bits."""

    data: bytes
    scale_x: int
    scale_y: int
    size: int


@dataclass(frozen=True, slots=True)
class RealTime:
    """A command that is carried out on arrival, even when the printer is offline or its buffer is full."""

    name: str
    data: bytes


Item = Command | Code | DotRow | RealTime
_Reader = Generator[Item | None, int, None]


class Stream:
    """Cuts the stream of arriving bytes into items; a real-time command inside a raster is only pixels."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget a command that is half received."""
        self._reader = _read()
        next(self._reader)

    def feed(self, byte: int) -> list[Item]:
        """Take one byte and return the items that it completes."""
        items = []
        item = self._reader.send(byte)
        while item is not None:
            items.append(item)
            item = next(self._reader)
        return items


def _read() -> _Reader:
    while True:
        byte = yield None
        if byte in (ESC, FS, GS):
            yield from _command(byte)
        elif byte == DLE:
            yield from _real_time()
        elif byte == 0x0A:
            yield Command("LF", size=1)
        elif byte == 0x0D:
            yield Command("CR", size=1)
        elif byte >= 0x20:
            yield Code(byte)


def _take(count: int) -> Generator[Item | None, int, bytes]:
    data = bytearray()
    for _ in range(count):
        byte = yield None
        data.append(byte)
    return bytes(data)


def _real_time() -> _Reader:
    (kind,) = yield from _take(1)
    if kind == 0x14:
        function = yield from _take(1)
        parameters = yield from _take(7 if function == b"\x08" else 2)
        yield RealTime("DLE DC4", function + parameters)
    elif kind in (0x04, 0x05):
        data = yield from _take(1)
        yield RealTime("DLE EOT" if kind == 0x04 else "DLE ENQ", data)


def _command(lead: int) -> _Reader:
    (kind,) = yield from _take(1)
    name = {ESC: "ESC", FS: "FS", GS: "GS"}[lead] + " " + chr(kind)
    if kind == ord("("):
        yield from _counted(name, 2)
    elif lead == GS and kind in b"v8VeR":
        yield from _long_command(name)
    elif lead == ESC and kind in b"*D":
        yield from _bit_image() if kind == ord("*") else _tabs()
    else:
        data = yield from _take(_FIXED[lead].get(kind, 0))
        yield Command(name, data, 2 + len(data))


def _tabs() -> _Reader:
    byte = 1
    while byte:
        byte = yield None


def _bit_image() -> _Reader:
    mode = yield from _take(1)
    if mode[0] not in _BIT_IMAGE_MODES:
        return
    head = mode + (yield from _take(2))
    if head[2] > _BIT_IMAGE_MOST_HIGH:
        return
    columns = int.from_bytes(head[1:], "little") * (3 if head[0] >= 32 else 1)
    data = yield from _take(columns)
    yield Command("ESC *", head + data, 5 + columns)


def _long_command(name: str) -> _Reader:
    match name[-1]:
        case "v":
            yield from _raster()
        case "8":
            yield from _counted("GS (", 4)
        case "V":
            mode = yield from _take(1)
            distance = (yield from _take(1)) if mode[0] >= 65 else b""
            yield Command("GS V", mode + distance, 3 + len(distance))
        case "R":
            mode = yield from _take(1)
            seconds = (yield from _take(1)) if mode == b"1" else b""
            yield Command("GS R", mode + seconds, 3 + len(seconds))
        case _:
            mode = yield from _take(1)
            steps = (yield from _take(1)) if mode[0] == 3 else b""
            yield Command("GS e", mode + steps, 3 + len(steps))


def _counted(name: str, length_bytes: int) -> _Reader:
    """Read a command that says how long it is: ``GS ( k``, ``FS ( A``, and the long form ``GS 8 L``."""
    (kind,) = yield from _take(1)
    if length_bytes > 2 and kind != ord("L"):
        return
    length = int.from_bytes((yield from _take(length_bytes)), "little")
    if length > _LONGEST:
        return
    data = yield from _take(length)
    yield Command(f"{name} {chr(kind)}", data, 3 + length_bytes + len(data))


def _raster() -> _Reader:
    head = yield from _take(6)
    mode = head[1] & 3
    stride, rows = int.from_bytes(head[2:4], "little"), int.from_bytes(head[4:6], "little")
    if head[0] != ord("0") or head[1] not in _RASTER_MODES or stride > _WIDEST or rows > _HIGHEST:
        return
    yield Command("GS v 0", b"", 8)
    for _ in range(rows):
        data = yield from _take(stride)
        yield DotRow(data, 2 if mode & 1 else 1, 2 if mode & 2 else 1, stride)
