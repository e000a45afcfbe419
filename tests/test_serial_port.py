"""The one serial port, on a real pty."""

import os
import termios
import threading
import tty

import pytest

from hardware import serial_port
from hardware.serial_port import SerialLostError, SerialPort
from tests.deadline import DEADLINE_SECONDS


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
    reader.join(DEADLINE_SECONDS)
    assert heard == [b""]


def test_what_came_in_unread_is_dropped(device, port):
    os.write(device.master, b"stale")
    port.discard_input()
    os.write(device.master, b"fresh")
    assert port.read(30) == b"fresh"


def test_an_unplugged_device_is_lost(device, port):
    device.unplug()
    with pytest.raises(SerialLostError):
        port.read(30)
    for use in (
        lambda: port.write(b"x"),
        port.discard_input,
        port.discard_output,
        lambda: port.set_baud(9600),
    ):
        with pytest.raises(SerialLostError):
            use()


def test_an_unplugged_device_ends_a_read_that_waits(device, port):
    outcome = []

    def read():
        try:
            port.read()
        except SerialLostError as lost:
            outcome.append(lost)

    reader = threading.Thread(target=read)
    reader.start()
    device.unplug()
    reader.join(DEADLINE_SECONDS)
    assert outcome


def test_a_device_that_takes_nothing_is_lost(port):
    with pytest.raises(SerialLostError, match="took nothing"):
        port.write(bytes(1_000_000), timeout=0.05)


def test_there_may_be_no_device(tmp_path):
    with pytest.raises(SerialLostError, match="nothing"):
        SerialPort(str(tmp_path / "nothing"), 115200)


def test_a_device_is_held_by_one_only(device, port):
    with pytest.raises(SerialLostError):
        SerialPort(device.path, 115200)


@pytest.fixture
def link(device, tmp_path):
    link = tmp_path / "stable-name"
    link.symlink_to(device.path)
    return link


@pytest.fixture
def linked(link):
    port = SerialPort(str(link), 115200)
    yield port
    port.close()


@pytest.fixture
def silence_is_over(monkeypatch):
    monkeypatch.setattr(serial_port, "SILENCE", 0.0)


@pytest.fixture
def another():
    another = Device()
    yield another
    another.unplug()


def test_a_line_that_was_heard_just_now_is_alive(linked):
    for answers in (True, False):
        linked.check_alive(answers=answers)


def test_a_device_that_should_answer_is_lost_after_a_silence(linked, silence_is_over):
    with pytest.raises(SerialLostError, match="silent"):
        linked.check_alive(answers=True)


def test_a_device_that_only_speaks_may_be_silent_for_hours(linked, silence_is_over):
    linked.check_alive(answers=False)


def test_a_silent_line_whose_name_leads_to_another_device_is_lost(linked, link, another, silence_is_over):
    link.unlink()
    link.symlink_to(another.path)
    with pytest.raises(SerialLostError, match="another device"):
        linked.check_alive(answers=False)


def test_a_silent_line_whose_name_is_gone_is_lost(linked, link, silence_is_over):
    link.unlink()
    with pytest.raises(SerialLostError):
        linked.check_alive(answers=False)


def test_a_silent_line_that_another_program_has_set_otherwise_is_lost(linked, device, silence_is_over):
    settings = termios.tcgetattr(device.slave)
    settings[4] = settings[5] = termios.B9600
    termios.tcsetattr(device.slave, termios.TCSANOW, settings)
    with pytest.raises(SerialLostError, match="settings"):
        linked.check_alive(answers=False)


def test_a_rate_that_was_changed_here_is_no_reason_to_lose_the_line(linked, silence_is_over):
    linked.set_baud(9600)
    linked.check_alive(answers=False)


def test_an_unanswered_question_to_a_name_that_leads_elsewhere_needs_no_silence(linked, link, another):
    link.unlink()
    link.symlink_to(another.path)
    linked.check_alive(answers=False)  # it may be moved while a code is being read
    with pytest.raises(SerialLostError):
        linked.check_alive(answers=True)
