"""An open serial device: the only place that knows pyserial."""

import math
import os
import select
import termios
import time
from contextlib import suppress
from typing import Any, NoReturn

import serial

_MOST = 4096

SILENCE = 10.0
"""Seconds without a byte after which a line may be dead although nothing has hung up."""


class SerialLostError(Exception):
    """There is no device at the port, somebody else holds it, or it is there no more."""


class SerialPort:
    """A serial device, 8N1, held by this process alone.

    A lost one stays lost: open the same path again, which must be a stable one (``/dev/serial/by-id/…``).
    A line that only looks open is found out by :meth:`check_alive`.
    One thread may read while another one writes.

    :param port: the path of the device.
    :param xonxoff: the device says XOFF when it can take no more; ``rtscts``: it says so with its CTS line.
    :raises SerialLostError: it cannot be opened.
    """

    def __init__(self, port: str, baud: int, *, xonxoff: bool = False, rtscts: bool = False) -> None:
        try:
            self._serial = serial.Serial(port, baud, xonxoff=xonxoff, rtscts=rtscts, exclusive=True)
        except (OSError, ValueError) as error:
            raise SerialLostError(f"{port}: {error}") from error
        self._path = port
        self._heard_at = time.monotonic()
        self._settings = self._read_settings()
        self._cancelled = os.eventfd(0, os.EFD_NONBLOCK)

    def close(self) -> None:
        """Release the device. No thread may be reading."""
        self._serial.close()
        os.close(self._cancelled)

    def read(self, timeout: float | None = None) -> bytes:
        """Wait up to ``timeout`` seconds (None: for ever) for bytes and return all that are there.

        Empty when there were none in time, or when :meth:`cancel_read` was called.

        :raises SerialLostError: the device is gone.
        """
        try:
            readable = self._wait(select.POLLIN, timeout)
            if not readable or self._cancelled in readable:
                return b""
            data = os.read(self._serial.fileno(), _MOST)
        except OSError as error:
            raise SerialLostError(str(error)) from error
        if not data:
            raise SerialLostError("the device hung up")
        self._heard_at = time.monotonic()
        return data

    def cancel_read(self) -> None:
        """Let the read that is waiting, and every later one, return at once."""
        os.eventfd_write(self._cancelled, 1)

    def write(self, data: bytes, timeout: float = 1.0) -> None:
        """Hand all bytes to the device within ``timeout`` seconds.

        :raises SerialLostError: the device is gone, or took too long.
        """
        deadline = time.monotonic() + timeout
        while data:
            written = self.write_some(data, deadline - time.monotonic())
            if not written and time.monotonic() > deadline:
                raise SerialLostError(f"the device took nothing for {timeout:.0f} s")
            data = data[written:]

    def write_some(self, data: bytes | memoryview, timeout: float) -> int:
        """Hand over what the device takes at once, waiting up to ``timeout`` seconds until it takes any.

        :return: the number of bytes that it took, 0 when it took none in time.
        :raises SerialLostError: the device is gone.
        """
        try:
            writable = self._wait(select.POLLOUT, max(0.0, timeout))
            return os.write(self._serial.fileno(), data) if writable else 0
        except BlockingIOError:
            return 0
        except OSError as error:
            raise SerialLostError(str(error)) from error

    def _wait(self, event: int, timeout: float | None) -> set[int]:
        """Wait for the device, and in reading also for :meth:`cancel_read`; return the files that are ready."""
        waiting = select.poll()  # select() knows no file above 1023
        waiting.register(self._serial.fileno(), event)
        if event == select.POLLIN:
            waiting.register(self._cancelled, event)
        found = waiting.poll(None if timeout is None else math.ceil(1000 * timeout))
        return {file for file, _events in found}

    def discard_input(self) -> None:
        """Drop what came in and was not read.

        :raises SerialLostError: the device is gone.
        """
        self._flush(termios.TCIFLUSH)

    def discard_output(self) -> None:
        """Drop what was written and has not left yet.

        :raises SerialLostError: the device is gone.
        """
        self._flush(termios.TCOFLUSH)

    def check_alive(self, *, answers: bool) -> None:
        """Give up a line that is dead although nothing has hung up, so that its path is opened again.

        :param answers: the device has just left a question without a sensible answer: its line is dead when it has
            been silent for :data:`SILENCE` seconds, or is no longer the one that was opened. A device that speaks
            only when there is something to say is silent for hours: for its line both must be so.
        :raises SerialLostError: the line is dead.
        """
        silent = time.monotonic() - self._heard_at >= SILENCE
        if (silent or answers) and not self._is_as_opened():
            self._give_up("leads to another device by now, or its settings were changed")
        if silent and answers:
            self._give_up(f"has been silent for {SILENCE:.0f} s")

    def _give_up(self, why: str) -> NoReturn:
        with suppress(SerialLostError):
            self.discard_output()  # else closing waits for a device that takes nothing
        raise SerialLostError(f"{self._path} {why}")

    def _is_as_opened(self) -> bool:
        """Whether the path still leads to the device that is open, and the line is still set as this program set it."""
        try:
            same = os.path.samestat(os.stat(self._path), os.fstat(self._serial.fileno()))
        except OSError:
            return False
        return same and self._settings == self._read_settings()

    def _read_settings(self) -> list[Any]:
        try:
            return termios.tcgetattr(self._serial.fileno())
        except (OSError, termios.error) as error:
            raise SerialLostError(str(error)) from error

    def _flush(self, queue: int) -> None:
        try:
            termios.tcflush(self._serial.fileno(), queue)
        except (OSError, termios.error) as error:
            raise SerialLostError(str(error)) from error

    def set_baud(self, baud: int) -> None:
        """Talk at another rate from now on.

        :raises SerialLostError: the device is gone.
        """
        try:
            self._serial.baudrate = baud
            self._settings = self._read_settings()
        except (OSError, ValueError, termios.error) as error:
            raise SerialLostError(str(error)) from error
