"""The text on the four kinds of cards: read right, or not at all."""

from datetime import date

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hardware.id_card.errors import IdCardContentError
from hardware.id_card.layouts import parse, parse_address
from tests.hardware.id_card import records
from tests.hardware.id_card.records import resident_text, same, wide

KINDS = {
    "resident": (records.WANG_TEXT, records.WANG),
    "resident for life": (resident_text(), records.LI),
    "residence permit": (records.PERMIT_TEXT, records.PERMIT),
    "permanent 2017": (records.PERMANENT_2017_TEXT, records.PERMANENT_2017),
    "permanent 2023": (records.PERMANENT_2023_TEXT, records.PERMANENT_2023),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_card_of_each_kind_is_read(kind):
    text, card = KINDS[kind]
    assert same(parse(text), card)


@pytest.mark.parametrize("kind", KINDS)
def test_a_card_shows_neither_name_nor_number(kind):
    text, card = KINDS[kind]
    shown = repr(parse(text)) + str(parse(text))
    secrets = (card.name, card.number, card.number[6:14])
    assert not any(secret in shown for secret in secrets)


def test_a_card_for_life_is_valid_from_its_first_day_on():
    card = parse(resident_text())
    assert [card.valid_on(day) for day in (date(2009, 1, 13), date(2009, 1, 14), date(2099, 1, 1))] == [
        False,
        True,
        True,
    ]


def test_a_card_is_valid_on_its_last_day_and_not_after():
    card = parse(records.WANG_TEXT)
    assert card.valid_on(date(2038, 6, 5))
    assert not card.valid_on(date(2038, 6, 6))


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"name": ""}, "姓名"),
        ({"name": "李\u0000英"}, "姓名"),
        ({"name": "李\u001b英"}, "姓名"),
        ({"name": "李\ufffe英"}, "姓名"),
        ({"nation": "x1"}, "民族"),
        ({"address": ""}, "住址"),
        ({"number": "999999194809061421"}, "号码"),
        ({"number": "99999919480906142"}, "号码"),
        ({"number": ""}, "号码"),
        ({"issuer": ""}, "签发机关"),
        ({"valid_from": "长期"}, "有效期起"),
        ({"valid_until": ""}, "有效期止"),
        ({"valid_until": "20080114"}, "有效期止"),
        ({"letter": "Z"}, "证件类型"),
        ({"letter": "J"}, "通行证号码"),
    ],
)
def test_a_card_with_a_malformed_item_is_not_for_the_kiosk(changes, what):
    with pytest.raises(IdCardContentError) as refusal:
        parse(resident_text(**changes))
    assert refusal.value.what == what


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"number": "999999194809061421"}, "invalid-number"),
        ({"number": "999999480906142"}, "old-number"),
        ({"number": "HKG012345678"}, "foreign-number"),
        ({"number": "USA000000000000001"}, "foreign-number"),
        ({"number": "E12345678"}, "foreign-number"),
        ({"address": ""}, "invalid-item"),
    ],
)
def test_what_is_not_for_the_kiosk_has_a_kind(changes, kind):
    with pytest.raises(IdCardContentError) as refusal:
        parse(resident_text(**changes))
    assert refusal.value.kind == kind


@pytest.mark.parametrize(
    ("changes", "warnings"),
    [
        ({"sex": "1"}, ("sex_contradicts_number",)),
        ({"sex": "9"}, ()),
        ({"birth": "19480907"}, ("birth_contradicts_number",)),
        ({"birth": "长期"}, ("birth_contradicts_number",)),
        ({"birth": ""}, ()),
        ({"number": "99999919480906142x"}, ()),
    ],
)
def test_the_number_says_who_it_is_and_what_contradicts_it_is_a_warning(changes, warnings):
    card = parse(resident_text(**changes))

    assert (card.number, card.sex, card.birth) == (records.LI.number, records.LI.sex, records.LI.birth)
    assert card.warnings == warnings


def test_a_wrong_check_digit_of_a_permanent_residents_card_of_2017_is_a_warning_only():
    text = records.PERMANENT_2017_TEXT.replace(wide("XXA999976022900", 30), wide("XXA999976022901", 30))

    assert parse(records.PERMANENT_2017_TEXT).warnings == ()
    assert (parse(text).number, parse(text).warnings) == ("XXA999976022901", ("number_check_digit",))


@pytest.mark.parametrize(
    "name", [" 李秀英", "李\u200b秀英\ufeff", "\u3000李秀英\u3000", "李秀英\0\0", "李秀英\uffff\uffff"]
)
def test_a_name_is_the_same_name_however_it_was_written(name):
    assert parse(resident_text(name=name)).name == "李秀英"


@pytest.mark.parametrize("space", ["  ", "\u3000", "\u00a0 "])
def test_any_space_in_a_name_is_one_space(space):
    assert parse(resident_text(name=f"ANNA{space}MARIA")).name == "ANNA MARIA"


@pytest.mark.parametrize("character", ["\U00031350", "\U0002ebf0"])
def test_a_character_of_a_newer_unicode_is_read(character):
    assert parse(resident_text(name=f"王{character}")).name == f"王{character}"


def test_half_a_character_at_the_end_of_an_item_is_refused():
    text = bytearray(resident_text())
    text[28:30] = "𬭎".encode("utf-16-le")[:2]
    with pytest.raises(IdCardContentError) as refusal:
        parse(bytes(text))
    assert refusal.value.what == "姓名"


def test_a_rare_character_outside_the_basic_plane_is_read():
    assert parse(resident_text(name="李𬭎")).name == "李𬭎"


@pytest.mark.parametrize("length", [0, 255, 257, 1024])
def test_a_text_of_another_length_is_unreadable(length):
    with pytest.raises(IdCardContentError):
        parse(bytes(length))


def test_a_number_of_2023_begins_with_9():
    text = bytearray(records.PERMANENT_2023_TEXT)
    text[122:158] = wide("199999199107301058", 36)
    with pytest.raises(IdCardContentError) as refusal:
        parse(bytes(text))
    assert refusal.value.what == "号码"


def test_the_newest_address_is_read():
    assert parse_address(wide("陕西省铜川市新区正阳路8号", 70)) == "陕西省铜川市新区正阳路8号"


@pytest.mark.parametrize("text", [b"", b"\x20\x00" * 35, b"\xd8" * 70])
def test_a_malformed_newest_address_is_unreadable(text):
    with pytest.raises(IdCardContentError):
        parse_address(text)


@pytest.mark.parametrize("kind", ["resident", "residence permit", "permanent 2023"])
def test_no_corruption_of_one_byte_shows_another_number(kind):
    text, card = KINDS[kind]
    for place in range(256):
        for bits in (0x01, 0x02, 0x04, 0x08, 0x10, 0x40, 0x80, 0xFF):
            spoilt = bytearray(text)
            spoilt[place] ^= bits
            assert _number(bytes(spoilt)) in (None, card.number), (place, bits)


@given(st.binary(min_size=256, max_size=256))
def test_any_bytes_are_unreadable(text):
    with pytest.raises(IdCardContentError):
        parse(text)


@settings(max_examples=60)
@given(st.sampled_from(["name", "sex", "birth", "number", "valid_until", "letter"]), st.text(max_size=8))
def test_any_text_in_an_item_leaves_the_number_right_or_the_card_unreadable(item, value):
    try:
        text = resident_text(**{item: value})
    except (AssertionError, UnicodeEncodeError):
        assume(False)
    assert _number(text) in (None, records.LI.number)


def _number(text):
    try:
        return parse(text).number
    except IdCardContentError:
        return None
