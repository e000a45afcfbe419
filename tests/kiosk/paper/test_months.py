"""Consecutive equal months become one range, on paper and on the public page."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from sync.protocol.messages import Month
from sync.protocol.month_ranges import merge


def month(name, base="4188.00", employer="甲公司"):
    return Month(name, employer, Decimal(base), Decimal("335.04"), "正常缴费")


def test_equal_months_over_a_new_year_are_one_range():
    [only] = merge([month("2025-11"), month("2025-12"), month("2026-01")])
    assert (only.first, only.last, only.count) == ("2025-11", "2026-01", 3)


def test_a_gap_or_another_base_begins_a_new_range_and_the_oldest_comes_first():
    ranges = merge([month("2025-01"), month("2025-03"), month("2025-04", base="5000.00")])
    assert [(r.first, r.last) for r in ranges] == [
        ("2025-01", "2025-01"),
        ("2025-03", "2025-03"),
        ("2025-04", "2025-04"),
    ]


@given(st.sets(st.integers(0, 60)), st.randoms())
def test_no_month_is_lost_or_counted_twice(numbers, random):
    months = [month(f"{2020 + n // 12}-{n % 12 + 1:02}") for n in numbers]
    random.shuffle(months)
    assert sum(r.count for r in merge(months)) == len(numbers)
