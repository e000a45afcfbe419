"""Calendars of holidays from the centre: used when all of them are sound, and missed before they are needed."""

import json
from contextlib import closing
from datetime import date

import pytest

from kiosk.published.calendars import Calendars
from kiosk.published.state import StoredPublishedState
from kiosk.rules import working_days
from sync.protocol.feeds import CALENDAR, Change, Page
from sync.store import Store
from sync.store.reference import Reference
from tests.calendars import INVENTED
from tests.sync.publisher import apply

NOVEMBER = date(2026, 11, 27)


@pytest.fixture(autouse=True)
def own_calendars_again():
    yield
    working_days.use(())


def publish(folder, calendar: dict) -> None:
    with closing(Reference(folder)) as reference:
        file = reference.current
        if file.cursor(CALENDAR) is None:
            file.begin(CALENDAR, "e1")
        after = file.cursor(CALENDAR).seq
        change = Change(after + 1, str(calendar["year"]), json.dumps(calendar))
        assert apply(file, Page(CALENDAR, "e1", after, after + 1, [change]))


def test_a_published_calendar_is_counted_with(tmp_path):
    assert not working_days.is_known(2027)
    publish(tmp_path, INVENTED)
    assert Calendars(tmp_path).take()
    assert working_days.is_workday(date(2027, 1, 16))
    assert not working_days.is_workday(date(2027, 2, 8))


def test_one_that_cannot_be_true_is_refused_and_the_last_one_stays(tmp_path):
    calendars = Calendars(tmp_path)
    publish(tmp_path, INVENTED)
    assert calendars.take()
    publish(tmp_path, INVENTED | {"workdays": [{"date": "2027-01-15", "name": "元旦"}]})
    assert not calendars.take()
    assert working_days.is_workday(date(2027, 1, 16))


def test_with_nothing_new_nothing_is_done(tmp_path):
    publish(tmp_path, INVENTED)
    calendars = Calendars(tmp_path)
    assert calendars.take()
    assert not calendars.take()


def test_a_year_that_is_overdue_is_told_once_until_it_is_there(tmp_path):
    with closing(Store.open(tmp_path, "610200-001")) as store:
        published = StoredPublishedState(store, tmp_path)
        assert published.newly_missing_calendar(date(2026, 10, 1)) is None
        assert published.newly_missing_calendar(NOVEMBER) == 2027
        assert published.newly_missing_calendar(NOVEMBER) is None
        publish(tmp_path, INVENTED)
        restarted = StoredPublishedState(store, tmp_path)
        restarted.load_latest_rules()
        assert restarted.newly_missing_calendar(NOVEMBER) is None
