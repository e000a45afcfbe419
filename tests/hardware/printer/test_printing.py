"""Healthy printers: every job ends CONFIRMED, and the paper says what the document says."""

import time

import pytest
import zxingcpp
from PIL import Image

from hardware.printer import profile as profiles
from hardware.printer.document import Document, QrCode, Text
from hardware.printer.encoder import UnprintableCharacterError
from hardware.printer.job import PrintState
from hardware.printer.profile import FlowControl
from hardware.printer.receipt_printer import PrinterNotReadyError
from hardware.printer.status import PrinterProblem
from hardware.status import MediaState, PaperState
from tests.deadline import DEADLINE_SECONDS
from tests.hardware.printer.conftest import a_document, quick, wait_for

URL = "https://12333.example.cn/v#" + "Ab3" * 46


@pytest.mark.parametrize("name", profiles.names())
def test_a_job_ends_confirmed_and_its_qr_code_can_be_read_from_the_paper(name, simulate, connect, tmp_path):
    simulated = simulate(quick(name))
    printer = connect(quick(name))
    outcome = printer.print(printer.prepare(Document("test", [Text("㛃"), QrCode(URL), Text("底")])), 1234)
    assert outcome.state is PrintState.CONFIRMED
    assert outcome.reason is None
    assert outcome.bytes > 300
    ticket = tmp_path / "paper" / ("ticket-0001.png" if printer.profile.cutter.command else "uncut.png")
    picture = Image.open(ticket) if ticket.exists() else simulated.uncut
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [URL]


def test_jobs_follow_each_other(simulate, connect):
    simulated, printer = simulate(quick("epson-tm-t88v")), connect(quick("epson-tm-t88v"))
    states = [printer.print(printer.prepare(a_document()), number).state for number in range(3)]
    assert states == [PrintState.CONFIRMED] * 3
    first, second, third = (ticket.tobytes() for ticket in simulated.tickets)
    assert first == second == third


def test_progress_goes_from_sending_to_sent(simulate, connect):
    simulate(quick("epson-tm-t88v"))
    printer = connect(quick("epson-tm-t88v"))
    seen = []
    printer.print(printer.prepare(a_document()), 1, lambda state, part: seen.append((state, part)))
    assert seen[0] == (PrintState.SENDING, 0.0)
    assert seen[-1] == (PrintState.SENT, 1.0)
    assert [part for _, part in seen] == sorted(part for _, part in seen)


def test_paper_near_its_end_is_a_warning_and_prints(simulate, connect):
    simulated, printer = simulate(quick("gb18030-80mm")), connect(quick("gb18030-80mm"))
    simulated.paper("low")
    wait_for(printer, lambda: printer.status.paper is PaperState.LOW)
    assert printer.status.problem is None
    assert printer.print(printer.prepare(a_document()), 1).state is PrintState.CONFIRMED


def test_an_unprintable_character_stops_the_job_before_the_first_byte(simulate, connect):
    simulated, printer = simulate(quick("epson-tm-t88v")), connect(quick("epson-tm-t88v"))
    with pytest.raises(UnprintableCharacterError):
        printer.prepare(Document("test", [Text("参保证明"), Text("\U0002ebf0")]))
    assert simulated.status()["millimetres"] == 0


def test_a_presenter_holds_the_ticket_until_it_is_taken_or_taken_back(simulate, connect):
    simulated, printer = simulate(quick("custom-kpm")), connect(quick("custom-kpm"))
    assert printer.print(printer.prepare(a_document()), 1).state is PrintState.CONFIRMED
    assert printer.status.media is MediaState.PRESENT
    printer.retract()
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not simulated.status()["retracted"] and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not simulated.take()


@pytest.mark.parametrize("flow", FlowControl)
def test_no_dot_is_lost_to_a_slow_head(flow, simulate, connect):
    slow = profiles.change(quick("gb18030-80mm"), "mechanics", speed_mm_s=15)
    slow = profiles.change(slow, "serial", flow=flow, buffer=4096)
    document = Document("test", [QrCode(URL)])
    simulated, printer = simulate(slow, speed=30), connect(slow)
    assert printer.print(printer.prepare(document), 1).state is PrintState.CONFIRMED
    (code,) = zxingcpp.read_barcodes(
        simulated.tickets[0].resize([side * 2 for side in simulated.tickets[0].size])
    )
    assert code.text == URL


def test_a_job_is_not_offered_while_the_printer_cannot_print(simulate, connect):
    simulated, printer = simulate(quick("epson-tm-t88v")), connect(quick("epson-tm-t88v"))
    simulated.paper("out")
    wait_for(printer, lambda: printer.status.problem)
    with pytest.raises(PrinterNotReadyError) as caught:
        printer.prepare(a_document())
    assert caught.value.problem is PrinterProblem.PAPER_OUT
