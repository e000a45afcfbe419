"""The frames of the SAM_V protocol, against the bytes in its documents and against any bytes at all."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.id_card.frames import PREAMBLE, Command, Sw3, encode, take_answer
from tests.hardware.id_card.records import FOUND, NOT_FOUND, SELECTED, WANG_TEXT, answer_to_read

READ = answer_to_read(WANG_TEXT)


@pytest.mark.parametrize(
    ("command", "frame"),
    [
        (Command.RESET, "AAAAAA96690003 10FF EC"),
        (Command.STATUS, "AAAAAA96690003 11FF ED"),
        (Command.MODULE_NUMBER, "AAAAAA96690003 12FF EE"),
        (Command.FIND, "AAAAAA96690003 2001 22"),
        (Command.SELECT, "AAAAAA96690003 2002 21"),
        (Command.READ, "AAAAAA96690003 3001 32"),
        (Command.READ_WITH_FINGERPRINT, "AAAAAA96690003 3010 23"),
        (Command.READ_NEWEST_ADDRESS, "AAAAAA96690003 3003 30"),
        (Command.BAUD_115200, "AAAAAA96690003 6000 63"),
        (Command.BAUD_9600, "AAAAAA96690003 6004 67"),
    ],
)
def test_a_command_has_the_documented_bytes(command, frame):
    assert encode(command) == bytes.fromhex(frame)


@pytest.mark.parametrize(
    ("frame", "status", "data"),
    [
        (FOUND, Sw3.FOUND, bytes(4)),
        (NOT_FOUND, Sw3.NOT_FOUND, b""),
        (SELECTED, Sw3.OK, bytes(8)),
        (bytes.fromhex("AAAAAA9669 0004 000041 45"), Sw3.READ_FAILED, b""),
    ],
)
def test_a_documented_answer_is_understood(frame, status, data):
    answer = take_answer(bytearray(frame))
    assert (answer.status, answer.data) == (status, data)


def test_the_answer_to_a_read_has_1295_bytes():
    assert len(READ) == 1295
    assert take_answer(bytearray(READ)).data == READ[10:-1]


def test_an_answer_never_shows_its_data():
    assert repr(take_answer(bytearray(READ))) == "<Answer OK with 1284 bytes>"


def test_a_status_that_is_in_no_document_is_an_unknown_error():
    frame = bytes.fromhex("AAAAAA9669 0004 000077 73")
    assert take_answer(bytearray(frame)).status is Sw3.UNKNOWN_ERROR


@pytest.mark.parametrize("status", Sw3)
def test_every_status_has_a_meaning(status):
    assert status.meaning


@given(st.binary(max_size=60).filter(lambda noise: PREAMBLE not in noise + FOUND[:4]))
def test_noise_before_an_answer_is_skipped(noise):
    received = bytearray(noise + FOUND)
    assert take_answer(received).status is Sw3.FOUND
    assert not received


@given(st.lists(st.integers(1, len(SELECTED) - 1), max_size=5))
def test_an_answer_may_come_in_any_pieces(cuts):
    edges = sorted({0, len(SELECTED), *cuts})
    received, answers = bytearray(), []
    for start, end in pairwise(edges):
        received += SELECTED[start:end]
        answers.append(take_answer(received))
    assert answers[-1].data == bytes(8)
    assert not any(answers[:-1])


def test_two_answers_are_taken_one_after_the_other():
    received = bytearray(FOUND + SELECTED)
    assert [take_answer(received).status for _ in range(2)] == [Sw3.FOUND, Sw3.OK]
    assert take_answer(received) is None


def test_after_an_answer_with_a_wrong_checksum_the_next_one_is_found():
    spoilt = FOUND[:-1] + bytes([FOUND[-1] ^ 1])
    assert take_answer(bytearray(spoilt + SELECTED)).status is Sw3.OK


def test_a_start_with_an_impossible_length_is_skipped():
    assert take_answer(bytearray(PREAMBLE + b"\xff\xff" + FOUND)).status is Sw3.FOUND


@pytest.mark.parametrize("length", range(len(SELECTED)))
def test_a_truncated_answer_is_none(length):
    assert take_answer(bytearray(SELECTED[:length])) is None


@given(st.binary(max_size=400) | st.binary(max_size=40).map(lambda tail: PREAMBLE + b"\x00" + tail))
def test_any_bytes_end_in_an_answer_that_was_sent_or_in_none(data):
    received = bytearray(data)
    taken = []
    while answer := take_answer(received):
        taken.append(answer)
    assert len(received) < 7 + 0x090A
    assert all(answer.data in data for answer in taken)


def test_no_corruption_of_one_byte_passes_for_the_answer():
    for place in range(len(SELECTED)):
        for bits in range(1, 256):
            spoilt = bytearray(SELECTED)
            spoilt[place] ^= bits
            assert take_answer(spoilt) is None, (place, bits)
