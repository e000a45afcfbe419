"""The dialogue with a module, byte by byte, without a device: what is done with answers that go wrong."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.id_card.errors import (
    IdCardError,
    NoIdCardError,
    ReaderFaultyError,
    ReaderNotConnectedError,
    ReaderSilentError,
    UnreadableIdCardError,
)
from hardware.id_card.layouts import parse
from hardware.id_card.module import SecurityModule
from hardware.serial_port import SerialLostError
from tests.hardware.id_card.records import (
    FOUND,
    NOT_FOUND,
    SELECTED,
    WANG,
    WANG_TEXT,
    answer_to_read,
    same,
    wide,
)

READ = answer_to_read(WANG_TEXT)
DIALOGUE = [FOUND, SELECTED, READ]


class ScriptedLine:
    """Answers each command with the next bytes, then stays silent."""

    def __init__(self, answers, stale=b""):
        self._answers, self._coming, self.written = list(answers), stale, []

    def discard_input(self):
        self._coming = b""

    def write(self, data):
        self.written.append(data)
        self._coming += self._answers.pop(0) if self._answers else b""

    def read(self, timeout):
        data, self._coming = self._coming[:700], self._coming[700:]
        return data

    def set_baud(self, baud):
        self.baud = baud


class LostLine(ScriptedLine):
    def write(self, data):
        raise SerialLostError("unplugged")


def holder(answers):
    module = SecurityModule(ScriptedLine(answers))
    if not module.find():
        raise NoIdCardError
    module.select()
    return parse(module.read())


def test_the_documented_dialogue_shows_the_holder():
    assert same(holder(DIALOGUE), WANG)


def test_the_documented_commands_are_sent():
    line = ScriptedLine(DIALOGUE)
    module = SecurityModule(line)
    module.find(), module.select(), module.read()
    assert [frame.hex().upper() for frame in line.written] == [
        "AAAAAA96690003200122",
        "AAAAAA96690003200221",
        "AAAAAA96690003300132",
    ]


def test_no_corruption_of_one_byte_shows_a_wrong_holder():
    for number, answer in enumerate(DIALOGUE):
        values = range(1, 256) if len(answer) < 50 else (0x01, 0x10, 0x80, 0xFF)
        for place in range(len(answer)):
            for bits in values:
                assert not shows_a_holder(number, place, bits), (number, place, bits)


def test_no_corruption_of_the_length_shows_a_wrong_holder():
    for place in (5, 6):
        for bits in range(1, 256):
            assert not shows_a_holder(2, place, bits), (place, bits)


def shows_a_holder(number, place, bits):
    answers = [bytearray(answer) for answer in DIALOGUE]
    answers[number][place] ^= bits
    try:
        holder([bytes(answer) for answer in answers])
    except IdCardError:
        return False
    return True


@settings(max_examples=200)
@given(st.lists(st.sampled_from([*DIALOGUE, NOT_FOUND, b""]) | st.binary(max_size=64), max_size=4))
def test_any_answers_end_in_the_holder_or_in_an_error(answers):
    try:
        card = holder(answers)
    except IdCardError:
        return
    assert same(card, WANG)


@given(st.binary(max_size=2000))
def test_any_bytes_for_an_answer_to_read_end_in_an_error(data):
    with pytest.raises(UnreadableIdCardError):
        holder([FOUND, SELECTED, data])


@pytest.mark.parametrize("cut", range(0, len(READ), 7))
def test_a_truncated_answer_shows_no_holder(cut):
    with pytest.raises(UnreadableIdCardError):
        holder([FOUND, SELECTED, READ[:cut]])


def test_a_late_answer_to_an_earlier_read_is_not_taken_for_this_one():
    with pytest.raises(ReaderSilentError):
        holder([READ, FOUND, SELECTED])


def test_what_came_before_the_command_is_no_answer_to_it():
    assert not SecurityModule(ScriptedLine([NOT_FOUND], stale=FOUND)).find()


@pytest.mark.parametrize("sw3", ["31", "32", "33", "40", "41", "47", "81"])
@pytest.mark.parametrize("step", [1, 2])
def test_a_card_that_the_reader_refuses_is_unreadable(sw3, step):
    refusal = bytes.fromhex(f"AAAAAA9669000400 00{sw3}") + bytes([4 ^ int(sw3, 16)])
    with pytest.raises(UnreadableIdCardError):
        holder([*DIALOGUE[:step], refusal])


@pytest.mark.parametrize("frame", ["AAAAAA9669 0004 000060 64", "AAAAAA9669 0004 000066 62"])
def test_a_module_that_cannot_work_says_so(frame):
    with pytest.raises(ReaderFaultyError):
        SecurityModule(ScriptedLine([bytes.fromhex(frame)])).check()


def test_silence_is_the_readers_trouble():
    with pytest.raises(ReaderSilentError):
        SecurityModule(ScriptedLine([])).check()


def test_an_unplugged_reader_is_named_as_such():
    with pytest.raises(ReaderNotConnectedError):
        SecurityModule(LostLine([])).check()


@pytest.mark.parametrize("lengths", ["0100 0200", "00FF 0400", "0200 0400", "0400 0100"])
def test_parts_of_other_lengths_make_the_card_unreadable(lengths):
    text_and_photo = READ[14:-1]
    answer = framed("90", bytes.fromhex(lengths) + text_and_photo)
    with pytest.raises(UnreadableIdCardError):
        SecurityModule(ScriptedLine([answer])).read()


@pytest.mark.parametrize(("fingerprint", "total"), [(1024, 2321), (512, 1809), (0, 1297)])
def test_a_fingerprint_of_any_documented_length_is_dropped(fingerprint, total):
    lengths = bytes.fromhex("0100 0400") + fingerprint.to_bytes(2, "big")
    answer = framed("90", lengths + WANG_TEXT + bytes(1024) + b"\xaa" * fingerprint)
    assert len(answer) == total
    assert SecurityModule(ScriptedLine([answer])).read_with_fingerprint() == WANG_TEXT


def test_the_newest_address_may_be_there():
    address = wide("陕西省铜川市新区正阳路8号", 70)
    assert SecurityModule(ScriptedLine([framed("90", address)])).read_newest_address() == address


def test_the_newest_address_may_be_missing():
    assert SecurityModule(ScriptedLine([framed("91", b"")])).read_newest_address() is None


def test_a_newest_address_of_another_length_is_unreadable():
    with pytest.raises(UnreadableIdCardError):
        SecurityModule(ScriptedLine([framed("90", bytes(69))])).read_newest_address()


def test_the_modules_number_is_written_as_on_its_label():
    number = bytes.fromhex("0500 0300 E1043301 39300000 01000000")
    module = SecurityModule(ScriptedLine([framed("90", number)]))
    assert module.number() == "05.03-20120801-0000012345-0000000001"


def test_a_baud_rate_is_set_at_both_ends():
    line = ScriptedLine([framed("90", b"")])
    SecurityModule(line).set_baud(9600)
    assert line.written == [bytes.fromhex("AAAAAA96690003600467")]
    assert line.baud == 9600


def test_a_baud_rate_that_the_module_does_not_know_is_refused():
    with pytest.raises(ValueError, match="115200"):
        SecurityModule(ScriptedLine([])).set_baud(4800)


def framed(sw3, data):
    counted = (len(data) + 4).to_bytes(2, "big") + bytes.fromhex(f"0000{sw3}") + data
    check = 0
    for byte in counted:
        check ^= byte
    return bytes.fromhex("AAAAAA9669") + counted + bytes([check])
