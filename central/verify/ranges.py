"""Months told as periods: equal months in a row become one line."""

from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct

from sync.protocol.messages import Month


class Period(Struct, frozen=True):
    """Months in a row that differ in nothing; ``first`` and ``last`` are YYYY-MM."""

    first: str
    last: str
    count: int
    employer: str
    base: Decimal
    personal: Decimal
    status: str


def periods(months: Sequence[Month]) -> list[Period]:
    """Merge equal months that follow each other."""
    found: list[Period] = []
    for month in months:
        if found and _continues(found[-1], month):
            last = found[-1]
            found[-1] = Period(last.first, month.month, last.count + 1, *_content(month))
        else:
            found.append(Period(month.month, month.month, 1, *_content(month)))
    return found


def _continues(period: Period, month: Month) -> bool:
    same = _content(month) == (period.employer, period.base, period.personal, period.status)
    return same and _index(month.month) == _index(period.last) + 1


def _content(month: Month) -> tuple[str, Decimal, Decimal, str]:
    return month.employer, month.base, month.personal, month.status


def _index(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:])
