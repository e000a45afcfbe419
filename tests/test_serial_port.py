"""The one serial port, on a real pty."""

import os
import threading
import tty

import pytest

from hardware.serial_port import SerialLost, SerialPort


class Device:
    """The device's end of the line, which can be unplugged."""

    def __init__(self):
        self.master, self.slave = os.openpty()
        tty.setraw(self.slave)
        self.path = os.ttyname(self.slave)

    def unplug(self):
        for end in (self.master, self.slave):
            if end >= 0:
                os.close(end)
        self.master = self.slave = -1


@pytest.fixture
def device():
    device = Device()
    yield device
    device.unplug()


@pytest.fixture
def port(device):
    port = SerialPort(device.path, 115200)
    yield port
    port.close()


def test_bytes_go_both_ways(device, port):
    port.write(b"question")
    assert os.read(device.master, 100) == b"question"
    os.write(device.master, b"answer")
    assert port.read(30) == b"answer"


def test_a_read_ends_in_time_with_nothing(port):
    assert port.read(0.01) == b""


def test_a_read_that_waits_for_ever_is_cancelled(port):
    heard = []
    reader = threading.Thread(target=lambda: heard.append(port.read()))
    reader.start()
    port.cancel_read()
    reader.join(30)
    assert heard == [b""]


def test_what_came_in_unread_is_dropped(device, port):
    os.write(device.master, b"stale")
    port.discard_input()
    os.write(device.master, b"fresh")
    assert port.read(30) == b"fresh"


def test_an_unplugged_device_is_lost(device, port):
    device.unplug()
    with pytest.raises(SerialLost):
        port.read(30)
    for use in (
        lambda: port.write(b"x"),
        port.discard_input,
        port.discard_output,
        lambda: port.set_baud(9600),
    ):
        with pytest.raises(SerialLost):
            use()


def test_an_unplugged_device_ends_a_read_that_waits(device, port):
    outcome = []

    def read():
        try:
            port.read()
        except SerialLost as lost:
            outcome.append(lost)

    reader = threading.Thread(target=read)
    reader.start()
    device.unplug()
    reader.join(30)
    assert outcome


def test_a_device_that_takes_nothing_is_lost(port):
    with pytest.raises(SerialLost, match="took nothing"):
        port.write(bytes(1_000_000), timeout=0.05)


def test_there_may_be_no_device(tmp_path):
    with pytest.raises(SerialLost, match="nothing"):
        SerialPort(str(tmp_path / "nothing"), 115200)


def test_a_device_is_held_by_one_only(device, port):
    with pytest.raises(SerialLost):
        SerialPort(device.path, 115200)
