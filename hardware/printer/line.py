"""The serial line to the printer, at the pace of its wire."""

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from hardware.printer.profile import FlowControl, Serial
from hardware.serial_port import SerialLostError, SerialPort

# The kernel keeps kilobytes for us, and a status question would stand behind all of them.
STEP = 256
_BITS_A_BYTE = 10
_LOOK_EACH = 0.1


class LineError(Exception):
    """The line does not carry what is written to it."""


class LineLostError(LineError):
    """There is no device at the port, or it is there no more."""


class LineSilentError(LineError):
    """The device is silent: its path must be reopened, because it may lead to another device by now."""


class LineStalledError(LineError):
    """The other side took no byte for a long time."""


class LineInterruptedError(LineError):
    """The writer was told to stop before all was written."""


class SerialLine:
    """An open line. Replies are given to ``on_data`` from its reader thread; ``on_lost`` is its last call.

    :param port: the stable path of the device, such as ``/dev/serial/by-id/…``.
    :raises LineLostError: there is no such device, or somebody else holds it.
    """

    def __init__(
        self,
        port: str,
        settings: Serial,
        on_data: Callable[[bytes], None],
        on_lost: Callable[[], None],
        stall: float = 10.0,
    ) -> None:
        self._seconds_a_byte = _BITS_A_BYTE / settings.baud
        self._stall = stall
        self._on_data = on_data
        self._on_lost = on_lost
        self._all_sent_at = 0.0
        self.written = 0
        try:
            self._serial = SerialPort(
                port,
                settings.baud,
                xonxoff=settings.flow is FlowControl.XON_XOFF,
                rtscts=settings.flow is FlowControl.RTS_CTS,
            )
        except SerialLostError as error:
            raise LineLostError(str(error)) from error
        self._reader = threading.Thread(target=self._read, name=f"printer {port}", daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the reader thread and close the port."""
        self._serial.cancel_read()
        self._reader.join()
        self._serial.close()

    def check_alive(self) -> None:
        """Give up the line if it is dead, after a question that was not answered.

        :raises LineSilentError: it is.
        """
        try:
            self._serial.check_alive(answers=True)
        except SerialLostError as error:
            raise LineSilentError(str(error)) from error

    def _read(self) -> None:
        try:
            while data := self._serial.read():
                self._on_data(data)
        except SerialLostError:
            self._on_lost()

    def write(self, data: bytes, interrupted: Callable[[], bool] = lambda: False) -> None:
        """Write at the pace of the wire, in steps between which ``interrupted`` may end it.

        :raises LineInterruptedError: some of the data may have been written.
        :raises LineStalledError: nothing went out for ``stall`` seconds.
        :raises LineLostError: the device is gone.
        """
        rest = memoryview(data)
        deadline = time.monotonic() + self._stall
        while rest:
            if interrupted():
                raise LineInterruptedError("told to stop")
            self._wait_for_the_wire()
            if written := self._write_step(rest[:STEP]):
                rest = rest[written:]
                deadline = time.monotonic() + self._stall
            elif time.monotonic() > deadline:
                raise LineStalledError(f"the printer took nothing for {self._stall:.0f} s")

    def _wait_for_the_wire(self) -> None:
        """Keep no more than one step ahead of the wire, so that the kernel never hides where we are."""
        ahead = self._all_sent_at - time.monotonic() - STEP * self._seconds_a_byte
        if ahead > 0:
            time.sleep(ahead)

    def _write_step(self, step: memoryview) -> int:
        try:
            written = self._serial.write_some(step, _LOOK_EACH)
        except SerialLostError as error:
            raise LineLostError(str(error)) from error
        self.written += written
        self._all_sent_at = max(self._all_sent_at, time.monotonic()) + written * self._seconds_a_byte
        return written

    def discard(self) -> None:
        """Drop what the kernel still holds for the printer, so that it is not printed later by surprise."""
        try:
            self._serial.discard_output()
        except SerialLostError as error:
            raise LineLostError(str(error)) from error
        self._all_sent_at = 0.0

    def wait_until_sent(self) -> None:
        """Wait until the last byte has left at the line's baud rate."""
        time.sleep(max(0.0, self._all_sent_at - time.monotonic()))
