"""The parts of a date as tiles: which tiles there are, and which day each of them leads to. No widget here."""

from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import partial

from kiosk.dialogue.words import TranslatableText, _


class Part(Enum):
    """A part of a date that is chosen by one touch, from the coarse to the fine."""

    DECADE = _("哪十年")
    YEAR = _("哪一年")
    MONTH = _("几月")
    DAY = _("几号")
    TEN_DAYS = _("几号起")
    DAY_OF_TEN = _("哪一天")


MONTH_PARTS = (Part.DECADE, Part.YEAR, Part.MONTH)
DAY_PARTS = (*MONTH_PARTS, Part.DAY)
SMALL_DAY_PARTS = (*MONTH_PARTS, Part.TEN_DAYS, Part.DAY_OF_TEN)
"""Where there is no room for 31 tiles."""


@dataclass(frozen=True)
class PartTile:
    """A tile: what it says, the day that a touch on it leads to, and whether the day that is chosen lies in it."""

    label: str
    leads_to: date
    chosen: bool


@dataclass(frozen=True)
class Span:
    """The days from ``first`` to ``last`` that may be chosen."""

    first: date
    last: date

    def tiles(self, part: Part, chosen: date) -> tuple[PartTile, ...]:
        """Return the tiles of ``part`` while ``chosen`` is chosen: only what lies within the span."""
        group = GROUPS[part]
        places = dict.fromkeys(group.of(day) for day in self._days(part, chosen))
        return tuple(
            PartTile(group.label(place), self._moved(part, place, chosen), place == group.of(chosen))
            for place in places
        )

    def _days(self, part: Part, chosen: date) -> Iterable[date]:
        """Return a day of everything that the tiles of ``part`` offer."""
        match part:
            case Part.DECADE:
                years: Iterable[int] = range(self.first.year, self.last.year + 1)
            case Part.YEAR:
                decade = chosen.year // 10 * 10
                years = range(max(decade, self.first.year), min(decade + 9, self.last.year) + 1)
            case Part.MONTH:
                return self._within(_day(chosen.year, month, chosen.day) for month in range(1, 13))
            case _:
                tens = chosen.day // 10 if part is Part.DAY_OF_TEN else None
                return [day for day in self._days_of_month(chosen) if tens in (None, day.day // 10)]
        return [_day(year, chosen.month, chosen.day) for year in years]

    def _days_of_month(self, chosen: date) -> list[date]:
        days = range(1, monthrange(chosen.year, chosen.month)[1] + 1)
        return [
            day
            for day in map(partial(_day, chosen.year, chosen.month), days)
            if self.first <= day <= self.last
        ]

    def _within(self, days: Iterable[date]) -> list[date]:
        """Return the days whose month lies within the span."""
        first, last = self.first.replace(day=1), _end_of_month(self.last)
        return [day for day in days if first <= day <= last]

    def _moved(self, part: Part, place: int, chosen: date) -> date:
        match part:
            case Part.DECADE:
                moved = _day(place * 10 + chosen.year % 10, chosen.month, chosen.day)
            case Part.YEAR:
                moved = _day(place, chosen.month, chosen.day)
            case Part.MONTH:
                moved = _day(chosen.year, place, chosen.day)
            case Part.TEN_DAYS:
                moved = _day(chosen.year, chosen.month, place * 10 + chosen.day % 10 or 1)
            case Part.DAY | Part.DAY_OF_TEN:
                moved = chosen.replace(day=place)
        return min(max(moved, self.first), self.last)


@dataclass(frozen=True)
class Group:
    """What a day is called in one part, and what its tile says."""

    of: Callable[[date], int]
    label: Callable[[int], str]


GROUPS = {
    Part.DECADE: Group(lambda day: day.year // 10, lambda decade: f"{decade}_"),
    Part.YEAR: Group(lambda day: day.year, str),
    Part.MONTH: Group(lambda day: day.month, str),
    Part.DAY: Group(lambda day: day.day, str),
    Part.TEN_DAYS: Group(lambda day: day.day // 10, lambda tens: str(max(1, tens * 10))),
    Part.DAY_OF_TEN: Group(lambda day: day.day, str),
}


def month_words(day: date) -> TranslatableText:
    """Return the month of ``day`` in words."""
    return _("{year}年{month}月", year=str(day.year), month=str(day.month))


def day_words(day: date) -> TranslatableText:
    """Return ``day`` in words."""
    return _("{year}年{month}月{day}日", year=str(day.year), month=str(day.month), day=str(day.day))


def _day(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))


def _end_of_month(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])
