"""Loss reports: how long they last and what becomes of the card."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.rules.errors import InvalidInputError
from kiosk.rules.loss import loss_state
from kiosk.rules.periods import BEIJING

REPORTED = "2026-03-01T10:00"
BOTH = ["social", "financial"]
CASES = [
    ("610000", "oral", "2026-03-01T10:00", "lost", "2026-03-09T00:00", ["social"]),
    ("610200", "oral", "2026-03-08T23:59", "lost", "2026-03-09T00:00", ["social"]),
    ("610200", "oral", "2026-03-09T00:00", "normal", "2026-03-09T00:00", ["social"]),
    ("610000", "formal", "2026-03-02T00:00", "void", None, BOTH),
    ("610000", "formal", "2036-03-02T00:00", "void", None, BOTH),
    ("440200", "written", "2026-03-16T23:59", "lost", "2026-03-17T00:00", BOTH),
    ("440200", "written", "2026-03-17T00:00", "cancelled", "2026-03-17T00:00", BOTH),
    ("210000", "oral", "2030-01-01T00:00", "lost", None, ["social"]),
    ("210000", "written", "2030-01-01T00:00", "lost", None, BOTH),
    ("650200", "oral", "2030-01-01T00:00", "lost", None, ["social"]),
    ("650200", "written", "2030-01-01T00:00", "lost", None, ["social"]),
    ("210200", "written", "2030-01-01T00:00", "lost", None, BOTH),
    ("420100", "phone", "2030-01-01T00:00", "lost", None, ["social"]),
    ("371003", "temporary", "2030-01-01T00:00", "lost", None, ["social"]),
    ("371003", "formal", "2030-01-01T00:00", None, None, []),
    ("110000", "oral", "2026-03-02T00:00", None, None, []),
]


@pytest.mark.parametrize(("region", "kind", "asked_at", "state", "until", "affects"), CASES)
def test_a_loss_report_lasts_as_the_source_says(ask, region, kind, asked_at, state, until, affects):
    result = ask("loss-state", region=region, kind=kind, reported_at=REPORTED, asked_at=asked_at)

    assert result == {"state": state, "until": until, "affects": affects}


def test_a_clock_that_runs_backwards_releases_nothing(ask):
    with pytest.raises(InvalidInputError) as refused:
        ask("loss-state", region="610200", kind="oral", reported_at=REPORTED, asked_at="2026-03-01T09:59")

    assert (refused.value.code, refused.value.field) == ("order", "asked_at")


def test_days_are_counted_in_beijing_wherever_the_time_was_written_down():
    reported = datetime(2026, 3, 1, 17, 0, tzinfo=UTC)  # the 2nd, 1:00 in Beijing

    assert loss_state("610200", "oral", reported, reported).result.until == datetime(
        2026, 3, 10, tzinfo=BEIJING
    )


instants = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)).map(lambda at: at.replace(tzinfo=BEIJING))


@given(instants, st.timedeltas(timedelta(0), timedelta(days=40)))
def test_once_over_a_loss_report_stays_over(reported, waited):
    order = ["lost", "cancelled"]
    first = loss_state("440200", "written", reported, reported + waited).result
    later = loss_state("440200", "written", reported, reported + waited + timedelta(hours=1)).result

    assert order.index(first.state) <= order.index(later.state)
    assert timedelta(days=15) < first.until - reported <= timedelta(days=16)


BEGINNINGS = [
    ("610200", "oral", "2023-11-12T23:59", "2023-11-13T00:00"),
    ("210000", "written", "2018-04-02T23:59", "2018-04-03T00:00"),
    ("440200", "written", "2005-12-31T23:59", "2006-01-01T00:00"),
    ("371003", "temporary", "2020-09-08T23:59", "2020-09-09T00:00"),
]


@pytest.mark.parametrize(("region", "kind", "before", "since"), BEGINNINGS)
def test_a_kind_of_loss_is_known_since_its_source_is_in_force(ask, region, kind, before, since):
    def state(at):
        return ask("loss-state", region=region, kind=kind, reported_at=at, asked_at=at)["state"]

    assert (state(before), state(since)) == (None, "lost")


def test_a_source_without_a_date_stands_against_none(ask):
    at = "1999-01-01T00:00"

    assert ask("loss-state", region="650200", kind="oral", reported_at=at, asked_at=at)["state"] == "lost"
