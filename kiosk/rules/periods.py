"""Months, Beijing time and the counting of days, months and years.

Civil Code, 第二百零一条: the day on which a period starts is not counted; it ends at 24:00 of its last day.
第二百零二条: months and years end on the day with the same number, or else on the last day of the month.
"""

from calendar import monthrange
from datetime import date, datetime, time, timedelta, timezone

import msgspec

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")


class Month(msgspec.Struct, frozen=True, order=True):
    """A calendar month; months are added with :meth:`plus`."""

    year: int
    month: int

    @classmethod
    def of(cls, day: date) -> "Month":
        """Return the month in which a day lies."""
        return cls(day.year, day.month)

    @property
    def index(self) -> int:
        """Months since year 0, so that two months can be subtracted."""
        return self.year * 12 + self.month - 1

    def plus(self, months: int) -> "Month":
        """Return the month that is ``months`` later (earlier if negative)."""
        year, month = divmod(self.index + months, 12)
        return Month(year, month + 1)

    @property
    def first_day(self) -> date:
        """The first day of the month."""
        return date(self.year, self.month, 1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


def midnight_after(day: date) -> datetime:
    """Return 24:00 Beijing time of a day, which is 0:00 of the next.

    >>> str(midnight_after(date(2026, 12, 31)))
    '2027-01-01 00:00:00+08:00'
    """
    return datetime.combine(day + timedelta(days=1), time(), BEIJING)


def end_of_days(start: datetime, days: int) -> datetime:
    """Return the instant at which a period of ``days`` that started at ``start`` is over.

    >>> str(end_of_days(datetime(2026, 9, 21, 15, 30, tzinfo=BEIJING), 7))
    '2026-09-29 00:00:00+08:00'
    """
    return midnight_after(start.astimezone(BEIJING).date() + timedelta(days=days))


def months_later(day: date, months: int) -> date:
    """Return the last day of a period of months that started on a day (negative: that many months before it).

    >>> str(months_later(date(2026, 8, 31), 6))
    '2027-02-28'
    """
    there = Month.of(day).plus(months)
    return there.first_day.replace(day=min(day.day, monthrange(there.year, there.month)[1]))
