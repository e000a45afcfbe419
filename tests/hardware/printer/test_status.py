"""The bits of the printer in the words of XFS, and the one problem that people are told about."""

import pytest

from hardware.printer.status import PrinterProblem, PrinterStatus
from hardware.status import DeviceState, MediaState, PaperState

READY = PrinterStatus().with_automatic(b"\x10\x00\x00\x0f")


@pytest.mark.parametrize(
    ("data", "device", "paper", "problem"),
    [
        (b"\x10\x00\x00\x0f", DeviceState.ONLINE, PaperState.FULL, None),
        (b"\x14\x00\x03\x0f", DeviceState.ONLINE, PaperState.LOW, None),
        (b"\x18\x00\x0f\x0f", DeviceState.OFFLINE, PaperState.OUT, PrinterProblem.PAPER_OUT),
        (b"\x38\x00\x00\x0f", DeviceState.USER_ERROR, PaperState.FULL, PrinterProblem.COVER_OPEN),
        (b"\x38\x00\x0c\x0f", DeviceState.USER_ERROR, PaperState.OUT, PrinterProblem.COVER_OPEN),
        (b"\x18\x08\x00\x0f", DeviceState.HARDWARE_ERROR, PaperState.FULL, PrinterProblem.CUTTER),
        (b"\x18\x04\x00\x0f", DeviceState.HARDWARE_ERROR, PaperState.JAMMED, PrinterProblem.PAPER_JAM),
        (b"\x18\x20\x00\x0f", DeviceState.HARDWARE_ERROR, PaperState.FULL, PrinterProblem.HARDWARE),
        (b"\x18\x40\x00\x0f", DeviceState.HARDWARE_ERROR, PaperState.FULL, PrinterProblem.OVERHEATED),
        (b"\x18\x00\x00\x0f", DeviceState.OFFLINE, PaperState.FULL, PrinterProblem.OFFLINE),
    ],
)
def test_automatic_status(data, device, paper, problem):
    status = PrinterStatus().with_automatic(data)
    assert (status.device, status.paper, status.problem) == (device, paper, problem)


@pytest.mark.parametrize(
    ("question", "value", "problem"),
    [
        (1, 0x12, None),
        (1, 0x16, None),  # the drawer's pin, not the cover
        (1, 0x1A, PrinterProblem.OFFLINE),
        (2, 0x16, PrinterProblem.COVER_OPEN),
        (2, 0x1A, None),  # the feed button
        (3, 0x16, PrinterProblem.PAPER_JAM),
        (3, 0x1A, PrinterProblem.CUTTER),
        (3, 0x32, PrinterProblem.HARDWARE),
        (3, 0x52, PrinterProblem.OVERHEATED),
        (4, 0x1E, None),
        (4, 0x72, PrinterProblem.PAPER_OUT),
        (4, 0x7E, PrinterProblem.PAPER_OUT),
    ],
)
def test_real_time_status(question, value, problem):
    assert READY.with_real_time(question, value).problem is problem


@pytest.mark.parametrize("question", [1, 2, 3, 4])
def test_a_real_time_answer_takes_back_its_own_trouble(question):
    troubled = {1: 0x1A, 2: 0x16, 3: 0x16, 4: 0x7E}[question]
    assert READY.with_real_time(question, troubled).with_real_time(question, 0x12).problem is None


def test_a_jam_is_not_forgotten_because_there_is_paper():
    assert READY.with_real_time(3, 0x16).with_real_time(4, 0x12).problem is PrinterProblem.PAPER_JAM


def test_before_the_first_word_nothing_can_be_printed():
    assert PrinterStatus().problem is PrinterProblem.OFFLINE
    assert PrinterStatus(line=DeviceState.NO_DEVICE).problem is PrinterProblem.DISCONNECTED


def test_customs_sensor_sees_the_ticket():
    assert READY.with_full_status(b"\x24\x00\x00\x00").media is MediaState.PRESENT
    assert READY.with_full_status(b"\x04\x00\x00\x00").media is MediaState.NOT_PRESENT


def test_the_status_is_plain_data_for_json():
    assert READY.as_dict() | {"device": "online", "problem": None, "paper": "full"} == READY.as_dict()
