"""Tag, length, value: BER-TLV as bank applications use it."""

from collections.abc import Iterator


class TlvError(ValueError):
    """The bytes are no TLV: cut short, or with a length that cannot be."""


def walk(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (tag, value) of each primitive BER-TLV object, going down into constructed ones.

    :raises TlvError: the bytes end too early.
    """
    position = 0
    while position < len(data):
        if data[position] in (0x00, 0xFF):  # padding between objects
            position += 1
            continue
        constructed = bool(data[position] & 0x20)
        tag, position = _tag(data, position)
        length, position = _length(data, position)
        value = data[position : position + length]
        if len(value) != length:
            raise TlvError("value cut short")
        position += length
        if constructed:
            yield from walk(value)
        else:
            yield tag, value


def _tag(data: bytes, position: int) -> tuple[int, int]:
    tag = data[position]
    position += 1
    if tag & 0x1F != 0x1F:
        return tag, position
    if position >= len(data) or data[position] & 0x80:
        raise TlvError("tag of more than two bytes")
    return tag << 8 | data[position], position + 1


def _length(data: bytes, position: int) -> tuple[int, int]:
    if position >= len(data):
        raise TlvError("length missing")
    first = data[position]
    position += 1
    if first < 0x80:
        return first, position
    size = first & 0x7F
    if not 1 <= size <= 2 or position + size > len(data):
        raise TlvError("length that cannot be")
    return int.from_bytes(data[position : position + size]), position + size
