"""The serial line, on a bare pty: deadlines, loss, pace, and flow control that is obeyed."""

import os
import threading
import time
import tty
from collections.abc import Iterator

import pytest

from hardware.printer.line import LineInterruptedError, LineLostError, LineStalledError, SerialLine
from hardware.printer.profile import FlowControl, Serial
from tests.deadline import DEADLINE_SECONDS

QUICK = Serial(baud=1_000_000, flow=FlowControl.NONE)
MORE_THAN_THE_KERNEL_HOLDS = bytes(64 * 1024)


class Pty:
    def __init__(self) -> None:
        self.master, self.slave = os.openpty()
        tty.setraw(self.slave)
        self.path = os.ttyname(self.slave)
        self.heard: list[bytes] = []
        self.lost = threading.Event()

    def open(self, settings: Serial = QUICK, **options: float) -> SerialLine:
        return SerialLine(self.path, settings, self.heard.append, self.lost.set, **options)

    def take(self, count: int) -> bytes:
        """Read as many bytes as are sure to come."""
        taken = b""
        while len(taken) < count:
            taken += os.read(self.master, count - len(taken))
        return taken

    def unplug(self) -> None:
        if self.master >= 0:
            os.close(self.master)
            os.close(self.slave)
            self.master = -1


@pytest.fixture
def pty() -> Iterator[Pty]:
    pty = Pty()
    yield pty
    pty.unplug()


def test_what_is_written_arrives(pty):
    with pty.open() as line:
        line.write(b"\x1b@" + b"a" * 600)
        assert pty.take(602) == b"\x1b@" + b"a" * 600
        assert line.written == 602


def test_a_device_that_is_not_there_is_lost():
    with pytest.raises(LineLostError, match="/dev/serial/by-id/none"):
        SerialLine("/dev/serial/by-id/none", QUICK, print, print)


def test_a_device_is_held_by_one_only(pty):
    with pty.open(), pytest.raises(LineLostError):
        pty.open()


def test_a_printer_that_takes_nothing_does_not_block_for_ever(pty):
    with pty.open(stall=0.2) as line, pytest.raises(LineStalledError):
        line.write(MORE_THAN_THE_KERNEL_HOLDS)


def test_a_writer_can_be_told_to_stop(pty):
    with pty.open() as line, pytest.raises(LineInterruptedError):
        line.write(MORE_THAN_THE_KERNEL_HOLDS, interrupted=lambda: line.written > 1000)


def test_a_pulled_plug_is_seen_by_reader_and_writer(pty):
    with pty.open() as line:
        pty.unplug()
        assert pty.lost.wait(DEADLINE_SECONDS)
        with pytest.raises(LineLostError):
            line.write(b"a")


def test_the_host_stops_at_xoff_and_goes_on_at_xon(pty):
    with pty.open(Serial(baud=1_000_000, flow=FlowControl.XON_XOFF), stall=0.2) as line:
        os.write(pty.master, b"\x13")
        with pytest.raises(LineStalledError):
            line.write(b"held off")
        os.write(pty.master, b"\x11")
        line.write(b"go on")
        assert pty.take(5) == b"go on"
        assert pty.heard == []


def test_the_writer_keeps_the_pace_of_the_wire(pty):
    with pty.open(Serial(baud=9600, flow=FlowControl.NONE)) as line:
        begun = time.monotonic()
        line.write(bytes(480))
        line.wait_until_sent()
        assert time.monotonic() - begun >= 480 * 10 / 9600


def test_what_the_kernel_still_holds_can_be_dropped(pty):
    os.set_blocking(pty.master, False)
    with pty.open(Serial(baud=1_000_000, flow=FlowControl.XON_XOFF), stall=0.2) as line:
        line.write(b"to be forgotten")
        line.discard()
        line.write(b"new")
        arrived = b""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not arrived.endswith(b"new") and time.monotonic() < deadline:
            try:
                arrived += os.read(pty.master, 100)
            except BlockingIOError:
                time.sleep(0.01)
        assert arrived.endswith(b"new")


def test_closing_ends_the_reader_also_in_the_middle_of_a_reply():
    for _ in range(200):
        pty = Pty()
        line = pty.open()
        os.write(pty.master, b"\x10\x00\x00\x0f")
        line.close()
        pty.unplug()


def test_no_thread_stays_behind(pty):
    before = threading.active_count()
    pty.open().close()
    assert threading.active_count() == before
