"""A simulated social security card: the chip, without its wire.

It behaves as a T=0 card: wrong Le is answered with 6Cxx, an answer to a command with data waits behind 61xx.
"""

import os
import random
import time
from collections.abc import Callable

import msgspec

from hardware.simulator.chip_keys import IRK, PUK, RKSSSE
from hardware.simulator.personalisation import Faults, Personalisation

APPLICATION = bytes.fromhex("7378312E73682EC9E7BBE1B1A3D5CF")
BANK_APPLICATION = bytes.fromhex("A000000333010101")
OK = b"\x90\x00"
UNANSWERABLE = b"\xff" * 40
"""Longer than any answer to reset: the reader driver takes it for none."""

Handler = Callable[[int, int, bytes], bytes]


class Mute(Exception):
    """The card does not answer, for as long as it is in."""


class Pulled(Exception):
    """The card is pulled out instead of answering."""


class SimulatedCard:
    """One card. Its PIN and tries stay as they are while it is out of the reader."""

    def __init__(self, content: Personalisation) -> None:
        self.content = content
        self.faults: Faults = content.faults
        self.headers: list[str] = []
        self._files = content.files()
        keys = content.keys
        self._internal = content.key(IRK, keys.internal)
        self._external = {
            0x0A: content.key(RKSSSE, keys.holder_read),
            0x06: content.key(PUK, keys.pin_unblock),
        }
        self._first_answer = b""
        self._pin = content.pin.value
        self._tries = content.pin.tries if content.pin.left is None else content.pin.left
        self._random = random.Random(0)  # noqa: S311 a fault that can be repeated
        self._commands = 0
        self.power_on()

    def put_in(self) -> None:
        """Count the commands of the faults from here."""
        self._commands = 0
        self.power_on()

    def power_on(self) -> None:
        """Forget what was selected, verified and proven."""
        self._application = ""
        self._file: dict[int, bytes] | None = None
        self._file_name = ""
        self._challenge = b""
        self._proven: set[int] = set()
        self._waiting = b""

    @property
    def pin(self) -> str:
        """The PIN as it is now; empty when none is set."""
        return self._pin

    @property
    def tries_left(self) -> int:
        """How many wrong PINs more the card would take."""
        return self._tries

    def set_fault(self, name: str, value: str) -> None:
        """Set one fault from now on, by a word of the control channel (true, 3, none, [6, 4, 1], refuses)."""
        wrong = msgspec.to_builtins(self.faults) | {name: _word(value)}
        self.faults = msgspec.convert(wrong, Faults)
        self._commands = 0

    @property
    def atr(self) -> bytes:
        """The answer to reset: T=0, and the historical bytes."""
        if self.faults.wrong_way_round:
            return UNANSWERABLE
        historical = self.content.historical_bytes
        return bytes([0x3B, 0x60 | len(historical), 0x00, 0x00]) + historical

    def answer(self, command: bytes) -> bytes:
        """Answer a command, with whatever is wrong with this card.

        :raises Mute, Pulled: there is no answer.
        """
        self._commands += 1
        self.headers.append(command[:4].hex().upper())
        faults = self.faults
        if faults.delay_ms:
            time.sleep(faults.delay_ms / 1000)
        if faults.remove_after is not None and self._commands > faults.remove_after:
            raise Pulled
        if faults.mute_after is not None and self._commands > faults.mute_after:
            raise Mute
        if faults.garbage:
            return self._random.randbytes(self._random.randrange(2, 40))
        return self._flipped(self._execute(command))

    def _flipped(self, answer: bytes) -> bytes:
        flip = self.faults.flip
        if flip is None or flip[0] != self._commands or flip[1] >= len(answer):
            return answer
        damaged = bytearray(answer)
        damaged[flip[1]] ^= flip[2]
        return bytes(damaged)

    def _execute(self, command: bytes) -> bytes:
        if len(command) < 5:
            return b"\x67\x00"
        cla, ins, p1, p2, p3 = command[:5]
        handler = self._handlers().get((cla, ins))
        if handler is None:
            return b"\x6d\x00" if cla in (0x00, 0x80, 0x84) else b"\x6e\x00"
        data = command[5 : 5 + p3]
        if len(command) > 5 and len(data) != p3:
            return b"\x67\x00"
        challenge, waiting = self._challenge, self._waiting
        answer = handler(p1, p2, data)
        if self._challenge == challenge:
            self._challenge = b""  # good for one command only
        if self._waiting == waiting:
            self._waiting = b""
        return self._as_t0(answer, has_data=len(command) > 5, le=p3)

    def _as_t0(self, answer: bytes, has_data: bool, le: int) -> bytes:
        body = answer[:-2]
        if not body:
            return answer
        if has_data:
            self._waiting = body
            return bytes([0x61, len(body)])
        if le != len(body) & 0xFF:
            return bytes([0x6C, len(body) & 0xFF])
        return answer

    def _handlers(self) -> dict[tuple[int, int], Handler]:
        common: dict[tuple[int, int], Handler] = {
            (0x00, 0xA4): self._select,
            (0x00, 0xB2): self._read_record,
            (0x00, 0xC0): self._get_response,
            (0x80, 0xA8): self._processing_options,
        }
        if self._application != "social security":
            return common
        return common | {
            (0x00, 0x20): self._verify,
            (0x80, 0x5E): self._change,
            (0x84, 0x24): self._unblock,
            (0x00, 0x84): self._get_challenge,
            (0x00, 0x82): self._external_authenticate,
            **({} if self.faults.internal == "refuses" else {(0x00, 0x88): self._internal_authenticate}),
        }

    def _select(self, p1: int, p2: int, data: bytes) -> bytes:
        if p1 == 0x04:
            return self._select_application(data)
        if p1 != (0x00 if self.faults.select_p1_00 else 0x02):
            return b"\x6a\x86"
        if self._application != "social security" or data.hex().upper() not in self._files:
            return b"\x6a\x82"
        self._file_name = data.hex().upper()
        self._file = self._files[self._file_name]
        return bytes.fromhex("6F00") + OK

    def _select_application(self, name: bytes) -> bytes:
        self.power_on()
        if name == APPLICATION and self.content.basic:
            if self.faults.blocked:
                return b"\x93\x03"
            self._application = "social security"
            return self._application_template() + OK
        if name == BANK_APPLICATION and self.content.bank:
            self._application = "bank"
            return bytes.fromhex("6F0A8408") + BANK_APPLICATION + OK
        return b"\x6a\x82"

    def _application_template(self) -> bytes:
        version = self.content.basic.version if self.content.basic else ""
        algorithm = {"2": "9F0C03860101", "3": "9F0C03860103"}.get(version[:1], "")
        issuer = bytes.fromhex("880105" + algorithm)
        inner = b"\x84\x0f" + APPLICATION + bytes([0xA5, len(issuer)]) + issuer
        return bytes([0x6F, len(inner)]) + inner

    def _read_record(self, p1: int, p2: int, data: bytes) -> bytes:
        if self._application == "bank" and self.content.bank:
            if (p1, p2) != (1, 1 << 3 | 4):
                return b"\x6a\x83"
            pan = bytes.fromhex(self.content.bank.pan + "F" * (len(self.content.bank.pan) % 2))
            return bytes([0x70, len(pan) + 2, 0x5A, len(pan)]) + pan + OK
        if self._file is None:
            return b"\x69\x86"
        if self._file_name == "EF06" and self._is_version_3() and 0x0A not in self._proven:
            return b"\x69\x82"
        return self._file[p1] + OK if p1 in self._file else b"\x6a\x83"

    def _is_version_3(self) -> bool:
        return bool(self.content.basic and self.content.basic.version.startswith("3"))

    def _get_response(self, p1: int, p2: int, data: bytes) -> bytes:
        return self._waiting + OK if self._waiting else b"\x69\x85"

    def _processing_options(self, p1: int, p2: int, data: bytes) -> bytes:
        if self._application != "bank":
            return b"\x69\x85"
        return bytes.fromhex("8006000008010100") + OK  # one file, SFI 1, record 1

    def _verify(self, p1: int, p2: int, data: bytes) -> bytes:
        if not self._pin:
            return OK if not data else b"\x69\x85"
        if self._tries == 0:
            return b"\x69\x83"
        if not data:
            return self._tries_left()
        return OK if self._pin_is(data) else self._tries_left()

    def _change(self, p1: int, p2: int, data: bytes) -> bytes:
        old, separator, new = data.partition(b"\xff")
        if (p1, p2) != (0x01, 0x00) or not separator or not 2 <= len(new) <= 8:
            return b"\x6a\x80"
        if self._tries == 0:
            return b"\x69\x83"
        if not self._pin_is(old):
            return self._tries_left()
        self._pin = new.hex().rstrip("f")
        return OK

    def _pin_is(self, packed: bytes) -> bool:
        if packed.hex().rstrip("f") != self._pin:
            self._tries -= 1
            return False
        self._tries = self.content.pin.tries
        return True

    def _tries_left(self) -> bytes:
        return bytes([0x63, 0xC0 | self._tries])

    def _get_challenge(self, p1: int, p2: int, data: bytes) -> bytes:
        self._challenge = os.urandom(8)
        return self._challenge + OK

    def _internal_authenticate(self, p1: int, p2: int, data: bytes) -> bytes:
        if (p1, p2) != (0x00, 0x00) or len(data) != 16:
            return b"\x6a\x86" if len(data) == 16 else b"\x67\x00"
        if self.faults.internal == "rubbish":
            return os.urandom(8) + OK
        if self._internal is None:
            return b"\x6a\x88"
        answer = self._internal.proof(data[:8], data[8:])
        self._first_answer = self._first_answer or answer
        return (self._first_answer if self.faults.internal == "replays" else answer) + OK

    def _external_authenticate(self, p1: int, p2: int, data: bytes) -> bytes:
        key = self._external.get(p2)
        if key is None:
            return b"\x6a\x88"
        if not key.accepts(data, self._challenge):
            return b"\x63\xc2"
        self._proven.add(p2)
        return OK

    def _unblock(self, p1: int, p2: int, data: bytes) -> bytes:
        key = self._external[0x06]
        if key is None or 0x06 not in self._proven:
            return b"\x69\x82"
        if not self._challenge:
            return b"\x69\x84"
        if p2 == 0x00:
            if not key.is_unblocking(data, self._challenge):
                return b"\x69\x88"
        else:
            packed = key.new_pin(data, self._challenge)
            if packed is None:
                return b"\x69\x88"
            self._pin = packed.hex().rstrip("f")
        self._tries = self.content.pin.tries
        return OK


def _word(value: str) -> object:
    word = value.lower()
    if word == "none":
        return None
    try:
        return msgspec.json.decode(word.encode())
    except msgspec.DecodeError:
        return word
