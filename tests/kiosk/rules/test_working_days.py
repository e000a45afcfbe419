"""Calendars of holidays: handed to the rules as data, checked, and counted with."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.rules import regions, working_days
from kiosk.rules.deadline import last_day
from kiosk.rules.errors import CalendarError, PackError
from kiosk.rules.law import Term


def days(name, *dates):
    return [{"date": day, "name": name} for day in dates]


def run(name, first, count):
    start = date.fromisoformat(first)
    return days(name, *(str(start + timedelta(days=later)) for later in range(count)))


# 2026 as the notice of 2025-11-04 has it, and an invented 2027.
OFFICIAL_2026: dict[str, Any] = {
    "year": 2026,
    "status": "official",
    "holidays": [
        *run("元旦", "2026-01-01", 3),
        *run("春节", "2026-02-15", 9),
        *run("清明节", "2026-04-04", 3),
        *run("劳动节", "2026-05-01", 5),
        *run("端午节", "2026-06-19", 3),
        *run("中秋节", "2026-09-25", 3),
        *run("国庆节", "2026-10-01", 7),
    ],
    "workdays": [
        *days("元旦", "2026-01-04"),
        *days("春节", "2026-02-14", "2026-02-28"),
        *days("劳动节", "2026-05-09"),
        *days("国庆节", "2026-09-20", "2026-10-10"),
    ],
    "source": {
        "title": "国务院办公厅关于2026年部分节假日安排的通知",
        "number": "国办发明电〔2025〕7号",
        "url": "https://www.gov.cn/zhengce/content/2025.htm",
        "published": "2025-11-04",
    },
    "entered_by": "张三",
    "checked_by": "李四",
}
INVENTED_2027: dict[str, Any] = {
    "year": 2027,
    "status": "invented",
    "holidays": [
        *run("元旦", "2027-01-01", 3),
        *run("春节", "2027-02-05", 8),
        *run("清明节", "2027-04-03", 3),
        *run("劳动节", "2027-05-01", 5),
        *run("端午节", "2027-06-09", 1),
        *run("中秋节", "2027-09-15", 1),
        *run("国庆节", "2027-10-01", 7),
    ],
    "workdays": [
        *days("元旦", "2026-12-27"),
        *days("春节", "2027-01-30", "2027-02-20"),
    ],
}


@pytest.fixture
def hand():
    """Hand calendars to the rules for one test."""
    yield lambda *contents: working_days.use(working_days.read(content) for content in contents)
    working_days.use([])


def test_a_handed_calendar_gives_the_days_of_a_year_that_was_pending(hand, ask):
    assert last_day(date(2026, 12, 22), Term(20, "working")) is None
    assert not working_days.is_known(2027)

    hand(INVENTED_2027)

    # The notice of 2027 also moved a Sunday of the December before it.
    assert working_days.is_workday(date(2026, 12, 27)) is True
    assert last_day(date(2026, 12, 22), Term(20, "working")) == date(2027, 1, 19)
    assert working_days.is_known(2027)
    assert ask("deadline", item="pension-claim", received="2026-12-22") == {
        "days": 20,
        "kind": "working",
        "due": "2027-01-19",
    }


def test_what_was_handed_is_replaced_by_what_is_handed_next(hand):
    hand(INVENTED_2027)
    hand()

    assert not working_days.is_known(2027)


def test_what_was_handed_can_be_compared_with_what_is_published(hand):
    hand(INVENTED_2027)

    assert working_days.handed() == {2027: working_days.read(INVENTED_2027)}


@pytest.mark.parametrize(
    ("today", "missing"),
    [
        (date(2026, 11, 1), None),
        (date(2026, 11, 2), 2027),
        (date(2026, 12, 31), 2027),
        (date(2027, 3, 1), 2027),
    ],
)
def test_a_year_is_missed_sixty_days_before_it_begins(hand, today, missing):
    assert working_days.missing(today) == missing

    hand(INVENTED_2027)

    assert working_days.missing(today) is None


def test_the_notice_of_2026_says_what_the_bundled_calendar_says(hand):
    year = [date(2026, 1, 1) + timedelta(days=later) for later in range(365)]
    bundled = [working_days.is_workday(day) for day in year]

    hand(OFFICIAL_2026)

    assert [working_days.is_workday(day) for day in year] == bundled


def test_a_handed_calendar_takes_the_place_of_the_bundled_year(hand):
    moved = INVENTED_2027 | {
        "year": 2026,
        "holidays": [*OFFICIAL_2026["holidays"], *days("虚构", "2026-11-30")],
        "workdays": [],
    }
    hand(moved)

    assert working_days.is_workday(date(2026, 11, 30)) is False
    assert last_day(date(2026, 11, 27), Term(1, "working")) == date(2026, 12, 1)


def test_what_is_certain_of_a_year_takes_nothing_from_a_year_that_is_known(hand):
    certain = OFFICIAL_2026 | {"status": "statutory-only", "workdays": []}
    hand(certain)

    assert working_days.is_workday(date(2026, 2, 14)) is True


def test_of_a_pending_year_only_the_statutory_holidays_are_certain():
    assert working_days.is_workday(date(2027, 2, 5)) is False
    assert working_days.is_workday(date(2027, 2, 9)) is None
    assert working_days.is_workday(date(2027, 2, 13)) is None


def with_holidays(*changes):
    return OFFICIAL_2026 | {"holidays": [*OFFICIAL_2026["holidays"], *changes]}


def without(day):
    return OFFICIAL_2026 | {"holidays": [one for one in OFFICIAL_2026["holidays"] if one["date"] != day]}


STATUTORY_2027: dict[str, Any] = {
    "year": 2027,
    "status": "statutory-only",
    "holidays": [*INVENTED_2027["holidays"]],
}
WRONG = {
    "no year": ({"status": "official", "holidays": []}, None, "-"),
    "an unknown status": (OFFICIAL_2026 | {"status": "rumour"}, None, "status"),
    "a day that is none": (with_holidays(*days("元旦", "2026-02-30")), None, "holidays[33].date"),
    "an unknown key": (OFFICIAL_2026 | {"weekends": []}, None, "-"),
    "a working day in the week": (OFFICIAL_2026 | {"workdays": days("元旦", "2026-01-05")}, 2026, "workdays"),
    "a day twice": (with_holidays(*days("元旦", "2026-01-01")), 2026, "date"),
    "a day off that is also worked": (
        OFFICIAL_2026 | {"workdays": days("元旦", "2026-01-03")},
        2026,
        "date",
    ),
    "a day of another year": (with_holidays(*days("元旦", "2025-11-30")), 2026, "date"),
    "a day of the year after": (with_holidays(*days("元旦", "2027-01-01")), 2026, "date"),
    "no New Year": (without("2026-01-01"), 2026, "holidays"),
    "a short Spring Festival": (
        OFFICIAL_2026
        | {
            "holidays": [
                one
                for one in OFFICIAL_2026["holidays"]
                if one["name"] != "春节" or one["date"] < "2026-02-18"
            ]
        },
        2026,
        "holidays",
    ),
    "a lunar holiday on another day": (
        INVENTED_2027
        | {
            "holidays": [
                one | {"date": "2027-06-10"} if one["name"] == "端午节" else one
                for one in INVENTED_2027["holidays"]
            ]
        },
        2027,
        "holidays",
    ),
    "weekends at work without a notice": (
        STATUTORY_2027 | {"workdays": days("元旦", "2027-01-09")},
        2027,
        "workdays",
    ),
    "no source": (OFFICIAL_2026 | {"source": None}, 2026, "source"),
    "a source elsewhere": (
        OFFICIAL_2026 | {"source": OFFICIAL_2026["source"] | {"url": "https://gov.cn.example.com/a"}},
        2026,
        "source.url",
    ),
    "a source that is no page": (
        OFFICIAL_2026 | {"source": OFFICIAL_2026["source"] | {"url": "file://www.gov.cn/a"}},
        2026,
        "source.url",
    ),
    "nobody who checked it": (OFFICIAL_2026 | {"checked_by": None}, 2026, "checked_by"),
    "one person for both": (OFFICIAL_2026 | {"checked_by": "张三"}, 2026, "checked_by"),
}


@pytest.mark.parametrize("fault", WRONG)
def test_a_calendar_that_cannot_be_true_is_refused_with_year_field_and_reason(fault):
    content, year, field = WRONG[fault]

    with pytest.raises(CalendarError) as refused:
        working_days.read(content)

    assert (refused.value.year, refused.value.field) == (year, field)
    assert refused.value.reason


def test_two_calendars_of_one_year_are_refused_and_nothing_changes(hand):
    hand(INVENTED_2027)
    with pytest.raises(CalendarError):
        hand(OFFICIAL_2026, OFFICIAL_2026)

    assert working_days.is_known(2027)


def test_a_year_before_the_law_on_holidays_is_not_measured_by_it():
    working_days.read(
        OFFICIAL_2026
        | {"year": 2024, "holidays": days("元旦", "2024-01-01"), "workdays": days("春节", "2024-02-04")}
    )


def test_the_calendars_of_the_program_are_checked_when_it_starts(data_files):
    file = data_files / "calendars.toml"
    file.write_text(file.read_text("utf-8").replace("    { date = 2027-05-01", "    # "), "utf-8")

    with pytest.raises(PackError) as stopped:
        regions.check()

    assert stopped.value.file == "calendars.toml"
    assert "劳动节" in stopped.value.reason


MOVED = {one["date"]: False for one in INVENTED_2027["holidays"]}
MOVED |= {one["date"]: True for one in [*INVENTED_2027["workdays"], *OFFICIAL_2026["workdays"]]}
MOVED |= {one["date"]: False for one in OFFICIAL_2026["holidays"]}


def counted(start, count):
    """The oracle: day after day through a table of what was moved."""
    while count:
        start += timedelta(days=1)
        count -= MOVED.get(str(start), start.isoweekday() <= 5)
    return start


@given(st.dates(date(2025, 12, 31), date(2027, 11, 1)), st.integers(1, 30))
def test_working_days_are_those_of_the_table(start, count):
    working_days.use(map(working_days.read, (OFFICIAL_2026, INVENTED_2027)))
    try:
        assert last_day(start, Term(count, "working")) == counted(start, count)
    finally:
        working_days.use([])


@given(st.dates(date(2026, 12, 1), date(2027, 11, 1)), st.integers(1, 30))
def test_a_pending_day_is_never_after_the_day_that_the_notice_then_gives(start, count):
    not_before, _ = working_days.after(start, count)
    in_the_year = [one for one in INVENTED_2027["workdays"] if one["date"] > "2027"]
    working_days.use([working_days.read(INVENTED_2027 | {"workdays": in_the_year})])
    try:
        assert last_day(start, Term(count, "working")) >= not_before
    finally:
        working_days.use([])
