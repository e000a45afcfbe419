"""The simulated printer behaves as the manuals say, also where that is unpleasant."""

import os
import select
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops

from hardware.printer import profile as profiles
from hardware.printer.profile import FlowControl
from hardware.simulator.control import ControlError, tell
from hardware.simulator.printer_stream import Code, DotRow, RealTime, Stream
from tests.deadline import DEADLINE_SECONDS
from tests.hardware.printer.conftest import quick

EPSON = quick("epson-tm-t88v")


class Host:
    """A host that knows nothing: it writes bytes and reads bytes."""

    def __init__(self, link):
        self.device = os.open(link, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)

    def say(self, data: bytes) -> None:
        while data:
            select.select([], [self.device], [], 10)
            data = data[os.write(self.device, data) :]

    def hear(self, count: int, timeout: float = DEADLINE_SECONDS) -> bytes:
        heard, deadline = b"", time.monotonic() + timeout
        while len(heard) < count and (rest := deadline - time.monotonic()) > 0:
            if select.select([self.device], [], [], rest)[0]:
                heard += os.read(self.device, count - len(heard))
        return heard

    def ask(self, data: bytes, count: int) -> bytes:
        self.say(data)
        return self.hear(count)


@pytest.fixture
def host(link):
    hosts = []

    def connect() -> Host:
        hosts.append(Host(link))
        return hosts[-1]

    yield connect
    for each in hosts:
        os.close(each.device)


@pytest.fixture
def printer(simulate):
    simulated = simulate(EPSON)
    simulated.baud(38400)  # what a fresh pty says of itself
    return simulated


@given(st.binary(max_size=300))
def test_any_bytes_are_read_without_a_stumble(data):
    stream = Stream()
    for byte in data:
        stream.feed(byte)


def test_a_status_question_inside_a_picture_is_pixels():
    stream = Stream()
    items = [
        item for byte in b"\x1dv0\x00\x03\x00\x01\x00\x10\x04\x01\x10\x04\x01" for item in stream.feed(byte)
    ]
    assert items[1:] == [DotRow(b"\x10\x04\x01", 1, 1, 3), RealTime("DLE EOT", b"\x01")]


def test_nuls_end_a_picture_and_mean_nothing_elsewhere():
    stream = Stream()
    for byte in b"\x1dv0\x00\x40\x00\x40\x00" + bytes(8192):
        stream.feed(byte)
    assert stream.feed(ord("a")) == [Code(ord("a"))]


@pytest.mark.parametrize(
    ("trouble", "answers"),
    [
        (None, b"\x12\x12\x12\x12"),
        (("paper", "low"), b"\x12\x12\x12\x1e"),
        (("paper", "out"), b"\x1a\x32\x12\x7e"),
        (("cover", "open"), b"\x1a\x16\x12\x12"),
        (("heat", "on"), b"\x1a\x52\x52\x12"),
    ],
)
def test_real_time_status_is_answered_even_offline(trouble, answers, printer, host):
    if trouble:
        printer.verbs[trouble[0]](*trouble[1:])
    assert host().ask(b"".join(b"\x10\x04" + bytes([n]) for n in (1, 2, 3, 4)), 4) == answers


def test_automatic_status_comes_at_once_and_at_each_change_until_esc_at(printer, host):
    line = host()
    assert line.ask(b"\x1da\xff", 4) == b"\x10\x00\x00\x0f"
    printer.cover("open")
    assert line.hear(4) == b"\x38\x00\x00\x0f"
    printer.cover("closed")
    assert line.hear(4) == b"\x10\x00\x00\x0f"
    assert line.ask(b"\x1b@\x1dr\x01", 1) == b"\x00"
    printer.cover("open")
    assert line.ask(b"\x10\x04\x02", 1) == b"\x16"


def test_in_order_questions_wait_for_paper(printer, host):
    line = host()
    printer.paper("out")
    assert line.ask(b"\x1dr\x01\x1d(H\x06\x00000042\x10\x04\x01", 1) == b"\x1a"
    printer.paper("full")
    assert line.hear(8) == b"\x00\x37\x220042\x00"


def test_a_printer_without_flow_control_throws_away_what_it_cannot_hold(simulate, host):
    deaf = profiles.change(profiles.change(EPSON, "serial", flow=FlowControl.NONE), "mechanics", speed_mm_s=1)
    simulated = simulate(deaf, speed=5)
    simulated.baud(38400)
    line = host()
    line.say(b"a\n" * 4000)
    deadline = time.monotonic() + DEADLINE_SECONDS
    while simulated.received < 8000 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert simulated.status()["buffered"] <= 4096


def test_the_font_lacks_what_the_profile_does_not_promise(printer, host):
    line = host()
    line.ask(b"\x1c&" + "㛃䶮喆".encode("gb18030") + b"\n\x1dr\x01", 1)
    assert printer.uncut.getextrema() == (255, 255)
    line.ask("王".encode("gb18030") + b"\n\x1dr\x01", 1)
    assert printer.uncut.getextrema() == (0, 255)


def test_double_size_is_the_same_character_twice_as_large(printer, host):
    line = host()
    line.ask(b"\x1c&" + "国".encode("gb18030") + b"\n\x1dr\x01", 1)
    once = printer.uncut
    line.ask(b"\x1d!\x11" + "国".encode("gb18030") + b"\n\x1dr\x01", 1)
    twice = printer.uncut.crop((0, once.height, 48, printer.uncut.height))
    once = once.crop((0, once.height - 30, 24, once.height - 6)).resize((48, 48), Image.Resampling.NEAREST)
    assert ImageChops.difference(once, twice).getbbox() is None


def test_what_is_between_head_and_knife_belongs_to_the_next_ticket(printer, host):
    host().ask(b"a\n\x1dV\x01\x1dVB\x00\x1dr\x01", 1)
    first, second = printer.tickets
    assert first.getextrema() == (255, 255)
    assert second.getextrema() == (0, 255)


def test_the_machinery_takes_its_time(simulate, host):
    simulated = simulate(EPSON, speed=1)
    simulated.baud(38400)
    begun = time.monotonic()
    host().ask(b"a\n" * 30 + b"\x1dVB\x00\x1dr\x01", 1)
    millimetres = simulated.status()["millimetres"]
    assert time.monotonic() - begun >= millimetres / 300 + 0.3


def test_the_control_channel_takes_the_same_words(simulate, tmp_path):
    control = tmp_path / "control"
    simulated = simulate(EPSON, control=control)
    tell(control, "paper", "out")
    tell(control, "cover", "open")
    assert tell(control, "status") == simulated.status()
    assert simulated.status()["paper"] == "out"
    for wrong in (("paper", "purple"), ("cover", "ajar"), ("at", "5", "explode"), ("explode",)):
        with pytest.raises(ControlError):
            tell(control, *wrong)


def test_dying_at_a_byte_leaves_the_paper_as_it_was(printer, host, link, tmp_path):
    line = host()
    line.ask(b"a\n\x1dr\x01", 1)
    printer.verbs["die-at"](3)
    line.say(b"bbbbbb")
    deadline = time.monotonic() + DEADLINE_SECONDS
    while link.is_symlink() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not link.is_symlink()
    assert Image.open(tmp_path / "paper" / "uncut.png").getextrema() == (0, 255)


LINE = b"\x1dV\x00" + b"a\n" * 40
"""A cut, so that the paper begins here, and 40 lines of about 4 mm."""


def wait_until(true, seconds=DEADLINE_SECONDS):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_what_waits_for_so_much_paper_happens_in_the_middle_of_the_print(printer, host):
    printer.after(40, "cover", "open")
    assert printer.status()["armed"] == [["cover", "open"]]
    host().say(LINE)
    wait_until(lambda: printer.status()["cover_open"])
    assert 40 <= printer.status()["millimetres"] < 50
    assert printer.status()["armed"] == []
    with pytest.raises(ValueError, match="no verb 'explode'"):
        printer.after(5, "explode")


def test_what_is_disarmed_does_not_happen(printer, host):
    printer.after(10, "cover", "open")
    printer.at(20, "power", "off")
    printer.disarm()
    assert host().ask(LINE + b"\x1dr\x01", 1) == b"\x00"
    assert printer.status()["power"] and not printer.status()["cover_open"]


def test_without_its_cable_it_prints_what_it_has_received(printer, host, link):
    line = host()
    printer.after(4, "cover", "open")
    line.say(LINE)
    wait_until(lambda: printer.status()["cover_open"] and printer.status()["buffered"] > 20)
    printer.cable("out")
    assert not link.exists()
    waiting = printer.status()["buffered"]
    printer.cover("closed")
    wait_until(lambda: printer.status()["buffered"] == 0)
    assert printer.status()["millimetres"] > waiting  # a line of two bytes is 4 mm
    assert printer.status()["power"] and not printer.status()["cable"]
    printer.cable("in")
    assert host().ask(b"\x10\x04\x01", 1) == b"\x12"


def test_without_power_its_cable_brings_nothing_back(printer, link):
    printer.power("off")
    printer.cable("out")
    printer.cable("in")
    assert not link.exists()
    printer.power("on")
    assert link.exists()


def test_the_paper_that_hangs_out_is_drawn_when_asked_for(simulate, host, tmp_path):
    simulated = simulate(EPSON, paper=tmp_path)
    simulated.baud(38400)
    assert host().ask(b"a\n" * 5 + b"\x1dr\x01", 1) == b"\x00"
    assert not (tmp_path / "uncut.png").exists()
    simulated.save_uncut()
    with Image.open(tmp_path / "uncut.png") as uncut:
        assert uncut.convert("L").getextrema()[0] == 0
