"""A serial device that is a pty behind a symbolic link and that can be unplugged."""

import os
import select
import termios
import threading
import tty
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from hardware.simulator import places

UNSET = termios.B38400
"""The rate of a line that nobody has set."""


class PtyDevice:
    """The device's end of a serial line: what the host writes is given to ``hear``, from a thread of its own.

    :param link: where the serial device appears.
    """

    def __init__(self, link: Path, hear: Callable[[bytes], None]) -> None:
        self._link, self._hear = link, hear
        self._master = self._slave = -1
        self._lock = threading.RLock()
        self._wake = os.eventfd(0, os.EFD_NONBLOCK)
        self._stopping = False
        self._thread = threading.Thread(target=self._listen, name=f"simulated device {link}", daemon=True)
        self.plug()
        self._thread.start()

    def close(self) -> None:
        """Unplug the device for good."""
        self._stopping = True
        self.unplug()
        self._thread.join()
        os.close(self._wake)

    @property
    def is_plugged(self) -> bool:
        """Whether the host can see the device."""
        return self._master >= 0

    def plug(self) -> None:
        """Let the device appear at its link, as a new one."""
        with self._lock:
            if self.is_plugged:
                return
            self._master, self._slave = os.openpty()
            tty.setraw(self._slave)
            os.set_blocking(self._master, False)
            try:
                places.link_to(os.ttyname(self._slave), self._link)
            except BaseException:
                self._hang_up()
                raise
        self._nudge()

    def unplug(self) -> None:
        """Take the device away while the host may be using it."""
        with self._lock:
            if self.is_plugged:
                places.unlink(self._link, os.ttyname(self._slave))
                self._hang_up()
        self._nudge()

    def send(self, data: bytes) -> None:
        """Send to the host, if it is there; without a reader the bytes may be lost, as on a real line."""
        with self._lock, suppress(BlockingIOError):
            if self.is_plugged:
                os.write(self._master, data)

    def host_talks_at(self, baud: int) -> bool:
        """Whether the host set its side of the line to this rate."""
        with self._lock:
            return self.is_plugged and termios.tcgetattr(self._slave)[5] == getattr(termios, f"B{baud}")

    @property
    def host_listens(self) -> bool:
        """Whether the host has set the line to what it wants of it: before, it reads nothing."""
        with self._lock:
            return self.is_plugged and termios.tcgetattr(self._slave)[5] != UNSET

    def _hang_up(self) -> None:
        os.close(self._master)
        os.close(self._slave)
        self._master = self._slave = -1

    def _nudge(self) -> None:
        os.eventfd_write(self._wake, 1)

    def _listen(self) -> None:
        while not self._stopping:
            with self._lock:
                sources = [self._wake, self._master] if self.is_plugged else [self._wake]
            try:
                readable, _, _ = select.select(sources, [], [])
            except OSError:  # unplugged just before
                continue
            if self._wake in readable:
                os.eventfd_read(self._wake)
            elif data := self._read():
                self._hear(data)

    def _read(self) -> bytes:
        with self._lock:
            try:
                return os.read(self._master, 4096) if self.is_plugged else b""
            except OSError:
                return b""
