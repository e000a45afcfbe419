from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.card.errors import CardContentError
from hardware.card.items import (
    File,
    Sex,
    card_number_check,
    decode_basics,
    decode_holder,
)
from tests.people import LI, WANG
from text.clean import clean_text

BASICS = {
    0x01: bytes.fromhex("610200D15600000500000001A1B2C3D4"),
    0x02: b"3",
    0x03: b"2.0\0",
    0x05: bytes.fromhex("20200101"),
    0x06: bytes.fromhex("20300101"),
    0x07: b"A1024575X",
}
HOLDER = {
    0x08: WANG.id_number.encode(),
    0x09: "王建国".encode("gbk").ljust(30, b"\0"),
    0x4E: bytes(20),
    0x0A: b"1",
    0x0B: b"\x01",
    0x0D: bytes.fromhex("19750317"),
}


def test_a_whole_card_is_understood():
    basics = decode_basics(BASICS)
    assert (basics.region, basics.card_identity) == ("610200", "610200D15600000500000001A1B2C3D4")
    assert (basics.card_number, basics.version, basics.card_class) == ("A1024575X", "2.0", "3")
    assert (basics.issued, basics.valid_until) == (date(2020, 1, 1), date(2030, 1, 1))
    assert (basics.check_digit_ok, basics.warnings) == (True, ())
    holder = decode_holder(HOLDER)
    assert (holder.name, holder.id_number) == ("王建国", WANG.id_number)
    assert (holder.sex, holder.birth, holder.nation) == (Sex.MALE, date(1975, 3, 17), "01")


@pytest.mark.parametrize(
    ("raw", "version"),
    [
        (b"\0\0\0\0", "1.0"),
        (b"    ", "1.0"),
        (b"\xff\xff\xff\xff", "1.0"),
        (None, "1.0"),
        (b"1.00", "1.0"),
        (b"2.0\0", "2.0"),
        (b"2.00", "2.0"),
        (b"3.00", "3.0"),
    ],
)
def test_the_version_is_the_first_three_characters_and_1_when_empty(raw, version):
    assert decode_basics(BASICS | {0x03: raw}).version == version


@pytest.mark.parametrize("unset", [b"\xff" * 4, bytes(4), None])
def test_dates_that_were_never_set_are_none(unset):
    basics = decode_basics(BASICS | {0x05: unset, 0x06: unset})
    assert (basics.issued, basics.valid_until) == (None, None)
    assert decode_holder(HOLDER | {0x0D: unset}).birth == date(1975, 3, 17)


@pytest.mark.parametrize("sex", [b"\0", b" ", b"\xff", b"9", b"0", None])
def test_a_sex_that_the_card_does_not_state_is_that_of_the_id_number(sex):
    assert decode_holder(HOLDER | {0x0A: sex}).sex == Sex.MALE


@pytest.mark.parametrize("fill", [b"\0", b" ", b"\xff"])
def test_names_may_be_filled_up_with_any_of_the_fillers_in_use(fill):
    filled = {0x09: "李秀英".encode("gbk").ljust(30, fill), 0x4E: fill * 20}
    assert decode_holder(HOLDER | filled).name == "李秀英"


def test_a_name_cut_in_the_middle_of_a_character_is_joined_before_it_is_decoded():
    name = "帕尔哈提A·买买提依明江·阿布都拉"
    raw = name.encode("gb18030").ljust(50, b"\0")
    with pytest.raises(UnicodeDecodeError):
        raw[:30].decode("gb18030")
    assert decode_holder(HOLDER | {0x09: raw[:30], 0x4E: raw[30:]}).name == name


@given(st.text(st.characters(codec="gb18030", categories=["Lo"]), min_size=1, max_size=25))
def test_any_name_that_fits_comes_back_whole(name):
    raw = name.encode("gb18030")
    if len(raw) <= 50 and clean_text(name):
        raw = raw.ljust(50, b"\0")
        assert decode_holder(HOLDER | {0x09: raw[:30], 0x4E: raw[30:]}).name == clean_text(name)


@pytest.mark.parametrize(
    ("record", "value"),
    [
        (0x08, b"99999919750317061 "),  # 17 digits
        (0x08, b"999999197503170618"),  # wrong check digit
        (0x08, b"999999197513170614"),  # month 13
        (0x08, b"\xff" * 18),
        (0x08, None),
        (0x09, bytes(30)),
        (0x09, b" " * 30),
        (0x09, None),
        (0x09, "王".encode("gbk") + b"\x01" + bytes(27)),
        (0x09, "王建".encode("gbk")[:3] + bytes(27)),  # half a character
        (0x09, b"\x80" + bytes(29)),
        (0x09, "王".encode("gbk") + bytes(5) + "国".encode("gbk").ljust(23, b"\0")),
    ],
)
def test_a_holder_is_never_guessed(record, value):
    with pytest.raises(CardContentError):
        decode_holder(HOLDER | {record: value})


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (b"999999197503170618", "invalid-number"),
        (b"99999919750317061A", "invalid-number"),
        (b"999999197513170614", "invalid-number"),
        (b"999999750317061\0\0\0", "old-number"),
        (b"999999750317061   ", "old-number"),
        (b"TWN01234567       ", "foreign-number"),
        (b"HKG0123456789     ", "foreign-number"),
        (b"USAA1234567890123 ", "foreign-number"),
        (b"W99999919750317061", "foreign-number"),
    ],
)
def test_a_number_that_is_not_for_the_kiosk_has_a_kind(number, kind):
    with pytest.raises(CardContentError) as error:
        decode_holder(HOLDER | {0x08: number})
    assert error.value.kind == kind
    assert number.decode("latin-1")[:9] not in str(error.value)


@pytest.mark.parametrize(
    ("number", "form"),
    [
        (b"HKG012345678\xff\xff\xff\xff\xff\xff", "hong-kong-macau-taiwan"),
        (b"MAC012345678\0\0\0\0\0\0", "hong-kong-macau-taiwan"),
        (b"TWN012345678      ", "hong-kong-macau-taiwan"),
        (b"USA000000000000001", "foreigner"),
        (b"usa0e12345678\0\0\0\0\0", "foreigner"),
        (b"XXA999976022900\xff\xff\xff", "permanent-resident"),
        (b"E12345678\0\0\0\0\0\0\0\0\0", "passport"),
    ],
)
def test_a_number_that_says_neither_birth_nor_sex_is_read_and_nothing_is_derived_from_it(number, form):
    holder = decode_holder(HOLDER | {0x08: number, 0x0A: b"2", 0x0D: bytes.fromhex("19480906")})

    assert holder.id_number == number.decode("latin-1").strip("\0 \xff").upper()
    assert (holder.form, holder.sex, holder.birth, holder.warnings) == (form, None, None, ())


@pytest.mark.parametrize(
    ("number", "form", "sex", "birth"),
    [
        (b"810000189104120043", "residence-permit", Sex.FEMALE, date(1891, 4, 12)),
        (b"820000189104120045", "residence-permit", Sex.FEMALE, date(1891, 4, 12)),
        (b"830000189202290015", "residence-permit", Sex.MALE, date(1892, 2, 29)),
        (b"961999199107301054", "permanent-resident", Sex.MALE, date(1991, 7, 30)),
    ],
)
def test_a_number_of_18_digits_says_birth_and_sex_whosever_it_is(number, form, sex, birth):
    holder = decode_holder(HOLDER | {0x08: number, 0x0A: None, 0x0D: None})

    assert (holder.form, holder.sex, holder.birth) == (form, sex, birth)


@pytest.mark.parametrize("number", [b"99999919480906142x", LI.id_number.encode()])
def test_the_check_character_may_be_small(number):
    holder = decode_holder(HOLDER | {0x08: number, 0x0A: b"2", 0x0D: bytes.fromhex("19480906")})
    assert (holder.id_number, holder.warnings) == (LI.id_number, ())


@pytest.mark.parametrize(
    ("records", "warnings"),
    [
        ({0x0A: b"2"}, ("sex_contradicts_id_number",)),
        ({0x0A: b"7"}, ("sex_contradicts_id_number",)),
        ({0x0D: bytes.fromhex("19750318")}, ("birth_contradicts_id_number",)),
        ({0x0D: bytes.fromhex("1975FFFF")}, ("birth_contradicts_id_number",)),
        ({0x0B: b"\x0a"}, ("nation_malformed",)),
        (
            {0x0A: b"2", 0x0D: bytes.fromhex("19750230")},
            ("sex_contradicts_id_number", "birth_contradicts_id_number"),
        ),
    ],
)
def test_the_id_number_says_who_it_is_and_what_contradicts_it_is_a_warning(records, warnings):
    holder = decode_holder(HOLDER | records)
    assert (holder.id_number, holder.sex, holder.birth) == (
        WANG.id_number,
        Sex.MALE,
        date(1975, 3, 17),
    )
    assert holder.warnings == warnings


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("欧阳\u3000晴", "欧阳 晴"),
        ("欧阳  晴", "欧阳 晴"),
        (" 欧阳晴\u3000", "欧阳晴"),
        ("JOSE\u0301", "JOS\u00c9"),
        ("欧阳\u200b晴\ufeff", "欧阳晴"),
        ("王\U00031350", "王\U00031350"),
        ("王\U0002ebf0", "王\U0002ebf0"),
        ("王\ue81e", "王龴"),
        ("王\ue000", "王\ue000"),
        ("ANNA\tMARIA\r\n", "ANNA MARIA"),
    ],
)
def test_a_name_is_the_same_name_however_it_was_written(written, name):
    raw = written.encode("gb18030").ljust(50, b"\0")
    assert decode_holder(HOLDER | {0x09: raw[:30], 0x4E: raw[30:]}).name == name


@pytest.mark.parametrize("fill", [b"\0", b"\xff"])
def test_a_filler_between_the_parts_of_a_name_is_left_out(fill):
    first = "帕尔哈提A买买提依明江阿".encode("gb18030")
    records = {0x09: first.ljust(30, fill), 0x4E: "布都拉".encode("gb18030").ljust(20, fill)}
    assert decode_holder(HOLDER | records).name == "帕尔哈提A买买提依明江阿布都拉"


@pytest.mark.parametrize("control", [0x00, 0x1B, 0x1D, 0x07])
def test_a_control_in_a_name_is_refused(control):
    raw = "王".encode("gbk") + bytes([control]) + "国".encode("gbk")
    with pytest.raises(CardContentError) as error:
        decode_holder(HOLDER | {0x09: raw.ljust(30, b"\0")})
    assert (error.value.what, error.value.kind) == ("姓名", "invalid-name")


@pytest.mark.parametrize(
    ("record", "value"),
    [
        (0x01, bytes.fromhex("610200D15600000600000001A1B2C3D4")),
        (0x01, bytes.fromhex("6102F0D15600000500000001A1B2C3D4")),
        (0x01, b"\xff" * 16),
        (0x01, None),
        (0x02, b"8"),
        (0x03, b"4.00"),
        (0x03, b"\x01\x02\x03\x04"),
        (0x05, bytes.fromhex("20201301")),
        (0x06, bytes.fromhex("2020AA01")),
        (0x07, b"A10245 75"),
        (0x07, b"a1024575X"),
        (0x07, bytes(9)),
        (0x07, None),
    ],
)
def test_a_card_is_never_guessed(record, value):
    with pytest.raises(CardContentError):
        decode_basics(BASICS | {record: value})


def test_what_is_unreadable_is_named_and_its_value_is_not():
    with pytest.raises(CardContentError) as error:
        decode_holder(HOLDER | {0x08: b"999999197503170618"})
    assert error.value.what == "社会保障号码"
    assert "99999919750317061" not in str(error.value)


def test_a_wrong_check_digit_of_the_card_number_is_a_warning_only():
    basics = decode_basics(BASICS | {0x07: b"A10245751"})
    assert (basics.card_number, basics.check_digit_ok) == ("A10245751", False)
    assert basics.warnings == ("card_number_check_digit",)


def test_the_check_digit_is_that_of_the_published_example():
    assert card_number_check("D2143569") == "X"


def test_the_lengths_are_those_of_the_specification():
    assert File.EF05.lengths == {0x01: 0x10, 0x02: 1, 0x03: 4, 0x05: 4, 0x06: 4, 0x07: 9}
    assert File.EF06.lengths == {0x08: 0x12, 0x09: 0x1E, 0x4E: 0x14, 0x0A: 1, 0x0B: 1, 0x0D: 4}
