"""What an insured person's family may claim after a death (参保人员死亡后的待遇), and when to tell the agency."""

from datetime import date
from decimal import Decimal
from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from kiosk.rules import regions
from kiosk.rules.deadline import deadline
from kiosk.rules.errors import InvalidInputError
from kiosk.rules.law import law
from kiosk.rules.money import to_fen
from kiosk.rules.spoken import day_words
from kiosk.rules.stated import Answer, Stated, answer
from kiosk.rules.texts import say
from kiosk.rules.topic import Field, Topic, choice, day, flag, region, whole

Cause = Literal["illness", "non-work-injury", "work-injury"]
Fund = Literal["pension-fund", "work-injury-fund"]
YEAR = 12
FIRST_STEP = 5 * YEAR


class DeathBenefits(msgspec.Struct, frozen=True):
    """What may be claimed, from which fund, and until when the agency is told; None where no source says it.

    The amounts, in yuan, only with a region, and the months of the survivors' grant only with ``paid_months``: for
    information, the agency reckons them.
    """

    account_inheritable: bool | None
    funeral_grant: bool | None
    survivor_grant: bool | None
    paid_by: Fund | None
    notice_due: date | None
    funeral_amount: Decimal | UnsetType | None = UNSET
    survivor_months: int | UnsetType | None = UNSET
    survivor_amount: Decimal | UnsetType | None = UNSET
    work_death_grant: Decimal | UnsetType | None = UNSET


def death_benefits(
    retired: bool,
    cause: Cause,
    died: date,
    *,
    region: str | None = None,
    paid_months: int | None = None,
    injured: date | None = None,
) -> Answer[DeathBenefits]:
    """Return what may be claimed after a death; ``injured`` is the day of the accident, if it was another one.

    :raises InvalidInputError: the accident is after the death.
    """
    if injured and injured > died:
        raise InvalidInputError("order", "injured", "受伤日期晚于死亡日期")
    rule = law().death
    from_injury = cause == "work-injury"
    fund = rule.work_injury_fund if from_injury else rule.pension_fund
    more, basis = _asked(fund, retired, died, region, paid_months, injured or died)
    if not fund.in_force_on(died):
        nothing = DeathBenefits(None, None, None, None, None, **more)
        return answer(nothing, (fund,), "death-benefits.not-in-force")
    paid_by: Fund = "work-injury-fund" if from_injury else "pension-fund"
    due = _notice_due(died)
    result = DeathBenefits(True, True, True, paid_by, due, **more)
    notice = law().deadline["entitlement-loss-notice"]
    told = notice.in_force_on(died)
    return answer(
        result,
        (rule.account, fund, *basis, notice if told else None),
        f"death-benefits.{paid_by}{'-notice' if told else ''}",
        within=(
            say("time.before", day=day_words(due)) if due else say("time.within", days=str(notice.value.days))
        ),
    )


def _notice_due(died: date) -> date | None:
    try:
        return deadline("entitlement-loss-notice", died).result.due
    except InvalidInputError:  # nothing is known of the holidays of that year
        return None


Amounts = tuple[dict[str, Any], list[Stated[Any]]]
"""Fields of the answer, and what they rest on."""


def _asked(
    fund: Stated[bool], retired: bool, died: date, region: str | None, paid_months: int | None, injured: date
) -> Amounts:
    """Return the months if ``paid_months`` are given, and the amounts if a region is."""
    rule = law().death
    if fund is rule.work_injury_fund:
        return ({}, []) if region is None else _after_an_injury(injured)
    known = rule.funeral_months.in_force_on(died)
    months = None if retired or paid_months is None or not known else _survivor_months(paid_months)
    found: dict[str, Any] = {} if paid_months is None else {"survivor_months": months}
    basis: list[Stated[Any]] = [rule.survivor_months] if months else []
    if region is not None:
        income = _in_force(regions.find(region).urban_income, died) if known else None
        # Below five years the whole is at most what the person had paid, which nobody has told us.
        is_capped = paid_months is not None and paid_months < FIRST_STEP
        whole_amount = None if is_capped else income
        found["funeral_amount"] = _times(whole_amount, rule.funeral_months.value)
        found["survivor_amount"] = _times(whole_amount, months)
        basis += [rule.funeral_months, income] if income else []
    return found, basis


def _after_an_injury(injured: date) -> Amounts:
    """Return the one sum that the law fixes for the whole country; the others follow the wages of the pool area."""
    rule = law().death
    income = _in_force(rule.national_income, injured)
    grant = to_fen(income.value * rule.work_death_years.value) if income else None
    found = {"funeral_amount": None, "survivor_amount": None, "work_death_grant": grant}
    return found, [rule.work_death_years, income] if income else []


def _survivor_months(paid: int) -> int | None:
    """Return the months of the grant for years paid; None for part of a year where the source knows full years only."""
    rule = law().death
    longest = rule.survivor_most.value
    start, least = rule.survivor_months.value[-1]
    beyond = paid - (start + 5) * YEAR
    if beyond <= 0:
        return max(months for years, months in rule.survivor_months.value if paid >= years * YEAR)
    if beyond >= (longest - least) * YEAR:
        return longest
    years, part = divmod(beyond, YEAR)
    return None if part else least + years


def _in_force(values: tuple[Stated[Decimal], ...], day: date) -> Stated[Decimal] | None:
    return next((value for value in values if value.in_force_on(day)), None)


def _times(income: Stated[Decimal] | None, months: int | None) -> Decimal | None:
    """Return so many months of a yearly income."""
    return to_fen(income.value * months / YEAR) if income and months is not None else None


TOPICS = (
    Topic(
        "death-benefits",
        "What a family may claim after a death (丧葬补助金、抚恤金、账户继承)",
        (
            Field("retired", flag, "a pension was paid already"),
            Field("cause", choice(Cause), "cause of death"),
            Field("died", day, "day of death"),
            Field("region", region.kind, "gives the amounts, in yuan, for information", required=False),
            Field("paid_months", whole(0, 1200), "gives the months of the survivors' grant", required=False),
            Field("injured", day, "day of the accident, if not that of the death", required=False),
        ),
        DeathBenefits,
        death_benefits,
        {"retired": False, "cause": "illness", "died": "2026-11-20", "region": "610200", "paid_months": 240},
    ),
)
