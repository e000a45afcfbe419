"""The citizen's ID number."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.rules.id_number import CHECK_DIGITS, WEIGHTS, id_number

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
