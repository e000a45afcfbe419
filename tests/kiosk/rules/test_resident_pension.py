"""The resident pension and the subsidy for the disabled."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.rules.periods import Month
from kiosk.rules.resident_pension import resident_pension


def years(first, last, without=()):
    return [year for year in range(first, last + 1) if year not in without]


LI = {"birth": "1960-01", "paid_years": years(2010, 2019, without=[2017])}


def test_mr_li_lacks_2017_and_gets_nothing(ask):
    result = ask("resident-pension", asked="2020-02", **LI)

    assert result == {
        "eligible": False,
        "from_month": None,
        "reason": "years",
        "missing_years": [2017],
        "paid": 9,
        "needed": 10,
        "pension_age": 60,
        "base_only": False,
    }


def test_mr_li_pays_2017_in_april_2020_and_is_paid_from_may(ask):
    for asked in ("2020-04", "2020-05", "2026-11"):
        result = ask("resident-pension", asked=asked, backpaid={"2017": "2020-04"}, **LI)
        assert (result["eligible"], result["from_month"], result["missing_years"]) == (True, "2020-05", [])

    assert not ask("resident-pension", asked="2020-03", backpaid={"2017": "2020-04"}, **LI)["eligible"]


def test_paying_the_year_of_the_pension_age_too_changes_nothing_for_mr_li(ask):
    question = LI | {"paid_years": [*LI["paid_years"], 2020]}
    result = ask("resident-pension", asked="2020-05", backpaid={"2017": "2020-04"}, **question)

    assert (result["from_month"], result["paid"], result["needed"]) == ("2020-05", 11, 10)


RESIDENT = [
    (
        "the month after turning 60",
        {"birth": "1960-01", "asked": "2020-01", "paid_years": years(2010, 2019)},
        True,
        None,
        "2020-02",
    ),
    (
        "not yet 60",
        {"birth": "1960-02", "asked": "2020-01", "paid_years": years(2010, 2019)},
        False,
        "age",
        None,
    ),
    (
        "another pension",
        {
            "birth": "1960-01",
            "asked": "2020-01",
            "paid_years": years(2010, 2019),
            "receives_other_pension": True,
        },
        False,
        "other-pension",
        None,
    ),
    (
        "60 when the system began",
        {"birth": "1950-01", "asked": "2012-01", "paid_years": []},
        True,
        None,
        "2010-01",
    ),
    (
        "60 in the first year",
        {"birth": "1950-06", "asked": "2012-01", "paid_years": []},
        True,
        None,
        "2010-07",
    ),
    (
        "exactly fifteen years to go",
        {"birth": "1965-01", "asked": "2025-02", "paid_years": years(2010, 2024)},
        True,
        None,
        "2025-02",
    ),
    (
        "exactly fifteen years to go, one missing",
        {"birth": "1965-01", "asked": "2025-02", "paid_years": years(2011, 2024)},
        False,
        "years",
        None,
    ),
    (
        "more than fifteen years to go, fifteen paid",
        {"birth": "1966-06", "asked": "2026-07", "paid_years": years(2012, 2026)},
        True,
        None,
        "2026-07",
    ),
    (
        "more than fifteen years to go, fourteen paid",
        {"birth": "1966-06", "asked": "2026-07", "paid_years": years(2013, 2026)},
        False,
        "years",
        None,
    ),
    (
        "the fifteenth year paid later",
        {
            "birth": "1966-06",
            "asked": "2026-11",
            "paid_years": years(2013, 2026),
            "backpaid": {"2012": "2026-09"},
        },
        True,
        None,
        "2026-10",
    ),
    (
        "years before the system do not count",
        {"birth": "1966-06", "asked": "2026-07", "paid_years": years(2008, 2022)},
        False,
        "years",
        None,
    ),
    (
        "years to come do not count",
        {"birth": "1966-06", "asked": "2026-07", "paid_years": years(2013, 2027)},
        False,
        "years",
        None,
    ),
    (
        "severely disabled at 55",
        {"birth": "1966-06", "asked": "2021-07", "paid_years": years(2010, 2020), "disability_grade": 2},
        True,
        None,
        "2021-07",
    ),
    (
        "disabled in the third grade",
        {"birth": "1966-06", "asked": "2021-07", "paid_years": years(2010, 2020), "disability_grade": 3},
        False,
        "age",
        None,
    ),
]


@pytest.mark.parametrize(
    ("question", "eligible", "reason", "month"),
    [case[1:] for case in RESIDENT],
    ids=[case[0] for case in RESIDENT],
)
def test_the_resident_pension_starts_the_month_after_its_conditions_are_met(
    ask, question, eligible, reason, month
):
    result = ask("resident-pension", **question)

    assert (result["eligible"], result["reason"], result["from_month"]) == (eligible, reason, month)


def test_the_answer_says_what_is_needed(ask):
    old = ask("resident-pension", birth="1950-01", asked="2012-01", paid_years=[])
    young = ask("resident-pension", birth="1990-01", asked="2026-01", paid_years=[2024, 2025])
    disabled = ask("resident-pension", birth="1990-01", asked="2026-01", paid_years=[], disability_grade=1)

    assert (old["base_only"], old["needed"]) == (True, 0)
    assert (young["base_only"], young["paid"], young["needed"], young["missing_years"]) == (False, 2, 15, [])
    assert (disabled["pension_age"], young["pension_age"]) == (55, 60)


months = st.builds(Month, st.integers(1930, 2000), st.integers(1, 12))


@given(
    months,
    st.builds(Month, st.integers(2010, 2060), st.integers(1, 12)),
    st.sets(st.integers(2005, 2060)).map(tuple),
)
def test_the_resident_pension_never_starts_before_the_age(birth, asked, paid):
    result = resident_pension(birth, asked, paid).result

    assert result.eligible == (result.reason is None) == (result.from_month is not None)
    if result.from_month:
        assert result.from_month >= birth.plus(720) or result.from_month == Month(2010, 1)
        assert result.from_month <= asked.plus(1)


SUBSIDIES = [
    (2018, 1, None, "300.00", "50.00"),
    (2026, 2, None, "300.00", "50.00"),
    (2026, 2, "300.00", "300.00", "50.00"),
    (2026, 2, "499.99", "300.00", "50.00"),
    (2026, 2, "500.00", "0.00", "0.00"),
    (2026, 1, "3000.00", "0.00", "0.00"),
    (2026, 3, None, "0.00", "0.00"),
    (2017, 1, None, "0.00", "0.00"),
]


@pytest.mark.parametrize(("year", "grade", "own_tier", "pays", "subsidy"), SUBSIDIES)
def test_the_government_pays_for_the_severely_disabled_from_2018(ask, year, grade, own_tier, pays, subsidy):
    result = ask("disability-subsidy", year=year, grade=grade, own_tier=own_tier)

    assert result == {"government_pays": pays, "subsidy": subsidy}


@pytest.mark.parametrize(("asked", "eligible"), [("2020-03", False), ("2020-04", True), ("2026-11", True)])
def test_a_year_in_both_lists_counts_from_the_month_in_which_it_was_paid_back(ask, asked, eligible):
    both = LI | {"paid_years": years(2010, 2019)}
    result = ask("resident-pension", asked=asked, backpaid={"2017": "2020-04"}, **both)

    assert (result["eligible"], result["from_month"]) == (eligible, "2020-05" if eligible else None)
    assert result["missing_years"] == ([] if eligible else [2017])


def test_the_fifteenth_year_in_both_lists_begins_the_pension_after_it_was_paid_back(ask):
    question = {"birth": "1966-06", "asked": "2026-11", "paid_years": years(2012, 2026)}

    assert ask("resident-pension", **question)["from_month"] == "2026-07"
    assert ask("resident-pension", **question, backpaid={"2012": "2026-09"})["from_month"] == "2026-10"


@pytest.mark.parametrize(
    ("asked", "reason", "from_month"), [("2009-12", "not-in-force", None), ("2010-01", None, "2010-01")]
)
def test_nobody_was_paid_before_the_system_began(ask, asked, reason, from_month):
    result = ask("resident-pension", birth="1948-01", asked=asked, paid_years=[])

    assert (result["reason"], result["from_month"]) == (reason, from_month)


LOWER_AGE = [
    # 55 in 2016: the lower age was laid down on 2018-01-01, and counts from then
    ("1961-06", "2017-12", False, 60, None),
    ("1961-06", "2018-01", True, 55, "2018-02"),
    ("1961-06", "2019-01", True, 55, "2018-02"),
    # 55 after it
    ("1963-06", "2018-06", True, 55, "2018-07"),
    # 60 before it: the usual age
    ("1957-06", "2018-06", True, 60, "2017-07"),
]


@pytest.mark.parametrize(("birth", "asked", "eligible", "age", "from_month"), LOWER_AGE)
def test_the_lower_age_of_the_disabled_counts_since_it_was_laid_down(
    ask, birth, asked, eligible, age, from_month
):
    paid = years(2010, int(asked[:4]))
    result = ask("resident-pension", birth=birth, asked=asked, paid_years=paid, disability_grade=1)

    assert (result["eligible"], result["pension_age"], result["from_month"]) == (eligible, age, from_month)


@pytest.mark.parametrize(
    ("region", "pays", "age"),
    [(None, "300.00", 55), ("371003", "300.00", 55), ("610200", None, 60), ("110000", None, 60)],
)
def test_what_the_disabled_are_given_counts_only_where_the_regions_sources_say_it(ask, region, pays, age):
    paid = years(2010, 2020)
    pension = ask(
        "resident-pension",
        birth="1966-06",
        asked="2021-07",
        paid_years=paid,
        disability_grade=1,
        region=region,
    )

    assert ask("disability-subsidy", year=2026, grade=1, region=region) == {
        "government_pays": pays,
        "subsidy": pays and "50.00",
    }
    assert pension["pension_age"] == age


def test_a_year_is_not_paid_before_it_begins(ask):
    # Fifteen years from 2012 on; who writes that 2026 was paid back in 2025 has paid it in 2026 all the same.
    question = {"birth": "1965-06", "asked": "2026-03", "paid_years": years(2012, 2025)}
    result = ask("resident-pension", **question, backpaid={"2026": "2025-07"})

    assert (result["eligible"], result["from_month"]) == (True, "2026-02")


@st.composite
def lives(draw):
    """Somebody's birth, the month of asking, years paid in time (some twice), years paid back, and a disability."""
    paid = draw(st.lists(st.integers(2008, 2040), max_size=25))
    back = draw(st.dictionaries(st.integers(2008, 2040), month_of(2009, 2041), max_size=4))
    grade = draw(st.none() | st.integers(1, 4))
    return draw(month_of(1940, 1980)), draw(month_of(2008, 2041)), tuple(paid), back, grade


def month_of(first, last):
    return st.builds(Month, st.integers(first, last), st.integers(1, 12))


def by_the_text(birth, asked, paid_years, backpaid, grade):
    """The oracle: month after month since the system began, whether the words of the source are fulfilled.

    Returns the first month of the pension, None if none has come by the month of asking.
    """
    began, lower_since = Month(2010, 1), Month(2018, 1)
    sixty, fifty_five = birth.plus(720), birth.plus(660)
    reached = sixty
    if grade in (1, 2) and asked >= lower_since and max(fifty_five, lower_since) < sixty:
        reached = max(fifty_five, lower_since)
    if asked < began:
        return None
    if reached <= began:
        return began
    counts_from = {}
    for year in range(2010, 2042):
        if year in backpaid:
            counts_from[year] = max(backpaid[year], Month(year, 1))
        elif year in paid_years:
            counts_from[year] = Month(year, 1)
    month = began
    while month <= asked:
        paid = [year for year, since in counts_from.items() if since <= month]
        if reached.index - began.index <= 180:
            years_are_there = all(year in paid for year in range(2010, reached.year))
        else:
            years_are_there = len(paid) >= 15
        if month >= reached and years_are_there:
            return month.plus(1)
        month = month.plus(1)
    return None


@settings(max_examples=300)
@given(lives())
def test_the_pension_begins_in_the_month_that_the_words_of_the_source_give(life):
    birth, asked, paid_years, backpaid, grade = life
    result = resident_pension(birth, asked, paid_years, backpaid=backpaid, disability_grade=grade).result

    assert result.from_month == by_the_text(*life)
    known = {year for year in (*paid_years, *backpaid) if 2010 <= year <= asked.year}
    assert result.paid <= len(known)
