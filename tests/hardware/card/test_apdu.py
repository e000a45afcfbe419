import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.card.apdu import MAX_PARTS, apdu, exchange, tries_left
from hardware.card.errors import CardUnreadableError
from tests.hardware.card.chips import scripted_chip


@pytest.mark.parametrize(
    ("command", "wire"),
    [
        (apdu(0x00, 0xA4, 0x04, 0x00), "00A40400"),
        (apdu(0x00, 0xB2, 0x01, 0x00, le=0x12), "00B2010012"),
        (apdu(0x00, 0xB2, 0x01, 0x00, le=256), "00B2010000"),
        (apdu(0x00, 0xA4, 0x02, 0x00, b"\xef\x05"), "00A4020002EF05"),
        (apdu(0x00, 0xA4, 0x02, 0x00, b"\xef\x05", le=0), "00A4020002EF0500"),
    ],
)
def test_a_command_is_written_as_iso_7816_says(command, wire):
    assert command.hex().upper() == wire


@given(st.binary(min_size=10, max_size=255))
def test_the_length_byte_is_binary_and_not_a_printed_number(data):
    assert apdu(0x80, 0x5E, 0x01, 0x00, data)[4] == len(data)


def test_more_than_a_short_command_holds_is_refused():
    with pytest.raises(ValueError, match="256"):
        apdu(0, 0, 0, 0, bytes(256))


def test_a_wrong_le_is_repeated_once_with_the_one_the_card_names():
    card = scripted_chip([("00B2010000", "6C03"), ("00B2010003", "010203 9000")])
    assert exchange(card, apdu(0x00, 0xB2, 0x01, 0x00, le=0)) == (b"\x01\x02\x03", 0x9000)


def test_an_answer_in_parts_is_put_together():
    card = scripted_chip([("80A80000028300", "6102"), ("00C0000002", "0102 6101"), ("00C0000001", "03 9000")])
    assert exchange(card, apdu(0x80, 0xA8, 0x00, 0x00, b"\x83\x00")) == (b"\x01\x02\x03", 0x9000)


def test_a_card_that_never_stops_answering_is_given_up():
    sent = []

    def endless(command: bytes) -> tuple[bytes, int]:
        sent.append(command)
        return b"\x00", 0x6101

    with pytest.raises(CardUnreadableError):
        exchange(endless, apdu(0x00, 0xB2, 0x01, 0x00, le=0))
    assert len(sent) == MAX_PARTS + 1


@pytest.mark.parametrize(("sw", "tries"), [(0x63C5, 5), (0x63C0, 0), (0x6983, None), (0x6300, None)])
def test_the_tries_left_are_those_of_63cx(sw, tries):
    assert tries_left(sw) == tries
