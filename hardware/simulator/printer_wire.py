"""The simulated printer's end of the serial line: a pty that is as slow as the real line."""

import os
import random
import select
import termios
import tty
from contextlib import suppress
from pathlib import Path

from hardware.printer.profile import FlowControl, Serial
from hardware.simulator import places

_XON, _XOFF = b"\x11", b"\x13"
_BITS_A_BYTE = 10
_LEAST_WAIT = 0.001


class Wire:
    """A pty behind the symbolic link ``link``, read no faster than the baud rate allows.

    :param speed: how many times faster than real time.
    """

    def __init__(self, settings: Serial, link: Path, speed: float) -> None:
        self._settings = settings
        self._link = link
        self._speed = speed
        self._random = random.Random(0)  # noqa: S311 - garbage, not secrets
        self._master = self._slave = -1
        self._delivered_at = 0.0
        self._idle = True
        self.baud = settings.baud
        self.silent = False
        self.garbled = False
        self.held = False

    @property
    def is_open(self) -> bool:
        """Whether the host can see the printer."""
        return self._master >= 0

    def open(self) -> None:
        """Make a new pty and point the link at it."""
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self._idle, self.held = True, False
        try:
            places.link_to(os.ttyname(self._slave), self._link)
        except BaseException:
            self._hang_up()
            raise

    def close(self) -> None:
        """Take the pty away, as when the power goes or the plug is pulled."""
        if self.is_open:
            places.unlink(self._link, os.ttyname(self._slave))
            self._hang_up()

    def _hang_up(self) -> None:
        os.close(self._master)
        os.close(self._slave)
        self._master = self._slave = -1

    def hold(self, held: bool) -> None:
        """Hold the host off, or let it go on; while it is held off nothing is read."""
        if held is self.held or not self.is_open or self._settings.flow is FlowControl.NONE:
            return
        self.held = held
        if self._settings.flow is FlowControl.XON_XOFF:
            self._write(_XOFF if held else _XON)

    def send(self, data: bytes) -> None:
        """Send a reply, unless the printer is silent."""
        if self.is_open and not self.silent:
            self._write(self._noise(len(data)) if self.garbled or self._is_wrong_rate() else data)

    def _write(self, data: bytes) -> None:
        # When nobody reads, a real printer talks to the air as well.
        with suppress(BlockingIOError):
            os.write(self._master, data)

    def _noise(self, count: int) -> bytes:
        return self._random.randbytes(count)

    def _is_wrong_rate(self) -> bool:
        rate = getattr(termios, f"B{self.baud}", None)
        return rate is not None and termios.tcgetattr(self._slave)[5] != rate

    def wait(self, wake: int, now: float, timeout: float | None) -> bool:
        """Wait for bytes, for the wake-up descriptor or for ``timeout``; return whether bytes may be read."""
        if self.is_open and not self.held and not self._idle:
            byte_at = self._delivered_at + max(self._seconds_a_byte, _LEAST_WAIT)
            timeout = min(max(0.0, byte_at - now), timeout if timeout is not None else 60.0)
            readable, _, _ = select.select([wake], [], [], timeout)
            return not readable
        master = self._master
        listening = [wake, master] if master >= 0 and not self.held else [wake]
        try:
            readable, _, _ = select.select(listening, [], [], timeout)
        except OSError:  # closed just before
            return False
        return master in readable

    @property
    def _seconds_a_byte(self) -> float:
        return _BITS_A_BYTE / (self.baud * self._speed)

    def read(self, now: float, most: int) -> bytes:
        """Read what can have arrived by ``now``, at most ``most`` bytes."""
        if not self.is_open or self.held:
            return b""
        if self._idle:
            self._idle, self._delivered_at = False, now
        allowed = int((now - self._delivered_at) / self._seconds_a_byte)
        if allowed < 1 or most < 1:
            return b""
        data = self._read(min(allowed, most))
        self._delivered_at += len(data) * self._seconds_a_byte
        self._idle = not data
        return self._noise(len(data)) if data and self._is_wrong_rate() else data

    def _read(self, most: int) -> bytes:
        try:
            return os.read(self._master, most)
        except OSError:
            return b""
