"""The wire between a simulated card and the reader driver vpcd: frames of a length and that many bytes."""

import contextlib
import socket
import threading
from collections.abc import Callable
from time import monotonic

from hardware.simulator.card import Mute, Pulled, SimulatedCard

ANSWER_TO_RESET = 4
"""The control byte that wants an answer; those for power off, power on and reset want none."""

KNOCK = 0.02
"""Seconds: vpcd queues one caller only, and one more is not refused but left waiting, so knock again soon."""

EMPTY_LOOKS, SWAP = 2, 1.5
"""How often the reader must find the slot empty when one card follows another within ``SWAP`` seconds."""


class Slot:
    """One slot of the virtual reader. A card that is in stays in while the PC/SC service is down."""

    def __init__(self, port: int) -> None:
        self.card: SimulatedCard | None = None
        self.noticed = 0
        """How many insertions the reader has noticed: it asked the card for its answer to reset."""
        self._port = port
        self._pulled_at = -SWAP
        self._out = threading.Event()
        self._line: socket.socket | None = None
        self._thread: threading.Thread | None = None

    def insert(self, card: SimulatedCard) -> None:
        """Put a card in; the one that is in comes out first."""
        self.remove()
        card.put_in()
        self.card = card
        self._out.clear()
        self._thread = threading.Thread(target=self._stay_in, args=(card,), name="card", daemon=True)
        self._thread.start()

    def remove(self) -> None:
        """Pull the card out, whatever it is doing."""
        self._out.set()
        line = self._line
        if line:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        if self._thread:
            self._thread.join()
            self._pulled_at = monotonic()
        self.card = self._thread = None

    def _stay_in(self, card: SimulatedCard) -> None:
        self._let_the_reader_look()
        while not self._out.is_set():
            try:
                self._hold_line(lambda line: self._talk(line, card))
            except Pulled:
                return

    def _let_the_reader_look(self) -> None:
        """Have the reader find the slot empty, if a card was pulled just before.

        A reader's contact switch tells of every removal. vpcd has to look, and pcscd looks not only in order
        to tell: so it must look twice, or a swap may pass for the same card.
        """
        looks = 0
        while looks < EMPTY_LOOKS and monotonic() < self._pulled_at + SWAP and not self._out.is_set():
            looks += bool(self._hold_line(_receive))

    def _hold_line(self, talk: Callable[[socket.socket], object]) -> object:
        """Be connected to the reader while ``talk`` lasts; return its outcome, None without a line."""
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=KNOCK) as line:
                self._line = line
                line.settimeout(None)
                return None if self._out.is_set() else talk(line)
        except OSError:
            self._out.wait(0.01)
            return None

    def _talk(self, line: socket.socket, card: SimulatedCard) -> None:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        seen = False
        while not self._out.is_set() and (frame := _receive(line)):
            if len(frame) > 1:
                _send(line, self._answer(card, frame))
            elif frame[0] == ANSWER_TO_RESET:
                _send(line, card.atr)
                self.noticed += not seen
                seen = True
            else:
                card.power_on()

    def _answer(self, card: SimulatedCard, command: bytes) -> bytes:
        try:
            return card.answer(command)
        except Mute:
            self._out.wait()
            raise Pulled from None


def _receive(line: socket.socket) -> bytes:
    header = _exactly(line, 2)
    return _exactly(line, int.from_bytes(header)) if header else b""


def _exactly(line: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = line.recv(size - len(data))
        if not part:
            return b""
        data += part
        # vpcd sends the length and the rest apart: without this, Nagle and delayed ACK cost 44 ms.
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
    return data


def _send(line: socket.socket, payload: bytes) -> None:
    line.sendall(len(payload).to_bytes(2) + payload)
