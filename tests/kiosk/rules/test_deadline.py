"""Deadlines in working and in calendar days."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.rules.deadline import deadline, last_day
from kiosk.rules.errors import InvalidInputError
from kiosk.rules.law import Term

DEADLINES = [
    ("registration", "2026-11-02", None, 10, "working", "2026-11-16"),
    ("registration-change", "2026-11-02", None, 10, "working", "2026-11-16"),
    ("pension-claim", "2026-09-21", None, 20, "working", "2026-10-26"),
    ("medical-reimbursement", "2026-03-02", None, 30, "working", "2026-04-14"),
    ("maternity-allowance", "2026-11-06", None, 10, "working", "2026-11-20"),
    ("injury-reimbursement", "2026-11-02", None, 20, "working", "2026-11-30"),
    ("unemployment-benefit", "2026-11-07", None, 10, "working", "2026-11-20"),
    ("training-subsidy", "2026-11-02", None, 10, "working", "2026-11-16"),
    ("entitlement-loss-notice", "2026-11-02", None, 20, "working", "2026-11-30"),
    # the National Day week of 2025, with a working Sunday before and a working Saturday after it
    ("registration", "2025-09-26", None, 10, "working", "2025-10-16"),
    ("replace-card", "2026-11-02", "210200", 7, "working", "2026-11-11"),
    ("replace-card", "2026-11-02", "420100", 7, "working", "2026-11-11"),
    ("make-card", "2026-11-02", "420100", 20, "working", "2026-11-30"),
    ("notify-collection", "2026-11-02", "420100", 10, "working", "2026-11-16"),
    ("make-card", "2026-11-02", "440200", 30, "calendar", "2026-12-02"),
    ("replace-card", "2026-12-22", "440200", 30, "calendar", "2027-01-21"),
    ("replace-card", "2026-11-02", "610200", None, None, None),
    ("make-card", "2026-11-02", "210200", None, None, None),
    ("notify-collection", "2026-11-02", "371003", None, None, None),
    ("rating-rectification", "2026-11-23", None, 15, "working", "2026-12-14"),
    ("urgent-card", "2026-11-02", "420100", 0, "calendar", "2026-11-02"),
    ("urgent-card", "2026-11-02", "610200", None, None, None),
    ("collect-first-card", "2026-11-02", "420100", None, None, None),
    ("cancel-settlement", "2026-11-02", "210200", None, None, None),
]


@pytest.mark.parametrize(("item", "received", "region", "days", "kind", "due"), DEADLINES)
def test_a_deadline_counts_from_the_day_after(ask, item, received, region, days, kind, due):
    result = ask("deadline", item=item, received=received, region=region)

    assert result == {"days": days, "kind": kind, "due": due}


IN_MONTHS = [
    # 大连: 申领次月月末
    ("collect-first-card", "2026-11-02", "210200", "month-end", 1, "2026-12-31"),
    ("collect-first-card", "2026-12-31", "210200", "month-end", 1, "2027-01-31"),
    ("collect-first-card", "2028-01-31", "210200", "month-end", 1, "2028-02-29"),
    # 武汉: 一个月内
    ("cancel-settlement", "2026-11-02", "420100", "months", 1, "2026-12-02"),
    ("cancel-settlement", "2027-01-31", "420100", "months", 1, "2027-02-28"),
    # 当月底前
    ("plan-withdrawal", "2026-11-01", None, "month-end", 0, "2026-11-30"),
    ("plan-withdrawal", "2026-11-30", None, "month-end", 0, "2026-11-30"),
]


@pytest.mark.parametrize(("item", "received", "region", "kind", "months", "due"), IN_MONTHS)
def test_a_period_of_months_ends_on_the_same_day_or_at_the_end_of_the_month(
    ask, item, received, region, kind, months, due
):
    result = ask("deadline", item=item, received=received, region=region)

    assert result == {"days": None, "kind": kind, "due": due, "months": months}


def test_a_day_in_a_year_whose_holidays_are_not_out_is_pending_and_not_before_what_is_certain(ask):
    # Seven working days are left of 2026. In 2027 any day but a statutory holiday may become a working day.
    result = ask("deadline", item="pension-claim", received="2026-12-22")

    assert result == {
        "days": 20,
        "kind": "working",
        "due": None,
        "due_pending": True,
        "not_before": "2027-01-14",
    }
    assert "不早于2027年01月14日" in deadline("pension-claim", date(2026, 12, 22)).text
    assert "年节" in str(deadline("pension-claim", date(2026, 12, 22)).basis[-1])


def test_a_year_without_a_holiday_calendar_is_an_error_not_a_guess(ask):
    with pytest.raises(InvalidInputError) as refused:
        ask("deadline", item="pension-claim", received="2098-12-30")

    assert refused.value.code == "unknown-year"
    assert "2098年" in refused.value.message


def test_a_regional_deadline_needs_a_region(ask):
    with pytest.raises(InvalidInputError) as refused:
        ask("deadline", item="make-card", received="2026-11-02")

    assert (refused.value.code, refused.value.field) == ("missing", "region")


@given(st.dates(date(2010, 1, 1), date(2025, 12, 1)), st.integers(1, 10))
def test_one_more_working_day_is_always_later(received, days):
    assert last_day(received, Term(days, "working")) < last_day(received, Term(days + 1, "working"))


@pytest.mark.parametrize(
    ("item", "region", "day_before", "first_day"),
    [
        ("pension-claim", None, "2023-11-30", "2023-12-01"),
        ("registration", None, "2023-11-30", "2023-12-01"),
        ("replace-card", "420100", "2010-12-31", "2011-01-01"),
        ("make-card", "440200", "2005-12-31", "2006-01-01"),
    ],
)
def test_a_deadline_runs_only_since_it_is_law(ask, item, region, day_before, first_day):
    nothing = {"days": None, "kind": None, "due": None}

    assert ask("deadline", item=item, region=region, received=day_before) == nothing
    assert ask("deadline", item=item, region=region, received=first_day) != nothing


def test_the_sentence_tells_a_deadline_that_was_not_law_yet_from_one_that_is_nowhere():
    assert "还没有施行" in deadline("pension-claim", date(2023, 11, 30)).text
    assert "没有写明" in deadline("make-card", date(2026, 11, 2), region="210200").text
