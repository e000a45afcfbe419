"""Trouble in a job: the end is UNCERTAIN with its reason, and the next job is clean."""

from itertools import pairwise

import pytest

from hardware.printer.job import PrintState
from hardware.printer.receipt_printer import PrinterNotReadyError
from hardware.printer.status import PrinterProblem
from hardware.status import DeviceState
from tests.hardware.printer.conftest import a_document, quick, wait_for

KINDS = ["epson-tm-t88v", "gb18030-80mm", "custom-kpm"]
TROUBLE = {
    PrinterProblem.PAPER_OUT: [("at", "500", "paper", "out"), ("paper", "full")],
    PrinterProblem.COVER_OPEN: [("at", "500", "cover", "open"), ("cover", "closed")],
    PrinterProblem.CUTTER: [("cutter", "jam"), ("cutter", "free")],
    PrinterProblem.OVERHEATED: [("at", "500", "heat", "on"), ("heat", "off")],
    PrinterProblem.DISCONNECTED: [("at", "500", "power", "off"), ("power", "on")],
    PrinterProblem.GARBLED: [("at", "500", "garbage", "on"), ("garbage", "off")],
    PrinterProblem.NO_ANSWER: [("at", "500", "silence", "on"), ("silence", "off")],
}


def do(simulated, words):
    simulated.verbs[words[0]](*words[1:])


# How trouble is told differs by kind only for what the printer itself sees.
CASES = [(name, PrinterProblem.PAPER_OUT) for name in KINDS] + [("custom-kpm", PrinterProblem.CUTTER)]
CASES += [("epson-tm-t88v", problem) for problem in TROUBLE if ("epson-tm-t88v", problem) not in CASES]


@pytest.mark.parametrize(("name", "problem"), CASES)
def test_trouble_in_a_job_is_named_and_the_next_job_is_clean(name, problem, simulate, connect):
    begin, mend = TROUBLE[problem]
    clean = a_document()
    simulated, printer = simulate(quick(name)), connect(quick(name))
    printer.print(printer.prepare(clean), 1)
    do(simulated, begin)

    outcome = printer.print(printer.prepare(a_document(60)), 2)
    assert (outcome.state, outcome.reason) == (PrintState.UNCERTAIN, problem)

    do(simulated, mend)
    wait_for(printer, lambda: printer.status.problem is None)
    assert printer.print(printer.prepare(clean), 3).state is PrintState.CONFIRMED
    assert simulated.tickets[-1].tobytes() == simulated.tickets[0].tobytes()


@pytest.mark.parametrize("name", KINDS[:2])
def test_a_printer_that_restarts_in_a_job_does_not_confirm_the_rest_of_it(name, simulate, connect):
    simulated, printer = simulate(quick(name)), connect(quick(name))
    simulated.at(600, "restart")
    outcome = printer.print(printer.prepare(a_document(200)), 1)
    assert outcome.state is PrintState.UNCERTAIN


def test_paper_that_ends_at_a_millimetre_ends_the_job_there(simulate, connect):
    simulated, printer = simulate(quick("epson-tm-t88v")), connect(quick("epson-tm-t88v"))
    simulated.paper("out", 40)
    outcome = printer.print(printer.prepare(a_document(60)), 1)
    assert outcome.reason is PrinterProblem.PAPER_OUT
    assert 40 <= simulated.status()["millimetres"] < 46


def test_what_happens_between_two_jobs_is_known_before_the_next_one(simulate, connect):
    seen = []
    simulated = simulate(quick("epson-tm-t88v"))
    printer = connect(quick("epson-tm-t88v"), on_status=seen.append)
    for words, problem in (
        (("cover", "open"), PrinterProblem.COVER_OPEN),
        (("cover", "closed"), None),
        (("power", "off"), PrinterProblem.DISCONNECTED),
        (("power", "on"), None),
    ):
        do(simulated, words)
        wait_for(printer, lambda problem=problem: printer.status.problem is problem)
    assert all(one != other for one, other in pairwise(seen))


def test_a_job_that_is_broken_off_from_above_leaves_a_clean_printer(simulate, connect):
    simulated, printer = simulate(quick("epson-tm-t88v")), connect(quick("epson-tm-t88v"))

    def card_pulled(state, part):
        if part > 0.3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        printer.print(printer.prepare(a_document(60)), 1, card_pulled)
    wait_for(printer, lambda: printer.status.problem is None)
    for _ in range(2):
        assert printer.print(printer.prepare(a_document()), 2).state is PrintState.CONFIRMED
    _, first, second = simulated.tickets
    assert first.tobytes() == second.tobytes()


def test_before_the_first_byte_nothing_is_uncertain(simulate, connect):
    simulated, printer = simulate(quick("epson-tm-t88v")), connect(quick("epson-tm-t88v"))
    job = printer.prepare(a_document())
    before = simulated.status()["millimetres"]
    simulated.power("off")
    with pytest.raises(PrinterNotReadyError):
        printer.print(job, 1)
    simulated.power("on")
    wait_for(printer, lambda: printer.status.problem is None)
    assert simulated.status()["millimetres"] == before
    assert printer.print(job, 1).state is PrintState.CONFIRMED


def test_a_silent_printer_gets_no_byte_of_a_job(simulate, connect):
    simulated, printer = simulate(quick("epson-tm-t88v")), connect(quick("epson-tm-t88v"))
    job = printer.prepare(a_document())
    simulated.silence("on")
    with pytest.raises(PrinterNotReadyError) as caught:
        printer.print(job, 1)
    assert caught.value.problem is PrinterProblem.OFFLINE
    assert simulated.uncut.getextrema() == (255, 255)
    simulated.silence("off")


def test_a_wrong_baud_rate_is_a_printer_that_does_not_answer(simulate, connect):
    simulated = simulate(quick("epson-tm-t88v"))
    simulated.baud(9600)
    printer = connect(quick("epson-tm-t88v"))
    assert printer.status.problem is PrinterProblem.OFFLINE
    simulated.baud(1_000_000)
    wait_for(printer, lambda: printer.status.problem is None)


def test_without_a_device_the_printer_is_disconnected_until_it_comes(simulate, connect):
    printer = connect(quick("epson-tm-t88v"))
    assert printer.status.device is DeviceState.NO_DEVICE
    assert printer.status.problem is PrinterProblem.DISCONNECTED
    simulate(quick("epson-tm-t88v"))
    wait_for(printer, lambda: printer.status.problem is None)
