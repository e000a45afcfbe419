"""Months of contribution, merged into ranges as they are printed."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from sync.protocol.messages import Month


@dataclass(frozen=True)
class MonthRange:
    """Consecutive months with the same employer, base and state. Months are ``YYYY-MM``; money is yuan."""

    first: str
    last: str
    months: int
    employer: str
    base: Decimal
    personal: Decimal
    status: str


def merge(months: Iterable[Month]) -> list[MonthRange]:
    """Return ``months``, newest first, with consecutive equal ones made into ranges."""
    ordered = sorted(months, key=lambda month: month.month)
    numbered = enumerate(ordered)
    groups = groupby(numbered, key=lambda pair: (_ordinal(pair[1].month) - pair[0], _content(pair[1])))
    ranges = [_range([month for _, month in group]) for _, group in groups]
    return ranges[::-1]


def _ordinal(month: str) -> int:
    year, number = month.split("-")
    return int(year) * 12 + int(number)


def _content(month: Month) -> tuple[str, Decimal, Decimal, str]:
    return month.employer, month.base, month.personal, month.status


def _range(group: list[Month]) -> MonthRange:
    first, last = group[0], group[-1]
    return MonthRange(first.month, last.month, len(group), *_content(first))
