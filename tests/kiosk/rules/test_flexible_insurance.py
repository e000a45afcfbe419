"""Joining the employee pension as a flexible worker."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.rules.flexible_insurance import flexible_insurance
from kiosk.rules.periods import Month

NOTHING = {"allowed": None, "reason": None, "papers": [], "until": None}
ASKED = {"region": "610200", "sex": "male", "birth": "1976-09", "asked": "2026-11"}

PEOPLE = [
    ({}, True, None, "2039-09"),
    ({"insured_by_unit": True}, False, "insured-by-unit", "2039-09"),
    # the delayed ages: a man of 60 and a woman of 55 may still join, and may no longer in the month of their age
    ({"birth": "1966-10", "asked": "2026-11"}, True, None, "2027-04"),
    ({"birth": "1966-10", "asked": "2027-03"}, True, None, "2027-04"),
    ({"birth": "1966-10", "asked": "2027-04"}, False, "age", "2027-04"),
    ({"birth": "1966-10", "asked": "2027-04", "insured_by_unit": True}, False, "age", "2027-04"),
    ({"sex": "female", "birth": "1971-09", "asked": "2027-02"}, True, None, "2027-03"),
    ({"sex": "female", "birth": "1971-09", "asked": "2027-03"}, False, "age", "2027-03"),
    # who was 60 or 55 before the law was not delayed
    ({"birth": "1964-12", "asked": "2026-11"}, False, "age", "2024-12"),
    ({"sex": "female", "birth": "1969-12", "asked": "2026-11"}, False, "age", "2024-12"),
    # asked before the law: 未满60周岁、未满55周岁, as the handbook has it
    ({"birth": "1965-03", "asked": "2024-12"}, True, None, "2025-03"),
    ({"birth": "1965-03", "asked": "2025-01"}, True, None, "2025-04"),
    ({"sex": "female", "birth": "1969-12", "asked": "2024-11"}, True, None, "2024-12"),
    ({"sex": "female", "birth": "1969-12", "asked": "2024-12"}, False, "age", "2024-12"),
]


@pytest.mark.parametrize(("change", "allowed", "reason", "until"), PEOPLE)
def test_a_flexible_worker_may_join_up_to_the_statutory_age_of_the_day(ask, change, allowed, reason, until):
    expected = {"allowed": allowed, "reason": reason, "papers": ["id-card"], "until": until}

    assert ask("flexible-insurance", **ASKED | change) == expected


@pytest.mark.parametrize("region", ["110000", "210000", "210200", "371003", "420100", "440200", "650200"])
def test_a_region_whose_sources_say_nothing_of_it_answers_nothing(ask, region):
    assert ask("flexible-insurance", **ASKED | {"region": region}) == NOTHING


@pytest.mark.parametrize(("asked", "known"), [("2013-12", False), ("2023-11", False), ("2023-12", True)])
def test_nothing_is_said_of_a_time_before_the_source(ask, asked, known):
    assert (ask("flexible-insurance", **ASKED | {"asked": asked}) != NOTHING) == known


def test_the_agencys_own_answer_decides_and_the_sentence_says_so():
    for birth in (Month(1976, 9), Month(1950, 1)):
        said = flexible_insurance("610000", "male", birth, Month(2026, 11)).text
        assert "以经办机构答复为准" in said


def age_in_months(sex, birth, asked):
    """The oracle: the tables of the law read line by line, one month of delay for every four months of birth."""
    old = 60 if sex == "male" else 55
    first_delayed = 1965 if sex == "male" else 1970
    months_after = (birth.year - first_delayed) * 12 + birth.month - 1
    if months_after < 0 or asked < Month(2025, 1):
        return old * 12
    delay = 0
    for _begun in range(0, months_after + 1, 4):
        delay = min(36, delay + 1)
    return old * 12 + delay


@given(
    st.sampled_from(["male", "female"]),
    st.builds(Month, st.integers(1930, 2010), st.integers(1, 12)),
    st.builds(Month, st.integers(2024, 2070), st.integers(1, 12)),
    st.booleans(),
)
def test_the_answer_is_that_of_the_tables(sex, birth, asked, by_unit):
    result = flexible_insurance("610000", sex, birth, asked, insured_by_unit=by_unit).result
    too_old = (asked.year - birth.year) * 12 + asked.month - birth.month >= age_in_months(sex, birth, asked)

    assert result.reason == ("age" if too_old else "insured-by-unit" if by_unit else None)
    assert result.until == birth.plus(age_in_months(sex, birth, asked))
