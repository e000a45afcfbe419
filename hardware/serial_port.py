"""An open serial device: the only place that knows pyserial."""

import os
import select
import termios
import time

import serial

_MOST = 4096


class SerialLost(Exception):
    """There is no device at the port, somebody else holds it, or it is there no more."""


class SerialPort:
    """A serial device, 8N1, held by this process alone.

    A lost one stays lost: open the same path again, which must be a stable one (``/dev/serial/by-id/…``).
    One thread may read while another one writes.

    :param port: the path of the device.
    :param xonxoff: the device says XOFF when it can take no more; ``rtscts``: it says so with its CTS line.
    :raises SerialLost: it cannot be opened.
    """

    def __init__(self, port: str, baud: int, *, xonxoff: bool = False, rtscts: bool = False) -> None:
        try:
            self._serial = serial.Serial(port, baud, xonxoff=xonxoff, rtscts=rtscts, exclusive=True)
        except (OSError, ValueError) as error:
            raise SerialLost(f"{port}: {error}") from error
        self._cancelled = os.eventfd(0, os.EFD_NONBLOCK)

    def close(self) -> None:
        """Let go of the device. No thread may be reading."""
        self._serial.close()
        os.close(self._cancelled)

    def read(self, timeout: float | None = None) -> bytes:
        """Wait up to ``timeout`` seconds (None: for ever) for bytes and return all that are there.

        Empty when there were none in time, or when :meth:`cancel_read` was called.

        :raises SerialLost: the device is gone.
        """
        try:
            readable, _, _ = select.select([self._serial, self._cancelled], [], [], timeout)
            if not readable or self._cancelled in readable:
                return b""
            data = os.read(self._serial.fileno(), _MOST)
        except OSError as error:
            raise SerialLost(str(error)) from error
        if not data:
            raise SerialLost("the device hung up")
        return data

    def cancel_read(self) -> None:
        """Let the read that is waiting, and every later one, return at once."""
        os.eventfd_write(self._cancelled, 1)

    def write(self, data: bytes, timeout: float = 1.0) -> None:
        """Hand all bytes to the device within ``timeout`` seconds.

        :raises SerialLost: the device is gone, or took too long.
        """
        deadline = time.monotonic() + timeout
        while data:
            written = self.write_some(data, deadline - time.monotonic())
            if not written and time.monotonic() > deadline:
                raise SerialLost(f"the device took nothing for {timeout:.0f} s")
            data = data[written:]

    def write_some(self, data: bytes | memoryview, timeout: float) -> int:
        """Hand over what the device takes at once, waiting up to ``timeout`` seconds until it takes any.

        :return: the number of bytes that it took, 0 when it took none in time.
        :raises SerialLost: the device is gone.
        """
        try:
            _, writable, _ = select.select([], [self._serial], [], max(0.0, timeout))
            return os.write(self._serial.fileno(), data) if writable else 0
        except BlockingIOError:
            return 0
        except OSError as error:
            raise SerialLost(str(error)) from error

    def discard_input(self) -> None:
        """Drop what came in and was not read.

        :raises SerialLost: the device is gone.
        """
        self._flush(termios.TCIFLUSH)

    def discard_output(self) -> None:
        """Drop what was written and has not left yet.

        :raises SerialLost: the device is gone.
        """
        self._flush(termios.TCOFLUSH)

    def _flush(self, queue: int) -> None:
        try:
            termios.tcflush(self._serial.fileno(), queue)
        except (OSError, termios.error) as error:
            raise SerialLost(str(error)) from error

    def set_baud(self, baud: int) -> None:
        """Talk at another rate from now on.

        :raises SerialLost: the device is gone.
        """
        try:
            self._serial.baudrate = baud
        except (OSError, ValueError, termios.error) as error:
            raise SerialLost(str(error)) from error
