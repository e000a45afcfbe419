"""A person's number in social insurance: that of a citizen, and those of all others."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.rules.id_number import id_number
from text.id_number import CHECK_DIGITS, WEIGHTS

WRONG = {"valid": False, "sex": None, "birth": None}
NUMBERS = [
    ("11010519491231002X", {"valid": True, "sex": "female", "birth": "1949-12-31", "problem": None}),
    ("11010519491231002x", {"valid": True, "sex": "female", "birth": "1949-12-31", "problem": None}),
    ("440524188001010014", {"valid": True, "sex": "male", "birth": "1880-01-01", "problem": None}),
    ("999999197503170619", {"valid": True, "sex": "male", "birth": "1975-03-17", "problem": None}),
    ("99999919480906142X", {"valid": True, "sex": "female", "birth": "1948-09-06", "problem": None}),
    ("999999199905230281", {"valid": True, "sex": "female", "birth": "1999-05-23", "problem": None}),
    ("", WRONG | {"problem": "length"}),
    ("999999670401001", WRONG | {"problem": "length"}),
    ("9999991975031706191", WRONG | {"problem": "length"}),
    ("99999919750317X619", WRONG | {"problem": "characters"}),
    ("9999991975031706１9", WRONG | {"problem": "characters"}),
    ("99999919990230028X", WRONG | {"problem": "date"}),
    ("999999000005230281", WRONG | {"problem": "date"}),
    ("999999199913230281", WRONG | {"problem": "date"}),
    ("999999197503170618", WRONG | {"problem": "checksum"}),
    ("999999197503170610", WRONG | {"problem": "checksum"}),
]


SAYS_NOTHING = {"valid": True, "sex": None, "birth": None, "problem": None}
OTHERS = [
    ("810000199408230021", "residence-permit", {"sex": "female", "birth": "1994-08-23"}),
    ("830000199201300022", "residence-permit", {"sex": "female", "birth": "1992-01-30"}),
    ("932682198501010017", "permanent-resident", {"sex": "male", "birth": "1985-01-01"}),
    ("KAZ110090123105", "permanent-resident", {}),
    ("HKG012345678", "hong-kong-macau-taiwan", {}),
    ("MAC087654321", "hong-kong-macau-taiwan", {}),
    ("TWN011223344", "hong-kong-macau-taiwan", {}),
    ("hkg912345678", "hong-kong-macau-taiwan", {}),
    ("USA0E12345678", "foreigner", {}),
    ("usa0e12345678", "foreigner", {}),
    ("XXA000000000000001", "foreigner", {}),
    ("XXA01", "foreigner", {}),
    ("KAZ110090123104", "foreigner", {}),
]
NO_FORM = [
    ("911124198108030028", "checksum"),
    ("810000199408230022", "checksum"),
    ("HKG01234567", "length"),
    ("HKG0123456789", "length"),
    ("TWN01234567X", "characters"),
    ("USA0", "length"),
    ("USA0123456789012345", "length"),
    ("USAX12345678", "characters"),
    ("USA0123-45678", "characters"),
    ("US01234567890", "length"),
    ("E12345678", "length"),
    ("USA0\x1b2345678", "characters"),
]


@pytest.mark.parametrize(("number", "kind", "says"), OTHERS)
def test_the_numbers_of_others_are_told_by_their_kind_and_say_no_more_than_is_in_them(
    ask, number, kind, says
):
    assert ask("id-number", number=number) == SAYS_NOTHING | says | {"kind": kind}


@pytest.mark.parametrize(("number", "problem"), NO_FORM)
def test_what_has_no_published_form_is_no_number(ask, number, problem):
    assert ask("id-number", number=number) == WRONG | {"problem": problem}


def test_a_passports_number_alone_counts_only_where_the_region_says_so(ask):
    assert ask("id-number", number="E12345678", region="420100") == SAYS_NOTHING | {"kind": "passport"}
    assert ask("id-number", number="E12345678", region="610200") == WRONG | {"problem": "length"}


def test_each_kind_has_its_basis():
    sources = [id_number(number).basis[0].source for number, _, _ in OTHERS]
    assert "国办发〔2018〕81号" in sources[0]
    assert "外国人永久居留身份证" in sources[2]
    assert "人社部、国家医保局令第41号" in sources[4]
    assert "人社部令第16号" in sources[8]
    assert "湖北省" in id_number("E12345678", "420100").basis[0].source


@pytest.mark.parametrize(("number", "expected"), NUMBERS)
def test_an_id_number_is_checked_for_length_characters_date_and_check_digit(ask, number, expected):
    assert ask("id-number", number=number) == expected


def test_an_impossible_date_is_refused_even_with_a_right_check_digit(ask):
    body = "99999919990230028"
    check = CHECK_DIGITS[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]

    assert ask("id-number", number=body + check)["problem"] == "date"


@given(st.dates(date(1800, 1, 1), date(2100, 1, 1)), st.integers(0, 999), st.integers(0, 10))
def test_exactly_one_check_digit_fits(born, order, place):
    body = f"999999{born:%Y%m%d}{order:03}"
    valid = [digit for digit in CHECK_DIGITS if id_number(body + digit).result.valid]

    assert len(valid) == 1
    assert id_number(body + valid[0]).result.birth == born
    assert CHECK_DIGITS[place] in valid or id_number(body + CHECK_DIGITS[place]).result.problem == "checksum"
