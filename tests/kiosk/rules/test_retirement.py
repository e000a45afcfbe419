"""Retirement age, elastic retirement and minimum years: the tables of the law as tables."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.rules.periods import Month
from kiosk.rules.retirement import elastic_retirement, minimum_contribution, notice_day, retirement_age

# Annexes 1-3 of the 2024 decision, and the two months around each step of them.
VECTORS = [
    ("male", "1964-12", 0, 60, 0, "2024-12"),
    ("male", "1965-01", 1, 60, 1, "2025-02"),
    ("male", "1965-04", 1, 60, 1, "2025-05"),
    ("male", "1965-05", 2, 60, 2, "2025-07"),
    ("male", "1968-10", 12, 61, 0, "2029-10"),
    ("male", "1970-01", 16, 61, 4, "2031-05"),
    ("male", "1976-08", 35, 62, 11, "2039-07"),
    ("male", "1976-09", 36, 63, 0, "2039-09"),
    ("male", "1976-12", 36, 63, 0, "2039-12"),
    ("male", "1990-06", 36, 63, 0, "2053-06"),
    ("female55", "1969-12", 0, 55, 0, "2024-12"),
    ("female55", "1970-01", 1, 55, 1, "2025-02"),
    ("female55", "1970-05", 2, 55, 2, "2025-07"),
    ("female55", "1981-08", 35, 57, 11, "2039-07"),
    ("female55", "1981-09", 36, 58, 0, "2039-09"),
    ("female50", "1974-12", 0, 50, 0, "2024-12"),
    ("female50", "1975-01", 1, 50, 1, "2025-02"),
    ("female50", "1975-02", 1, 50, 1, "2025-03"),
    ("female50", "1975-03", 2, 50, 2, "2025-05"),
    ("female50", "1984-10", 59, 54, 11, "2039-09"),
    ("female50", "1984-11", 60, 55, 0, "2039-11"),
    ("female50", "2000-02", 60, 55, 0, "2055-02"),
]


@pytest.mark.parametrize(("category", "birth", "delay", "years", "months", "month"), VECTORS)
def test_the_retirement_age_is_that_of_the_annexes(ask, category, birth, delay, years, months, month):
    expected = {"delay_months": delay, "age": {"years": years, "months": months}, "month": month}

    assert ask("retirement-age", category=category, birth=birth) == expected


categories = st.sampled_from(["male", "female55", "female50"])
births = st.builds(Month, st.integers(1900, 2100), st.integers(1, 12))


@given(categories, births)
def test_who_is_born_later_never_retires_earlier(category, birth):
    here = retirement_age(category, birth).result
    later = retirement_age(category, birth.plus(1)).result

    assert here.month < later.month
    assert here.delay_months <= later.delay_months


@given(categories, births)
def test_age_and_month_of_retirement_tell_the_same(category, birth):
    result = retirement_age(category, birth).result

    assert birth.plus(12 * result.age.years + result.age.months) == result.month


@given(categories, births)
def test_elastic_retirement_lies_around_the_statutory_month_and_never_below_the_old_age(category, birth):
    old = {"male": 60, "female55": 55, "female50": 50}[category]
    result = elastic_retirement(category, birth).result

    assert birth.plus(12 * old) <= result.earliest <= result.statutory
    assert result.statutory.index - result.earliest.index <= 36
    assert result.latest == result.statutory.plus(36)


@pytest.mark.parametrize(
    ("birth", "earliest", "statutory", "latest"),
    [("1976-09", "2036-09", "2039-09", "2042-09"), ("1965-05", "2025-05", "2025-07", "2028-07")],
)
def test_elastic_retirement_says_only_the_months_when_nothing_was_chosen(
    ask, birth, earliest, statutory, latest
):
    result = ask("elastic-retirement", category="male", birth=birth)

    assert result == {"earliest": earliest, "statutory": statutory, "latest": latest}


CHOICES = [
    ({"chosen": "2036-09"}, None, 222),
    ({"chosen": "2036-08"}, "too-early", 222),
    ({"chosen": "2042-09"}, None, 240),
    ({"chosen": "2042-10"}, "too-late", 240),
    ({"chosen": "2037-03", "retire_on": "2037-03-15", "notice_given": "2036-12-15"}, None, 228),
    ({"chosen": "2037-03", "retire_on": "2037-03-15", "notice_given": "2036-12-16"}, "notice-too-late", 228),
    ({"retire_on": "2037-05-31", "notice_given": "2037-02-28"}, None, 228),
    ({"retire_on": "2037-05-31", "notice_given": "2037-03-01"}, "notice-too-late", 228),
    ({"chosen": "2037-03", "notice_given": "2036-12-01"}, None, 228),
    ({"chosen": "2037-03", "notice_given": "2036-12-02"}, "notice-too-late", 228),
    ({"retire_on": "2040-01-15", "notice_given": "2039-12-15"}, None, 240),
    ({"retire_on": "2040-01-15", "notice_given": "2039-12-16"}, "notice-too-late", 240),
    ({"chosen": "2039-09", "notice_given": "2039-09-30"}, None, 240),
    ({"chosen": "2036-09", "paid_months": 221}, "contribution-years", 222),
    ({"chosen": "2036-09", "paid_months": 222}, None, 222),
    ({"chosen": "2042-01", "paid_months": 240}, None, 240),
    ({"paid_months": 239}, "contribution-years", 240),
    ({"notice_given": "2039-01-01"}, None, 240),
    ({"chosen": "2036-01", "paid_months": 0, "notice_given": "2036-01-01"}, "too-early", 222),
]


@pytest.mark.parametrize(("choice", "reason", "required"), CHOICES)
def test_a_choice_is_judged_by_window_notice_and_contribution(ask, choice, reason, required):
    result = ask("elastic-retirement", category="male", birth="1976-09", **choice)

    assert (result["allowed"], result["reason"], result["required_months"]) == (
        reason is None,
        reason,
        required,
    )


def test_who_retires_late_needs_the_minimum_of_the_statutory_year(ask):
    # statutory 2031-02: 16 years; the chosen 2034 would need 17 years and a half
    result = ask("elastic-retirement", category="male", birth="1969-11", chosen="2034-01", paid_months=192)

    assert (result["statutory"], result["allowed"], result["required_months"]) == ("2031-02", True, 192)


MINIMUM = {2011: 180, 2025: 180, 2029: 180, 2030: 186, 2031: 192, 2032: 198, 2033: 204, 2034: 210, 2035: 216}
MINIMUM |= {2036: 222, 2037: 228, 2038: 234, 2039: 240, 2040: 240, 2060: 240}


@pytest.mark.parametrize(("year", "months"), MINIMUM.items())
def test_the_minimum_contribution_is_that_of_annex_4(ask, year, months):
    assert ask("minimum-contribution", year=year) == {"months": months}


@given(st.integers(1900, 2100))
def test_the_minimum_contribution_never_falls(year):
    assert minimum_contribution(year).result.months <= minimum_contribution(year + 1).result.months


# The law is in force since 2025-01-01; who reached the old age before it may use what is left of three years.
BEFORE_THE_LAW = [
    ("1964-06", {"chosen": "2024-12"}, False),
    ("1964-06", {"chosen": "2025-01"}, True),
    ("1964-06", {"retire_on": "2024-12-31"}, False),
    ("1964-06", {"retire_on": "2025-01-01"}, True),
    ("1960-01", {"chosen": "2022-01"}, False),
    ("1962-01", {"chosen": "2022-06"}, False),
    ("1962-01", {"chosen": "2022-01"}, False),
    ("1962-01", {"paid_months": 300}, False),
    ("1962-01", {"chosen": "2025-01"}, True),
]


@pytest.mark.parametrize(("birth", "choice", "allowed"), BEFORE_THE_LAW)
def test_nobody_could_choose_before_the_law_was_in_force(ask, birth, choice, allowed):
    result = ask("elastic-retirement", category="male", birth=birth, **choice)

    assert (result["allowed"], result["reason"]) == (allowed, None if allowed else "too-early")


def test_the_sentence_says_since_when_there_is_a_choice():
    early = elastic_retirement("male", Month(1960, 1), chosen=Month(2022, 1))
    never = elastic_retirement("male", Month(1960, 1))
    partly = elastic_retirement("male", Month(1964, 6))

    assert "从2025年01月01日起施行" in early.text and "2022-01" in early.text
    assert "从2025年01月01日起施行" in never.text
    assert partly.text == "您可以在2025-01到2027-06之间选择退休时间。"


def test_the_unit_is_told_three_months_before_an_early_and_agrees_one_month_before_a_late_retirement():
    window = elastic_retirement("male", Month(1968, 3)).result
    assert notice_day(window, Month(2028, 3)) == date(2027, 12, 1)
    assert notice_day(window, window.statutory) is None
    late = window.statutory.plus(1)
    assert notice_day(window, late) == window.statutory.first_day
