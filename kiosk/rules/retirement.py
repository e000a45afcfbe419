"""Retirement age with the delays of 2025-01-01, elastic retirement, and the minimum years of contribution."""

from datetime import date
from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from kiosk.rules.errors import InvalidInputError
from kiosk.rules.law import Category, law
from kiosk.rules.periods import Month, months_later
from kiosk.rules.spoken import day_words
from kiosk.rules.stated import Answer, Stated, answer
from kiosk.rules.topic import Field, Topic, choice, day, month, whole, year

ElasticRefusal = Literal["too-early", "too-late", "notice-too-late", "contribution-years"]


class Age(msgspec.Struct, frozen=True):
    """An age in years and months."""

    years: int
    months: int


class RetirementAge(msgspec.Struct, frozen=True):
    """The statutory retirement age after the delay, and its month."""

    delay_months: int
    age: Age
    month: Month


class ElasticRetirement(msgspec.Struct, frozen=True):
    """The months between which retirement may be chosen, and whether one choice is allowed."""

    earliest: Month
    statutory: Month
    latest: Month
    allowed: bool | UnsetType = UNSET
    reason: ElasticRefusal | UnsetType | None = UNSET
    required_months: int | UnsetType = UNSET


class MinimumContribution(msgspec.Struct, frozen=True):
    """The least months of contribution for a monthly pension."""

    months: int


def retirement_age(category: Category, birth: Month) -> Answer[RetirementAge]:
    """Return the statutory retirement age of a category, and the month in which it is reached.

    >>> found = retirement_age("male", Month(1976, 9)).result
    >>> found.age.years, str(found.month)
    (63, '2039-09')
    """
    rule = law().retirement[category]
    delay, retires = delayed_retirement(category, birth)
    years, months = divmod(retires.index - birth.index, 12)
    result = RetirementAge(delay, Age(years, months), retires)
    basis = (rule.old_age, rule.months_per_delay, rule.longest_delay)
    return answer(
        result, basis, "retirement-age.result", years=years, months=months, month=retires, delay=delay
    )


def elastic_retirement(
    category: Category,
    birth: Month,
    *,
    chosen: Month | None = None,
    notice_given: date | None = None,
    retire_on: date | None = None,
    paid_months: int | None = None,
) -> Answer[ElasticRetirement]:
    """Return between which months retirement may be chosen, and judge a choice if one is described.

    A choice before the law was in force is too early. Without ``retire_on`` the notice is counted from the first
    day of the chosen month. Before the statutory month the minimum years of the chosen year count, after it those
    of the statutory year.
    """
    rule = law().elastic
    _, statutory = delayed_retirement(category, birth)
    oldest_allowed = birth.plus(12 * law().retirement[category].old_age.value)
    earliest = max(statutory.plus(-rule.months.value), oldest_allowed)
    result = ElasticRetirement(earliest, statutory, statutory.plus(rule.months.value))
    basis: list[Stated[Any]] = [rule.months, law().retirement[category].old_age]
    if chosen is None and notice_given is None and retire_on is None and paid_months is None:
        return _range(result, basis)
    chosen = _chosen(chosen, retire_on, statutory)
    required = minimum_months(min(chosen, statutory).year)
    leaves = retire_on or chosen.first_day
    begun = rule.months.in_force_on(leaves)
    reason = _choice_problem(result, chosen, notice_given, leaves) if begun else "too-early"
    if reason is None and paid_months is not None and paid_months < required:
        reason = "contribution-years"
    result = msgspec.structs.replace(result, allowed=reason is None, reason=reason, required_months=required)
    basis += [
        law().minimum.months,
        rule.early_notice_months if chosen < statutory else rule.late_notice_months,
    ]
    return answer(
        result,
        basis,
        f"elastic-retirement.{(reason or 'allowed') if begun else 'not-in-force'}",
        since=day_words(rule.months.since),
        chosen=chosen,
        earliest=earliest,
        latest=result.latest,
        required=required,
    )


def _range(result: ElasticRetirement, basis: list[Stated[Any]]) -> Answer[ElasticRetirement]:
    """Say between which months of the law's time retirement may be chosen."""
    since = law().elastic.months.since
    earliest = max(result.earliest, Month.of(since))
    text = "range" if earliest <= result.latest else "not-in-force"
    named = {"since": day_words(since), "earliest": earliest, "latest": result.latest}
    return answer(result, basis, f"elastic-retirement.{text}", chosen=result.statutory, **named)


def minimum_contribution(year: int) -> Answer[MinimumContribution]:
    """Return the minimum contribution for those who reach retirement age in a year."""
    rule = law().minimum
    months = minimum_months(year)
    basis = (rule.months, rule.last_year, rule.step, rule.most)
    return answer(MinimumContribution(months), basis, "minimum-contribution.result", year=year, months=months)


def delayed_retirement(category: Category, birth: Month) -> tuple[int, Month]:
    """Return the months of delay, and the month of the statutory retirement age."""
    rule = law().retirement[category]
    old = birth.plus(12 * rule.old_age.value)
    since_reform = old.index - Month.of(rule.months_per_delay.since).index
    steps = since_reform // rule.months_per_delay.value + 1
    delay = min(rule.longest_delay.value, steps) if since_reform >= 0 else 0
    return delay, old.plus(delay)


def minimum_months(year: int) -> int:
    """Return the least months of contribution for those who reach retirement age in a year."""
    rule = law().minimum
    risen = rule.step.value * max(0, year - rule.last_year.value)
    return min(rule.most.value, rule.months.value + risen)


def pension_months(stated: Stated[int], retirement: Month | None) -> tuple[int, tuple[Stated[int], ...]]:
    """Return the months that a monthly pension needs, and what says so: the source's own, at least the year's minimum.

    Without the month of retirement only the source's own count.
    """
    if retirement is None:
        return stated.value, (stated,)
    return max(stated.value, minimum_months(retirement.year)), (stated, law().minimum.months)


def _chosen(chosen: Month | None, retire_on: date | None, statutory: Month) -> Month:
    if chosen and retire_on and Month.of(retire_on) != chosen:
        raise InvalidInputError("contradiction", "retire_on", "退休日期不在所选的月份里")
    return chosen or (Month.of(retire_on) if retire_on else statutory)


def _choice_problem(
    window: ElasticRetirement, chosen: Month, notice_given: date | None, retire_on: date
) -> ElasticRefusal | None:
    if chosen < window.earliest:
        return "too-early"
    if chosen > window.latest:
        return "too-late"
    if notice_given is None or chosen == window.statutory:
        return None
    return "notice-too-late" if notice_given > _last_notice(window, chosen, retire_on) else None


def notice_day(window: ElasticRetirement, chosen: Month) -> date | None:
    """Return the last day on which the unit is told of retirement in ``chosen`` in writing, or agrees to it.

    It is counted from the first day of that month (人社部发〔2024〕94号). None where no notice is needed.
    """
    return None if chosen == window.statutory else _last_notice(window, chosen, chosen.first_day)


def _last_notice(window: ElasticRetirement, chosen: Month, retire_on: date) -> date:
    rule = law().elastic
    ahead = rule.early_notice_months if chosen < window.statutory else rule.late_notice_months
    return months_later(retire_on, -ahead.value)


RETIREMENT_MONTH = Field(
    "retirement_month", month, "month of retirement: its year's minimum counts", required=False
)
CATEGORY = Field("category", choice(Category), "男; 女, old age 55; 女, old age 50")
BIRTH = Field("birth", month, "month of birth")

TOPICS = (
    Topic(
        "retirement-age",
        "Statutory retirement age with the delays of 2025-01-01 (渐进式延迟法定退休年龄)",
        (CATEGORY, BIRTH),
        RetirementAge,
        retirement_age,
        {"category": "male", "birth": "1976-09"},
    ),
    Topic(
        "elastic-retirement",
        "Retiring up to three years earlier or later (弹性退休)",
        (
            CATEGORY,
            BIRTH,
            Field("chosen", month, "month in which the citizen wants to retire", required=False),
            Field("notice_given", day, "day of the written notice or agreement", required=False),
            Field("retire_on", day, "day of retirement", required=False),
            Field("paid_months", whole(0, 1200), "months of contribution", required=False),
        ),
        ElasticRetirement,
        elastic_retirement,
        {"category": "male", "birth": "1976-09", "chosen": "2037-01", "paid_months": 240},
    ),
    Topic(
        "minimum-contribution",
        "Minimum months of contribution by year of retirement (最低缴费年限)",
        (Field("year", year, "year in which retirement age is reached"),),
        MinimumContribution,
        minimum_contribution,
        {"year": 2031},
    ),
)
