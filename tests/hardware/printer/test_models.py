"""What is particular to one model: a wrong profile, presenters, and questions in a picture."""

import time

import pytest
import zxingcpp

from hardware.printer import profile as profiles
from hardware.printer import receipt_printer
from hardware.printer.document import Document, QrCode, Text
from hardware.printer.encoder import encode_commands
from hardware.printer.job import PrintState
from hardware.printer.pictures import HeadPace, pieces
from hardware.printer.receipt_printer import PrinterNotReadyError
from hardware.printer.status import PrinterProblem, PrinterStatus
from hardware.simulator.printer_mechanism import Mechanism
from hardware.simulator.printer_paper import Paper
from hardware.simulator.printer_stream import Stream
from hardware.status import DeviceState, MediaState, PaperState
from tests.deadline import DEADLINE_SECONDS
from tests.hardware.printer.conftest import a_document, quick, wait_for

URL = "https://12333.example.cn/v#" + "Ab3" * 46
PICTURES = Document("test", [Text("㛃"), QrCode(URL), Text("底")])


# A profile of another model


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(receipt_printer, "_PATIENT_SECONDS", 0.3)


def test_a_printer_that_does_not_know_its_profiles_question_is_told_as_a_wrong_profile(
    simulate, connect, impatient
):
    simulated = simulate(quick("gb18030-80mm"))
    printer = connect(quick("epson-tm-t88v"))
    assert printer.status.problem is PrinterProblem.WRONG_PROFILE
    assert printer.status.device is DeviceState.USER_ERROR
    with pytest.raises(PrinterNotReadyError) as caught:
        printer.prepare(a_document())
    assert caught.value.problem is PrinterProblem.WRONG_PROFILE
    assert simulated.status()["millimetres"] == 0


def test_a_wrong_profile_is_told_all_the_time_and_trouble_of_the_printer_beside_it(
    simulate, connect, impatient
):
    told = []
    simulated = simulate(quick("gb18030-80mm"))
    printer = connect(quick("epson-tm-t88v"), on_status=told.append)
    simulated.cover("open")
    wait_for(printer, lambda: printer.status.problem is PrinterProblem.COVER_OPEN)
    simulated.cover("closed")
    wait_for(printer, lambda: printer.status.problem is PrinterProblem.WRONG_PROFILE)
    assert [status.problem for status in told if status.line is DeviceState.ONLINE] == [
        PrinterProblem.WRONG_PROFILE,
        PrinterProblem.COVER_OPEN,
        PrinterProblem.WRONG_PROFILE,
    ]


def test_a_printer_that_answers_its_profiles_question_after_all_is_believed(
    simulate, connect, impatient, monkeypatch
):
    monkeypatch.setattr(receipt_printer, "_ASK_PROFILE_AGAIN_SECONDS", 0.0)
    simulated = simulate(quick("gb18030-80mm"))
    printer = connect(quick("epson-tm-t88v"))
    assert printer.status.problem is PrinterProblem.WRONG_PROFILE
    simulated._mechanism._profile = quick("epson-tm-t88v")
    wait_for(printer, lambda: printer.status.problem is None)
    assert printer.print(printer.prepare(a_document()), 1).state is PrintState.CONFIRMED


def test_a_printer_that_answers_nothing_has_no_wrong_profile(simulate, connect):
    simulate(quick("gb18030-80mm")).silence("on")
    assert connect(quick("epson-tm-t88v")).status.problem is PrinterProblem.OFFLINE


# Presenters


def test_a_ticket_that_is_taken_before_the_sensor_is_asked_was_there(simulate, connect):
    simulated, printer = simulate(quick("custom-kpm")), connect(quick("custom-kpm"))
    before = simulated.received
    printer.print(printer.prepare(a_document()), 1)
    query = len(bytes.fromhex(printer.profile.presenter.query))
    # The last bytes of a job are the question to the sensor: somebody takes the ticket as it arrives.
    simulated.take()
    job = simulated.received - before
    simulated.at(job - query + 1, "take")
    outcome = printer.print(printer.prepare(a_document()), 2)
    assert (outcome.state, printer.status.media) == (PrintState.CONFIRMED, MediaState.NOT_PRESENT)
    assert not simulated.status()["ticket_in_mouth"]


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (b"\x00\x00\x00\x00", None),
        (b"\x20\x00\x00\x00", None),
        (b"\x00\x00\x40\x00", PrinterProblem.PAPER_JAM),
        (b"\x00\x00\x00\x01", PrinterProblem.CUTTER),
        (b"\x00\x00\x00\x80", PrinterProblem.HARDWARE),
    ],
)
def test_an_empty_mouth_with_trouble_on_the_way_to_it_is_no_ticket_that_was_taken(answer, problem):
    ready = PrinterStatus(line=DeviceState.ONLINE, paper=PaperState.FULL)
    assert ready.with_full_status(answer).problem is problem


def test_the_citizen_is_told_to_hold_the_ticket_before_each_job(simulate, connect):
    simulated = simulate(quick("citizen-pmu2300"))
    assert simulated.status()["retracts_after"] == 5
    printer = connect(quick("citizen-pmu2300"))
    assert printer.print(printer.prepare(a_document()), 1).state is PrintState.CONFIRMED
    assert (simulated.status()["ticket_in_mouth"], simulated.status()["retracts_after"]) == (True, 0)


def test_a_citizen_that_is_not_told_takes_the_ticket_back_by_itself(simulate, connect):
    untold = profiles.change(quick("citizen-pmu2300"), "presenter", hold="")
    seen = Waiting(simulate(untold))
    printer = connect(untold)
    printer.print(printer.prepare(a_document()), 1)
    seen.wait_until(lambda status: status["retracted"] == 1 and not status["ticket_in_mouth"])


def test_a_vkp80_takes_a_ticket_back_that_nobody_takes_for_a_minute(simulate, connect):
    seen = Waiting(simulate(quick("custom-vkp80")))
    printer = connect(quick("custom-vkp80"))
    assert printer.print(printer.prepare(a_document()), 1).state is PrintState.CONFIRMED
    assert printer.status.media is MediaState.PRESENT
    seen.wait_until(lambda status: status["retracted"] == 1)


@pytest.mark.parametrize(
    ("name", "of_the_other"), [("custom-vkp80", "1b 69 1d 65 03 0c"), ("custom-kpm", "1c 50 02 00 52 3c")]
)
def test_the_kpm_and_the_vkp80_do_not_present_at_each_others_command(name, of_the_other):
    profile = profiles.load(name)
    mechanism = Mechanism(profile, Paper(profile, None), lambda reply: None)
    stream = Stream()
    for byte in b"a\n" + bytes.fromhex(of_the_other):
        for item in stream.feed(byte):
            mechanism.run(item)
    assert not mechanism.ticket_in_mouth


class Waiting:
    """Looks at a simulated printer until it is as wanted."""

    def __init__(self, simulated):
        self._simulated = simulated

    def wait_until(self, wanted):
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not wanted(self._simulated.status()):
            assert time.monotonic() < deadline, self._simulated.status()
            time.sleep(0.01)


# Questions in a picture


def codes_on_paper(simulated, printer):
    """Print pictures, and return the codes that can be read from the ticket."""
    assert printer.print(printer.prepare(PICTURES), 1).state is PrintState.CONFIRMED
    return [code.text for code in zxingcpp.read_barcodes(simulated.tickets[-1])]


def test_a_printer_that_must_not_be_asked_in_a_picture_is_not(simulate, connect):
    simulated = simulate(quick("snbc-bt-t080"))
    assert codes_on_paper(simulated, connect(quick("snbc-bt-t080"))) == [URL]


def test_the_simulated_one_misprints_when_it_is_asked_in_a_picture(simulate, connect):
    simulated = simulate(quick("snbc-bt-t080"))
    careless = profiles.change(quick("snbc-bt-t080"), "status", in_pictures=True)
    assert codes_on_paper(simulated, connect(careless)) == []


def test_a_picture_that_goes_out_whole_loses_no_dot_to_a_slow_head_without_a_busy_line(simulate, connect):
    slow = profiles.change(quick("snbc-bt-t080"), "mechanics", speed_mm_s=60)
    slow = profiles.change(slow, "serial", flow=profiles.FlowControl.NONE)
    simulated = simulate(slow, speed=1)
    assert codes_on_paper(simulated, connect(slow)) == [URL]


def test_a_picture_is_one_piece_only_where_it_must_be():
    commands = encode_commands(PICTURES, profiles.load("snbc-bt-t080"))
    bands = [command for command in commands if command.startswith(b"\x1dv0")]
    assert list(pieces(commands, whole_pictures=False)) == [(command,) for command in commands]
    whole = list(pieces(commands, whole_pictures=True))
    pictures = [piece for piece in whole if piece[0].startswith(b"\x1dv0")]
    assert len(pictures) == 2  # the rare character and the code
    assert [band for piece in pictures for band in piece] == bands
    assert [command for piece in whole for command in piece] == list(commands)


def test_the_pace_of_the_head_lets_a_buffer_go_at_once_and_the_rest_as_it_is_printed():
    profile = profiles.change(profiles.load("snbc-bt-t080"), "mechanics", speed_mm_s=127)
    band = b"\x1dv0\x00" + (100).to_bytes(2, "little") + (10).to_bytes(2, "little") + bytes(1000)
    pace = HeadPace(
        profile, band, window=2000
    )  # 127 mm/s at 203 dpi: 1015 rows of 100 bytes a second, half of it
    assert pace.seconds_until_room(1000, now=50.0) == 0
    assert pace.seconds_until_room(1000, now=50.0) == 0
    assert pace.seconds_until_room(1000, now=50.0) == pytest.approx(1000 / (101_500 / 2))
    assert pace.seconds_until_room(1000, now=60.0) == 0
