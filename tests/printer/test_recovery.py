"""After a crash, half-sent pictures, old answers and somebody else's paper are out of the way of a job."""

import os

import pytest

from hardware.printer.job import PrintState
from tests.printer.conftest import a_document, quick, wait_for


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
