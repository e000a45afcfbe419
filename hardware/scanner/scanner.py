"""The QR scanner as the kiosk sees it: tokens that citizens show, and whether the scanner is there."""

import logging
import threading
from collections.abc import Callable, Iterable
from time import monotonic
from typing import Any

from hardware.device import Device
from hardware.scanner.scans import GAP, Scans
from hardware.scanner.token import Token
from hardware.serial_port import SerialLostError, SerialPort
from hardware.status import DeviceState

log = logging.getLogger(__name__)

_RETRY = 0.2
"""Seconds between two attempts to open the port, and at most between two looks at the age of tokens."""


def _ignore(state: DeviceState) -> None:
    pass


class Scanner(Device):
    """A QR scanner in serial mode (USB CDC) that keeps itself connected. It is only listened to.

    :param port: the stable path of its serial device.
    :param on_token: called from the scanner's thread with each :class:`Token` that is shown.
    :param on_change: called from the scanner's thread when the scanner comes (ONLINE) or goes (NO_DEVICE).
    """

    def __init__(
        self,
        port: str,
        on_token: Callable[[Token], None],
        on_change: Callable[[DeviceState], None] = _ignore,
        baud: int = 115200,
    ) -> None:
        self.port, self._baud = port, baud
        self._on_token, self._on_change = on_token, on_change
        self.state = DeviceState.STARTING
        self._pending: list[Token] = []
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._follow, name=f"scanner at {port}", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def close(self) -> None:
        """Stop listening, and forget every token that nobody took."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join()
        for token in self._pending:
            token.forget()

    def _follow(self) -> None:
        while not self._closing.is_set():
            try:
                self._listen()
            except SerialLostError as lost:
                log.debug("scanner: %s", lost)
                self._now(DeviceState.NO_DEVICE)
                self._closing.wait(_RETRY)
                self._forget_old()

    def _listen(self) -> None:
        port = SerialPort(self.port, self._baud)
        try:
            self._now(DeviceState.ONLINE)
            scans = Scans()
            while not self._closing.is_set():
                self._hear(scans, port.read(GAP if scans.under_way else _RETRY))
                self._forget_old()
                port.check_alive(answers=False)
        finally:
            port.close()

    def _hear(self, scans: Scans, data: bytes) -> None:
        now, refused = monotonic(), scans.refused
        self._deliver(scans.feed(data, now) if data else scans.end(now))
        if scans.refused > refused:
            log.warning("a scan was no token: too long, not printable, or interrupted")

    def _deliver(self, values: Iterable[bytearray]) -> None:
        for value in values:
            token = Token(value)
            self._pending.append(token)
            self._tell(self._on_token, token)

    def _forget_old(self) -> None:
        for token in [token for token in self._pending if token.expired]:
            token.forget()
            self._pending.remove(token)

    def _now(self, state: DeviceState) -> None:
        if state is not self.state:
            self.state = state
            self._tell(self._on_change, state)

    def _tell(self, listener: Callable[[Any], None], news: object) -> None:
        try:
            listener(news)
        except Exception:
            log.exception("token callback failed; listening continues")
