"""Confirming the right to a benefit."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.rules.certification import certification
from kiosk.rules.errors import InvalidInputError

DAYS = [
    ("2026-01-15", "2026-01-15", None, "2027-01-15", "valid", 365),
    ("2026-01-15", "2026-11-15", None, "2027-01-15", "valid", 61),
    ("2026-01-15", "2026-11-16", None, "2027-01-15", "due-soon", 60),
    ("2026-01-15", "2027-01-15", None, "2027-01-15", "due-soon", 0),
    ("2026-01-15", "2027-01-16", None, "2027-01-15", "overdue", -1),
    ("2024-02-29", "2024-03-01", None, "2025-02-28", "valid", 364),
    ("2026-08-31", "2026-09-01", 6, "2027-02-28", "valid", 180),
    ("2026-01-15", "2026-01-16", 1, "2026-02-15", "due-soon", 30),
]


@pytest.mark.parametrize(("last", "asked", "cycle", "due", "state", "left"), DAYS)
def test_it_is_due_a_cycle_after_the_last_time(ask, last, asked, cycle, due, state, left):
    result = ask("certification", last_certified=last, asked=asked, cycle_months=cycle)

    assert result == {"due": due, "state": state, "days_left": left}


def test_asked_before_the_last_time_is_refused(ask):
    with pytest.raises(InvalidInputError) as refused:
        ask("certification", last_certified="2026-01-15", asked="2026-01-14")

    assert (refused.value.code, refused.value.field) == ("order", "asked")


def test_who_is_late_is_told_where_to_go_and_nothing_of_a_suspension():
    said = certification(date(2025, 1, 15), date(2026, 11, 27)).text

    assert "窗口" in said
    assert "停" not in said


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(0, 800))
def test_every_confirmation_starts_the_cycle_afresh(last, later):
    asked = last + timedelta(days=later)
    result = certification(last, asked).result

    same_day = last.replace(day=28 if (last.month, last.day) == (2, 29) else last.day, year=last.year + 1)
    assert result.due == same_day
    assert result.state == (
        "overdue" if asked > same_day else "due-soon" if (same_day - asked).days <= 60 else "valid"
    )
