"""The firmware of a simulated SAM_V module: it hears commands and answers, byte for byte, right or spoilt.

Written after the protocol's documents, without the code that talks to readers.
"""

import random
from collections.abc import Iterator
from time import monotonic

from hardware.simulator.id_reader_cards import Card, address_bytes

_START = bytes.fromhex("AAAAAA9669")
_COMMANDS = {
    "10FF": "reset",
    "11FF": "status",
    "12FF": "number",
    "2001": "find",
    "2002": "select",
    "3001": "read",
    "3010": "read-with-fingerprint",
    "3003": "read-address",
    "6000": "baud",
    "6001": "baud",
    "6002": "baud",
    "6003": "baud",
    "6004": "baud",
}
_BAUDS = (115200, 57600, 38400, 19200, 9600)
_PATIENCE = 0.1
"""Seconds of silence after which a half command is forgotten."""

FAULTS = ("checksum", "truncated", "noise", "silence")
_NUMBER = bytes.fromhex("0500 0300 E1043301 39300000 01000000")


class Module:
    """A module with at most one card before it. ``card`` and ``faults`` are set from outside.

    ``faults`` holds one of :data:`FAULTS` by command, ``refusals`` an SW3 by command.
    """

    def __init__(self) -> None:
        self.baud = _BAUDS[0]
        self.faults: dict[str, str] = {}
        self.refusals: dict[str, int] = {}
        self.heard: list[str] = []
        self._card: Card | None = None
        self._stage = "idle"
        self._buffer = bytearray()
        self._heard_at = 0.0
        self._random = random.Random(0)  # noqa: S311 - a photo and noise

    def put(self, card: Card | None) -> None:
        """Lay a card before the reader, or take it away."""
        self._card, self._stage = card, "idle"

    def hear(self, data: bytes) -> Iterator[bytes]:
        """Take bytes from the line and yield what goes back over it."""
        if monotonic() - self._heard_at > _PATIENCE:
            self._buffer.clear()
        self._buffer += data
        self._heard_at = monotonic()
        while (start := self._buffer.find(_START)) >= 0 and len(self._buffer) >= start + 7:
            length = int.from_bytes(self._buffer[start + 5 : start + 7], "big")
            if length == 3 and len(self._buffer) < start + 10:
                return
            frame = bytes(self._buffer[start + 5 : start + 10])
            del self._buffer[: start + (10 if length == 3 else 7)]
            yield self._answer(frame)

    def _answer(self, frame: bytes) -> bytes:
        if frame[:2] != b"\x00\x03":
            return _frame(0x11)
        if frame[0] ^ frame[1] ^ frame[2] ^ frame[3] ^ frame[4]:
            return _frame(0x10)
        name = _COMMANDS.get(frame[2:4].hex().upper())
        if name is None:
            return _frame(0x21)
        self.heard.append(name)
        return self._spoil(name, self._obey(name, frame[3]))

    def _obey(self, name: str, parameter: int) -> bytes:
        if name in self.refusals:
            # After a failure the card must be laid down again.
            self._stage = "idle" if name == "find" else "done"
            return _frame(self.refusals[name])
        match name:
            case "reset":
                self._stage = "idle"
            case "number":
                return _frame(0x90, _NUMBER)
            case "find":
                return self._find()
            case "select":
                return self._select()
            case "read":
                return self._read(1024)
            case "read-with-fingerprint":
                return self._read(1024, 1024)
            case "read-address":
                return self._read_address()
            case "baud":
                self.baud = _BAUDS[parameter]
        return _frame(0x90)

    def _find(self) -> bytes:
        if self._card is None or self._stage == "done":
            return _frame(0x80)
        self._stage = "found"
        return _frame(0x9F, bytes(4))

    def _select(self) -> bytes:
        if self._stage != "found":
            return _frame(0x81)
        self._stage = "selected"
        return _frame(0x90, bytes(8))

    def _read(self, *pictures: int) -> bytes:
        if self._card is None or self._stage != "selected":
            return _frame(0x41)
        self._stage = "done"
        parts = [self._card.text(), *map(self._picture, pictures)]
        lengths = b"".join(len(part).to_bytes(2, "big") for part in parts)
        return _frame(0x90, lengths + b"".join(parts))

    def _picture(self, size: int) -> bytes:
        # A picture may hold anything, also what looks like the start of a frame.
        return _START + b"\x00\x04" + self._random.randbytes(size - 7)

    def _read_address(self) -> bytes:
        if self._card is None or self._stage not in ("selected", "done"):
            return _frame(0x41)
        address = address_bytes(self._card)
        return _frame(0x90, address) if address else _frame(0x91)

    def _spoil(self, name: str, answer: bytes) -> bytes:
        match self.faults.get(name):
            case "checksum":
                return answer[:-1] + bytes([answer[-1] ^ 0x55])
            case "truncated":
                return answer[: len(answer) // 2]
            case "noise":
                return self._random.randbytes(self._random.randrange(1, 40)) + _START[:3] + answer
            case "silence":
                return b""
        return answer


def commands() -> list[str]:
    """Return the names of all commands."""
    return sorted(set(_COMMANDS.values()))


def _frame(sw3: int, data: bytes = b"") -> bytes:
    counted = (len(data) + 4).to_bytes(2, "big") + bytes([0, 0, sw3]) + data
    check = 0
    for byte in counted:
        check ^= byte
    return _START + counted + bytes([check])
