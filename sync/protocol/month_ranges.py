"""Months told as ranges: equal months in a row become one line, on paper and on the public page."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import msgspec


class Monthly(Protocol):
    """A message about one month, ``YYYY-MM``."""

    @property
    def month(self) -> str:
        """The month."""


M = TypeVar("M", bound=Monthly)


@dataclass(frozen=True)
class MonthRange(Generic[M]):
    """``count`` months in a row that differ in nothing but the month; ``each`` is the first of them."""

    first: str
    last: str
    count: int
    each: M

    @property
    def period(self) -> str:
        """The first and the last month in words, or the only one."""
        return self.first if self.first == self.last else f"{self.first} 至 {self.last}"


def merge(months: Iterable[M]) -> list[MonthRange[M]]:
    """Return ``months`` as ranges, oldest first; a gap or a difference begins a new one."""
    ranges: list[MonthRange[M]] = []
    for month in sorted(months, key=lambda each: each.month):
        before = ranges[-1] if ranges else None
        if before and follows(before.last, month.month) and _same(before.each, month):
            ranges[-1] = MonthRange(before.first, month.month, before.count + 1, before.each)
        else:
            ranges.append(MonthRange(month.month, month.month, 1, month))
    return ranges


def ordinal(month: str) -> int:
    """Return how many months after the year 0 ``month`` (YYYY-MM) begins."""
    return int(month[:4]) * 12 + int(month[5:]) - 1


def follows(month: str, next_month: str) -> bool:
    """Return whether ``next_month`` is the month after ``month``."""
    return ordinal(next_month) == ordinal(month) + 1


def _same(one: M, other: M) -> bool:
    # All that is monthly is a Struct.
    return msgspec.structs.replace(one, month=other.month) == other  # type: ignore[type-var]
