"""The forms of a person's number, against somebody else's formulas of their check digits."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric
from stdnum.md import idno

from text.id_number import (
    SHAPE,
    IdNumberError,
    NumberForm,
    birth_said,
    check_digit,
    permanent_resident_check,
    read_id_number,
)
from text.masking import mask_id_number

LETTERS, DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
BIRTHS = st.dates(date(1800, 1, 1), date(2100, 1, 1))
ORDERS = st.text(DIGITS, min_size=3, max_size=3)
PROVINCES = ("11", "35", "61", "65")


def with_check(address: str, birth: date, order: str) -> str:
    body = f"{address}{birth:%Y%m%d}{order}"
    return body + ric.calc_check_digit(f"{body}0")


RESIDENTS = st.builds(with_check, st.from_regex("[1-8][0-9]{5}", fullmatch=True), BIRTHS, ORDERS)
PERMITS = st.builds(with_check, st.sampled_from(("810000", "820000", "830000")), BIRTHS, ORDERS)
PERMANENT = st.builds(
    lambda province, country, birth, order: with_check(f"9{province}{country}", birth, order),
    st.sampled_from(PROVINCES),
    st.from_regex("[0-9]{3}", fullmatch=True),
    BIRTHS,
    ORDERS,
)
BY_AGENCY = st.from_regex("(HKG|MAC|TWN)[0-9]{9}", fullmatch=True)
FOREIGN = st.from_regex("[D-G][A-Z]{2}[0-9][A-Z0-9]{1,14}", fullmatch=True)
PASSPORTS = st.from_regex("[A-Z]{1,2}[0-9]{6,7}", fullmatch=True)
ANY = st.one_of(RESIDENTS, PERMITS, PERMANENT, BY_AGENCY, FOREIGN, PASSPORTS)


@given(st.text(DIGITS, min_size=17, max_size=17))
def test_the_check_digit_of_18_is_that_of_another_implementation(body):
    assert check_digit(body) == ric.calc_check_digit(f"{body}0")


@given(st.text(LETTERS, min_size=3, max_size=3), st.text(DIGITS, min_size=11, max_size=11))
def test_the_check_digit_of_15_is_that_of_another_implementation(country, digits):
    # Only the last place of a letter's value (A is 10) counts: another document with these weights has digits alone.
    as_digits = "".join(str(LETTERS.index(letter) % 10) for letter in country)
    total = sum(int(d) * w for d, w in zip(f"{as_digits}{digits}"[12:], (7, 3), strict=True))

    first_twelve = int(idno.calc_check_digit(f"{as_digits}{digits}"[:12]))
    assert permanent_resident_check(country + digits) == str((first_twelve + total) % 10)


def test_the_published_examples_are_right():
    assert permanent_resident_check("KAZ11009012310") == "5"
    assert read_id_number("932682198501010017").form is NumberForm.PERMANENT_RESIDENT
    assert read_id_number("810000199408230021").form is NumberForm.RESIDENCE_PERMIT


@given(st.one_of(PERMITS, PERMANENT, RESIDENTS))
def test_a_number_of_18_digits_says_birth_and_sex_and_one_other_digit_makes_it_wrong(number):
    found = read_id_number(number)
    assert f"{found.birth:%Y%m%d}" == number[6:14]
    assert found.sex == ("male" if int(number[16]) % 2 else "female")

    other = number[:16] + str((int(number[16]) + 1) % 10) + number[17]
    with pytest.raises(IdNumberError) as wrong:
        read_id_number(other)
    assert wrong.value.problem == "checksum"


@given(st.one_of(BY_AGENCY, FOREIGN, PASSPORTS))
def test_nothing_is_derived_from_a_number_with_letters(number):
    found = read_id_number(number, passports=True)
    assert (found.birth, found.sex, birth_said(number)) == (None, None, None)


@given(ANY, st.sampled_from(("", " ", "\u200b", "\t")))
def test_a_number_is_one_and_the_same_in_whichever_case_it_was_written(number, around):
    written = f"{around}{number.lower()}{around}"
    assert read_id_number(written, passports=True) == read_id_number(number, passports=True)
    assert read_id_number(written, passports=True).number == number


@given(ANY)
def test_every_number_has_the_shape_that_the_wire_lets_through_and_hides_half_of_itself(number):
    assert re.fullmatch(SHAPE, number) and re.fullmatch(SHAPE, number.lower())
    shown = mask_id_number(number).replace("*", "")
    assert number not in mask_id_number(number)
    assert len(shown) <= (10 if len(number) == 18 and number[:17].isdigit() else len(number) / 2)


@given(st.text(max_size=20))
def test_whatever_else_is_written_is_no_number_and_is_not_told(text):
    try:
        found = read_id_number(text, passports=True)
    except ValueError as wrong:
        assert len(text) < 6 or text not in str(wrong)
    else:
        assert found.number == found.number.upper() and len(found.number) <= 18
