"""After a crash, half-sent pictures, old answers and somebody else's paper are out of the way of a job."""

import os
import time

import pytest

from hardware import serial_port
from hardware.printer import profile as profiles
from hardware.printer.job import PrintState
from hardware.printer.status import PrinterProblem
from hardware.status import DeviceState
from tests.hardware.printer.conftest import a_document, quick, wait_for


def say_as_a_process_that_died(link, data: bytes) -> None:
    device = os.open(link, os.O_WRONLY | os.O_NOCTTY)
    os.write(device, data)
    os.close(device)


@pytest.mark.parametrize("rows", [1, 64])
def test_a_picture_that_was_cut_off_swallows_nothing_of_the_next_job(rows, simulate, connect, link):
    profile = quick("epson-tm-t88v")
    simulated = simulate(profile)
    printer = connect(profile)
    printer.print(printer.prepare(a_document()), 1)
    printer.close()
    say_as_a_process_that_died(link, b"\x1dv0\x00\x40\x00" + bytes([rows, 0]) + b"\xff" * 10)

    after = connect(profile, unfinished_job=True)
    assert after.print(after.prepare(a_document()), 2).state is PrintState.CONFIRMED
    first, remains, second = simulated.tickets
    assert remains.getextrema() == (0, 255)
    assert second.tobytes() == first.tobytes()


def test_the_remains_of_an_unfinished_job_are_not_on_the_next_citizens_ticket(simulate, connect, link):
    profile = quick("gb18030-80mm")
    simulated = simulate(profile)
    say_as_a_process_that_died(link, b"\x1c&" + "前一个人的资料\n".encode("gb18030") * 3)
    printer = connect(profile, unfinished_job=True)
    printer.print(printer.prepare(a_document()), 1)
    remains, ticket = simulated.tickets
    assert remains.getextrema() == (0, 255)
    assert ticket.height < remains.height + 40 * profile.paper.line_pitch
    printer.print(printer.prepare(a_document()), 2)
    assert simulated.tickets[2].tobytes() == ticket.tobytes()


@pytest.mark.parametrize("name", ["gb18030-80mm", "epson-tm-t88v"])
def test_the_late_answer_of_an_old_job_confirms_nothing(name, simulate, connect):
    simulated, printer = simulate(quick(name)), connect(quick(name))
    simulated.at(700, "paper", "out")
    assert printer.print(printer.prepare(a_document(60)), 7).state is PrintState.UNCERTAIN
    simulated.paper("full")
    wait_for(printer, lambda: printer.status.problem is None)

    simulated.at(500, "cover", "open")
    assert printer.print(printer.prepare(a_document(60)), 7).state is PrintState.UNCERTAIN


def test_an_uncertain_job_is_not_printed_later_by_surprise(simulate, connect):
    simulated, printer = simulate(quick("epson-tm-t88v")), connect(quick("epson-tm-t88v"))
    simulated.at(400, "paper", "out")
    printer.print(printer.prepare(a_document(100)), 1)
    printed = simulated.status()["millimetres"]
    simulated.paper("full")
    wait_for(printer, lambda: printer.status.problem is None)
    # Only what it takes to bring the remains to the knife, not the hundred lines.
    assert simulated.status()["millimetres"] - printed < 40


def test_a_printer_that_comes_back_as_another_device_is_found_by_its_stable_name(simulate, connect, link):
    simulated, printer = simulate(quick("epson-tm-t88v")), connect(quick("epson-tm-t88v"))
    simulated.power("off")
    wait_for(printer, lambda: printer.status.problem)
    taken = os.openpty()  # Very likely the old number, so that the printer gets a new one.
    simulated.power("on")
    try:
        wait_for(printer, lambda: printer.status.problem is None)
        assert printer.print(printer.prepare(a_document()), 1).state is PrintState.CONFIRMED
    finally:
        for end in taken:
            os.close(end)


@pytest.mark.parametrize("name", profiles.names())
def test_a_printer_that_had_another_baud_rate_for_long_is_back_by_itself(name, simulate, connect):
    """Both hear only noise meanwhile, in which the printer finds commands that nobody gave."""
    simulated, printer = simulate(quick(name)), connect(quick(name))
    simulated.baud(9600)
    wait_for(printer, lambda: printer.status.line is DeviceState.OFFLINE)
    while simulated.status()["received"] < 20_000:
        time.sleep(0.05)  # looks again
    simulated.baud(1_000_000)
    wait_for(printer, lambda: printer.status.problem is None)
    assert printer.print(printer.prepare(a_document()), 1).state is PrintState.CONFIRMED


@pytest.fixture
def silent_line():
    """A serial device where nobody answers; its two ends."""
    ends = os.openpty()
    yield ends
    for end in ends:
        os.close(end)


def test_a_name_that_led_to_a_silent_line_and_leads_to_the_printer_by_now_is_opened_again(
    silent_line, simulate, connect, link, monkeypatch
):
    monkeypatch.setattr(serial_port, "SILENCE", 0.2)
    link.symlink_to(os.ttyname(silent_line[1]))
    printer = connect(quick("gb18030-80mm"))
    assert printer.status.problem is PrinterProblem.OFFLINE
    simulate(quick("gb18030-80mm"))  # takes the name over; the silent line stays open
    wait_for(printer, lambda: printer.status.problem is None)
    assert printer.print(printer.prepare(a_document()), 1).state is PrintState.CONFIRMED


def test_a_line_that_stays_silent_is_offline_all_the_time(silent_line, connect, link, monkeypatch):
    monkeypatch.setattr(serial_port, "SILENCE", 0.2)
    link.symlink_to(os.ttyname(silent_line[1]))
    opened, told = [], []
    real = serial_port.SerialPort.__init__
    monkeypatch.setattr(
        serial_port.SerialPort, "__init__", lambda *them, **more: (opened.append(1), real(*them, **more))[1]
    )
    printer = connect(quick("gb18030-80mm"), on_status=told.append)
    while len(opened) < 3:
        os.read(silent_line[0], 65536)  # what the printer is asked, lest the line be full
    assert {status.line for status in told} == {DeviceState.OFFLINE}
    assert printer.status.problem is PrinterProblem.OFFLINE
