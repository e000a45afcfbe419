"""One mask for names and numbers, on every page and paper."""

import pytest

from hardware.card.items import decode_basics, decode_holder
from tests.people import LI, WANG
from text.masking import mask_card_number, mask_id_number, mask_name


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张*"),
        ("王建国", "王*国"),
        ("欧阳晴", "欧*晴"),
        ("司马相如", "司*如"),
        ("阿卜杜热合曼·买买提依明", "阿*明"),
        ("王\U00031350\U0002ebf0", "王*\U0002ebf0"),
        ("\U00031350三", "\U00031350*"),
        ("Anna Müller", "A**"),
        ("ئالىم", "ئ**"),
        ("Li", "L**"),
        ("李", "李*"),
        ("M\u0307aria\u0323\u0301", "M\u0307**"),
        ("", "*"),
    ],
)
def test_a_name_keeps_its_first_and_last_character_and_does_not_tell_its_length(name, masked):
    assert mask_name(name) == masked


def test_an_id_number_keeps_its_place_and_its_tail():
    assert mask_id_number(LI.id_number) == "999999********142X"


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("HKG000000000", "HKG*000"),
        ("XXA000000000000001", "XXA*001"),
        ("XXA999976022900", "XXA*900"),
        ("XXA0E1234567", "XXA*567"),
        ("E00000012", "E0*12"),
        ("810000189104120043", "810000********0043"),
        ("961999199107301054", "961999********1054"),
    ],
)
def test_a_number_with_letters_keeps_three_characters_at_each_end_and_hides_half_of_it_or_more(
    number, masked
):
    assert mask_id_number(number) == masked


@pytest.mark.parametrize("odd", ["", "1234", "9999991948090614", "99999919480906142X9"])
def test_an_id_number_of_another_length_shows_nothing(odd):
    assert set(mask_id_number(odd)) <= {"*"}


def test_a_card_number_keeps_its_ends():
    assert mask_card_number("A1024575X") == "A1****75X"
    assert mask_card_number("A1") == "**"


def test_what_was_read_shows_itself_masked_only():
    holder = decode_holder(
        {
            0x08: WANG.id_number.encode(),
            0x09: "王建国".encode("gbk"),
            0x4E: None,
            0x0A: b"1",
            0x0B: None,
            0x0D: None,
        }
    )
    basics = decode_basics(
        {
            0x01: bytes.fromhex("610200D15600000500000001A1B2C3D4"),
            0x02: None,
            0x03: None,
            0x05: None,
            0x06: None,
            0x07: b"A1024575X",
        }
    )
    assert repr(holder) == str(holder) == "<Holder 王*国 999999********0619>"
    assert "A1024575X" not in f"{basics!r}{basics}"
