"""The calendar of holidays as a feed: published after a check, counted with at once, missed before it is needed."""

import json
from datetime import UTC, date, datetime

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from central.cases import applications
from central.feeds.publishing import publish
from central.feeds.sequencer import sequence
from central.jobs.due_dates import date_pending, watch_calendars
from central.program.main import main
from central.store import tables as models
from central.store.acts import find_acts
from central.store.alarms import find_alarms
from kiosk.rules import working_days
from tests.calendars import INVENTED
from tests.central.acts import CLAIM, actor, changed
from tests.central.records import ISSUER

LATE = datetime(2026, 12, 24, 2, tzinfo=UTC)
"""Twenty working days from here reach into 2027."""


@pytest.fixture(autouse=True)
def own_calendars_again():
    yield
    working_days.use(())


def bring_out(engine, calendar: dict) -> None:
    with engine.begin() as tx:
        publish(tx, "calendar", [(str(calendar["year"]), json.dumps(calendar))])
    sequence(engine, b"0" * 32)


def dues(engine) -> list[date | None]:
    with engine.begin() as tx:
        return list(tx.execute(select(models.applications.c.due)).scalars())


def test_what_is_due_in_a_year_without_a_calendar_is_dated_once_it_is_published(any_centre):
    engine = any_centre.engine
    with engine.begin() as tx:
        receipt = applications.apply(tx, actor(at=LATE), changed(CLAIM, verified_by="id-card"), ISSUER)
    assert dues(engine) == [None]
    date_pending(engine, LATE)
    assert dues(engine) == [None]
    bring_out(engine, INVENTED)
    date_pending(engine, LATE)
    assert dues(engine) == [date(2027, 1, 21)]  # 22 January, were the 16th not at work
    with engine.begin() as tx:
        dated = find_acts(tx, subject=receipt.number)[-1]
    assert (dated.act, dated.after, dated.by) == ("application-dated", "2027-01-21", "calendar-published")


def test_whoever_applies_after_the_publication_gets_the_day_at_once(any_centre):
    bring_out(any_centre.engine, INVENTED)
    with any_centre.engine.begin() as tx:
        receipt = applications.apply(tx, actor(at=LATE), changed(CLAIM, verified_by="id-card"), ISSUER)
    assert receipt.due == date(2027, 1, 21)


@pytest.mark.parametrize(
    ("day", "alarms"),
    [
        (datetime(2026, 11, 1, 15, 59, tzinfo=UTC), []),
        (datetime(2026, 11, 2, 16, tzinfo=UTC), ["2027"]),  # 3 November in Beijing: 59 days are left
    ],
)
def test_a_missing_year_is_an_alarm_sixty_days_before_it_begins_and_once(centre, day, alarms):
    with centre.engine.begin() as tx:
        watch_calendars(tx, day)
        watch_calendars(tx, day)
        assert [each.subject for each in find_alarms(tx) if each.alarm == "calendar-missing"] == alarms


def test_a_published_year_is_not_missing(centre):
    bring_out(centre.engine, INVENTED)
    with centre.engine.begin() as tx:
        watch_calendars(tx, LATE)
        assert find_alarms(tx) == []


@pytest.mark.parametrize(
    ("key", "calendar", "said"),
    [
        ("2028", INVENTED, "the row's key says 2028"),
        ("2027", INVENTED | {"workdays": [{"date": "2027-01-15", "name": "元旦"}]}, "no Saturday or Sunday"),
        ("2027", INVENTED | {"holidays": INVENTED["holidays"][1:]}, "is missing"),
        ("2027", INVENTED | {"status": "official"}, "needs the notice it was copied from"),
        ("27", INVENTED, "row 27"),
    ],
)
def test_a_calendar_that_cannot_be_true_is_refused_in_one_line(tmp_path, key, calendar, said):
    assert CliRunner().invoke(main, ["seed", "--people", "0", "--data", str(tmp_path)]).exit_code == 0
    file = tmp_path / "calendar.jsonl"
    file.write_text(json.dumps({"key": key, "value": calendar}) + "\n")
    result = CliRunner().invoke(main, ["feeds", "publish", "calendar", str(file), "--data", str(tmp_path)])
    assert result.exit_code != 0
    assert said in result.output and "nothing was published" in result.output
    assert len(result.output.strip().splitlines()) == 1
