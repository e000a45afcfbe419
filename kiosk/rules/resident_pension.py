"""The resident pension (城乡居民养老): conditions, back-payment, and subsidies for the disabled."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

import msgspec

from kiosk.rules import regions
from kiosk.rules.law import law
from kiosk.rules.periods import Month
from kiosk.rules.spoken import month_count_words, year_words
from kiosk.rules.stated import Answer, answer, value_of
from kiosk.rules.texts import Sentence
from kiosk.rules.topic import Field, Topic, flag, list_of, map_of, money, month, region, whole, year, year_key

Reason = Literal["not-in-force", "other-pension", "age", "years"]

YEAR = 12
GRADE = Field("grade", whole(1, 4), "grade of disability")
REGION = Field(
    "region", region.kind, "what the disabled are given counts only where its sources say it", required=False
)


class ResidentPension(msgspec.Struct, frozen=True):
    """Whether the conditions are met, from which month it is paid, and what is missing."""

    eligible: bool
    from_month: Month | None
    reason: Reason | None
    missing_years: tuple[int, ...]
    paid: int
    needed: int
    pension_age: int
    base_only: bool


class DisabilitySubsidy(msgspec.Struct, frozen=True):
    """What the government pays in a year, in yuan; None where no source of the region says it."""

    government_pays: Decimal | None
    subsidy: Decimal | None


def resident_pension(
    birth: Month,
    asked: Month,
    paid_years: tuple[int, ...],
    *,
    backpaid: Mapping[int, Month] | None = None,
    receives_other_pension: bool = False,
    disability_grade: int | None = None,
    region: str | None = None,
) -> Answer[ResidentPension]:
    """Judge the conditions in the month of asking; ``backpaid`` says when a year was paid later.

    A year paid back counts from the month in which it was paid back, also when it stands among ``paid_years`` too.
    Nothing is judged before the system began; the severely disabled have their lower age since it was laid down, and
    with a ``region`` only where its sources lay it down.

    Those who had the age when the system began in 2010-01 need pay nothing. Those who had at most fifteen years to
    go pay every year before the year of the pension age (whether that year itself is due, the source does not say);
    the others pay fifteen years. The pension starts in the month after the conditions are met.
    """
    rule = law().resident_pension
    age, reached = _pension_age(birth, asked, disability_grade if _are_privileged(region) else None)
    start = Month(rule.start_year.value, 1)
    base_only = reached <= start
    counted = _counted(paid_years, backpaid or {}, asked)
    every_year = _every_year(start, reached)
    needed = rule.years.value if every_year is None else len(every_year)
    missing = tuple(year for year in every_year or () if year not in counted)
    reason = _reason(
        asked < start, receives_other_pension, reached > asked, len(counted) < needed or bool(missing)
    )
    result = ResidentPension(
        reason is None,
        _first_month(start, reached, counted, every_year) if reason is None else None,
        reason,
        missing,
        len(counted),
        needed,
        age,
        base_only,
    )
    basis = (rule.age, rule.start_year, rule.years, rule.disabled_age if age != rule.age.value else None)
    return answer(
        result,
        basis,
        f"resident-pension.{reason or 'eligible'}",
        month=result.from_month,
        age=age,
        missing=tuple(map(year_words, missing)) or month_count_words(YEAR * (needed - len(counted))),
    )


def disability_subsidy(
    year: int, grade: int, *, own_tier: Decimal | None = None, region: str | None = None
) -> Answer[DisabilitySubsidy]:
    """Return what the government pays into the resident pension of a severely disabled person in a year.

    With a ``region`` only where its sources lay it down: tiers and subsidies differ from place to place.
    """
    if not _are_privileged(region):
        pack = regions.find(str(region))
        named = {"region": Sentence(pack.name), "phone": pack.phone}
        silent = DisabilitySubsidy(None, None)
        return answer(silent, [pack.silence], "disability-subsidy.unspecified", **named)
    rule = law().disability
    entitled = year >= rule.first_year.value and grade <= rule.worst_grade.value
    pays_self = own_tier is not None and own_tier >= rule.own_tier.value
    granted = entitled and not pays_self
    nothing = Decimal("0.00")
    result = DisabilitySubsidy(*((rule.premium.value, rule.subsidy.value) if granted else (nothing, nothing)))
    basis = (
        rule.worst_grade,
        rule.first_year,
        rule.premium,
        rule.subsidy,
        rule.own_tier if pays_self else None,
    )
    text = "granted" if granted else "own-tier" if entitled else "not-entitled"
    return answer(
        result, basis, f"disability-subsidy.{text}", premium=result.government_pays, subsidy=result.subsidy
    )


def _are_privileged(region: str | None) -> bool:
    """Return whether the privileges of the severely disabled are those that we know; without a region they are."""
    return region is None or bool(value_of(regions.find(region).disabled_residents))


def _pension_age(birth: Month, asked: Month, grade: int | None) -> tuple[int, Month]:
    """Return the age, and the month in which it is reached: the lower one not before it was laid down."""
    rule = law().resident_pension
    usual = birth.plus(12 * rule.age.value)
    lower = max(birth.plus(12 * rule.disabled_age.value), Month.of(rule.disabled_age.since))
    severe = grade is not None and grade <= law().disability.worst_grade.value
    if severe and lower < usual and rule.disabled_age.in_force_on(asked.first_day):
        return rule.disabled_age.value, lower
    return rule.age.value, usual


def _counted(paid_years: tuple[int, ...], backpaid: Mapping[int, Month], asked: Month) -> dict[int, Month]:
    """Return each year that counts, with the month from which it counts at the latest."""
    first = law().resident_pension.start_year.value
    paid = {year: Month(year, 1) for year in paid_years}
    paid |= {year: max(month, Month(year, 1)) for year, month in backpaid.items()}
    return {year: paid[year] for year in sorted(paid) if first <= year <= asked.year and paid[year] <= asked}


def _every_year(start: Month, reached: Month) -> range | None:
    """Return the years that must all be paid, or None for those who had more than fifteen years to go."""
    longer = reached.index - start.index > 12 * law().resident_pension.years.value
    return None if longer else range(start.year, reached.year)


def _first_month(
    start: Month, reached: Month, counted: Mapping[int, Month], every_year: range | None
) -> Month:
    if reached <= start:
        return start
    if every_year is None:
        complete = sorted(counted.values())[law().resident_pension.years.value - 1]
    else:
        complete = max((counted[year] for year in every_year), default=reached)
    return max(reached, complete).plus(1)


def _reason(not_begun: bool, other_pension: bool, too_young: bool, years_missing: bool) -> Reason | None:
    if not_begun:
        return "not-in-force"
    if other_pension:
        return "other-pension"
    if too_young:
        return "age"
    return "years" if years_missing else None


TOPICS = (
    Topic(
        "resident-pension",
        "Conditions of the resident pension, with back-payment (城乡居民养老待遇)",
        (
            Field("birth", month, "month of birth"),
            Field("asked", month, "month of asking"),
            Field("paid_years", list_of(year), "years paid in time"),
            Field(
                "backpaid",
                map_of(year_key, month),
                "years paid later, and when; it counts also for a year in paid_years",
                required=False,
            ),
            Field("receives_other_pension", flag, "another pension is paid already", required=False),
            Field("disability_grade", whole(1, 4), "grade of disability", required=False),
            REGION,
        ),
        ResidentPension,
        resident_pension,
        {
            "birth": "1960-01",
            "asked": "2020-05",
            "paid_years": [2010, 2011, 2012, 2013, 2014, 2015, 2016, 2018, 2019],
            "backpaid": {"2017": "2020-04"},
        },
    ),
    Topic(
        "disability-subsidy",
        "What the government pays for the severely disabled (重度残疾人代缴)",
        (
            Field("year", year, "year of contribution"),
            GRADE,
            Field("own_tier", money, "the tier the person pays alone, in yuan", required=False),
            REGION,
        ),
        DisabilitySubsidy,
        disability_subsidy,
        {"year": 2026, "grade": 1},
    ),
)
