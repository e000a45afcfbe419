"""Working days: the calendars of the State Council, as the program brings them and as the centre hands them on.

A year is known when its arrangement (放假安排) is: then every day is a working day or not. Of a year whose arrangement
is not out yet only the statutory holidays are certain (年节及纪念日放假办法 第二条): any other day may become either.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from importlib.resources.abc import Traversable
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec

from kiosk.rules import datafile
from kiosk.rules.errors import CalendarError, InvalidInputError
from kiosk.rules.law import Table, law

SATURDAY = 5
NOTICE_DAYS = 60
"""How long before a year begins its arrangement should be here: periods reach into it by then."""
DECEMBER = 12


class NamedDay(Table, frozen=True):
    """A day off, or a day at work at a weekend, and the festival that makes it one."""

    date: date
    name: str


class Notice(Table, frozen=True):
    """The notice that a calendar was copied from."""

    title: str
    number: str
    url: str
    published: date


class Calendar(Table, frozen=True):
    """The days of one year that are not what their weekday says; a notice may move days of the December before it.

    ``official`` has the whole arrangement, ``invented`` too, for a demonstration; ``statutory-only`` has the holidays
    that are certain without it. Two people answer for an official one: who entered and who checked it.
    """

    year: int
    status: Literal["official", "statutory-only", "invented"]
    holidays: tuple[NamedDay, ...]
    workdays: tuple[NamedDay, ...] = ()
    source: Notice | None = None
    entered_by: str | None = None
    checked_by: str | None = None


class _Days(msgspec.Struct, frozen=True):
    """What all calendars say together."""

    complete: frozenset[int]
    partly: frozenset[int]
    moved: dict[date, bool]
    statutory: frozenset[date]


def read(content: object) -> Calendar:
    """Return the calendar in decoded JSON, checked.

    :raises CalendarError: it has not the shape of a calendar, or cannot be true.
    """
    try:
        calendar = msgspec.convert(content, Calendar)
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at ")
        raise CalendarError(None, place.strip("`").removeprefix("$.") or "-", reason) from None
    _check(calendar)
    return calendar


def use(calendars: Iterable[Calendar]) -> None:
    """Use these calendars beside those of the program, and instead of them for the same years.

    :raises CalendarError: one cannot be true, or two are of one year; nothing has changed.
    """
    handed = {}
    for calendar in calendars:
        if calendar.year in handed:
            raise CalendarError(calendar.year, "year", "there are two calendars of this year")
        _check(calendar)
        handed[calendar.year] = calendar
    _handed.clear()
    _handed.update(handed)
    _days.cache_clear()
    is_workday.cache_clear()


def handed() -> Mapping[int, Calendar]:
    """Return the calendars in use that did not come with the program, by their years."""
    return dict(_handed)


def check() -> None:
    """Check the calendars that came with the program.

    :raises PackError: their file is broken, or one of them cannot be true.
    """
    for calendar in _delivered().values():
        try:
            _check(calendar)
        except CalendarError as error:
            raise datafile.broken(_file(), "calendar", str(error)) from error


def is_known(year: int) -> bool:
    """Return whether the arrangement of a year is known, so that its working days can be counted."""
    return year in _days().complete or _in_package(date(year, 1, 1)) is not None


def missing(today: date) -> int | None:
    """Return the year whose arrangement should be known by now and is not; None where nothing is missing."""
    year = (today + timedelta(days=NOTICE_DAYS)).year
    return None if is_known(year) else year


@cache
def is_workday(day: date) -> bool | None:
    """Return whether a day is a working day; None where the arrangement of its year is not known yet."""
    days = _days()
    if day in days.moved:
        return days.moved[day]
    if day.year in days.complete:
        return day.weekday() < SATURDAY
    in_package = _in_package(day)
    if in_package is None and day in days.statutory:
        return False
    return in_package


def after(start: date, count: int) -> tuple[date, bool]:
    """Return the last day of ``count`` working days after ``start``, and whether it is certain.

    Where it is not, every day that may become a working day was counted as one: it is not before the day returned.

    :raises InvalidInputError: not even the statutory holidays of a year are known.
    """
    day, certain = start, True
    for _ in range(count):
        day = _next_possible(day)
        certain = certain and is_workday(day) is True
    return day, certain


def _next_possible(day: date) -> date:
    day += timedelta(days=1)
    while is_workday(day) is False:
        day += timedelta(days=1)
    if is_workday(day) is None and day.year not in _days().partly:
        raise InvalidInputError(
            "unknown-year", "received", f"没有{day.year}年的放假安排，不能推算期限，请更新节假日数据"
        )
    return day


_handed: dict[int, Calendar] = {}


@cache
def _days() -> _Days:
    calendars = _delivered() | _handed
    whole = [one for one in calendars.values() if one.status != "statutory-only"]
    moved = {one.date: False for calendar in whole for one in calendar.holidays}
    moved |= {one.date: True for calendar in whole for one in calendar.workdays}
    certain = frozenset(one.date for calendar in calendars.values() for one in calendar.holidays)
    return _Days(frozenset(one.year for one in whole), frozenset(calendars), moved, certain)


@cache
def _delivered() -> dict[int, Calendar]:
    class File(Table, frozen=True):
        calendar: tuple[Calendar, ...]

    found = datafile.load(_file(), File)
    return {one.year: one for one in found.calendar}


def _file() -> Traversable:
    return datafile.ROOT / "calendars.toml"


def _in_package(day: date) -> bool | None:
    # Imported when first asked: most questions need no calendar, and the command must start at once.
    import chinese_calendar

    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None


def _check(calendar: Calendar) -> None:
    wrong = next(_problems(calendar), None)
    if wrong:
        raise CalendarError(calendar.year, *wrong)


def _problems(calendar: Calendar) -> Iterator[tuple[str, str]]:
    """Yield the field and the reason of each thing that cannot be true."""
    dates = Counter(one.date for one in (*calendar.holidays, *calendar.workdays))
    yield from (("date", f"{day} stands there twice") for day, times in dates.items() if times > 1)
    yield from (
        ("date", f"{day} is no day of this year") for day in dates if not _belongs(day, calendar.year)
    )
    at_work = (one.date for one in calendar.workdays)
    yield from (
        ("workdays", f"{day} is no Saturday or Sunday") for day in at_work if day.weekday() < SATURDAY
    )
    yield from (("holidays", f"{missing} is missing") for missing in _missing(calendar))
    if calendar.status == "statutory-only" and calendar.workdays:
        yield "workdays", "which weekends are worked stands only in the notice"
    if calendar.status == "official":
        yield from _unproven(calendar)


def _belongs(day: date, year: int) -> bool:
    return day.year == year or (day.year == year - 1 and day.month == DECEMBER)


def _missing(calendar: Calendar) -> Iterator[str]:
    """Yield the statutory holidays that a calendar has not, by the regulation in force in its year."""
    festivals = law().working_days.festivals
    if not festivals.in_force_on(date(calendar.year, 1, 1)):
        return
    dates = {one.date for one in calendar.holidays}
    for festival in festivals.value:
        named = sum(festival.name in one.name for one in calendar.holidays)
        if named < festival.days:
            yield f"a day of {festival.name}"
        yield from (
            str(day) for day in _fixed(festival.first, festival.days, calendar.year) if day not in dates
        )
    yield from (str(one.date) for one in _certain(calendar.year) if one.date not in dates)


def _fixed(first: str | None, days: int, year: int) -> list[date]:
    if first is None:
        return []
    start = date.fromisoformat(f"{year}-{first}")
    return [start + timedelta(days=later) for later in range(days)]


def _certain(year: int) -> tuple[NamedDay, ...]:
    """Return the statutory holidays that the program knows of a year, those of the lunar calendar among them."""
    delivered = _delivered().get(year)
    return delivered.holidays if delivered else ()


def _unproven(calendar: Calendar) -> Iterator[tuple[str, str]]:
    if calendar.source is None:
        yield "source", "an official calendar needs the notice it was copied from"
    elif not _is_of_the_government(calendar.source.url):
        yield "source.url", "only a page of gov.cn proves a notice"
    people: tuple[Any, ...] = (calendar.entered_by, calendar.checked_by)
    if not all(people) or people[0] == people[1]:
        yield "checked_by", "two people must have entered and checked it"


def _is_of_the_government(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and f".{parts.hostname}".endswith(".gov.cn")
