"""Between the employee and the resident pension (城乡衔接); the lump sum; ending the relation."""

from decimal import Decimal
from typing import Literal

import msgspec

from kiosk.rules.law import law
from kiosk.rules.periods import Month
from kiosk.rules.retirement import RETIREMENT_MONTH, pension_months
from kiosk.rules.spoken import month_count_words
from kiosk.rules.stated import Answer, answer
from kiosk.rules.topic import Field, Topic, flag, list_of, month, number, text, whole

Bridge = Literal["resident-to-employee", "employee-to-resident"]
ApplyAt = Literal["employee-benefit-place", "resident-benefit-place"]
Alternative = Literal["extend-contributions", "lump-sum", "terminate"]
Step = Literal["written-request", "written-notice", "written-confirmation", "account-paid-out"]


class PensionSystems(msgspec.Struct, frozen=True):
    """Which way the relation may be moved, where to apply, what comes first and what else is possible."""

    allowed: bool
    direction: Bridge | None
    apply_at: ApplyAt | None
    first: Literal["gather-at-benefit-place"] | None
    alternatives: tuple[Alternative, ...]


class LumpSum(msgspec.Struct, frozen=True):
    """Whether the missing years may be paid at once; None where more than the fifteen years of the rule are needed."""

    allowed: bool | None


class Termination(msgspec.Struct, frozen=True):
    """The next written step that ends an employee relation, or None when all are done."""

    next_step: Step | None


def pension_systems(
    age_reached: bool,
    employee_months: int,
    already_receiving: bool,
    *,
    places: tuple[str, ...] = (),
    retirement_month: Month | None = None,
) -> Answer[PensionSystems]:
    """Say which way the pension relation may be moved; relations in several ``places`` are gathered first.

    The months of a monthly pension decide: with the month of retirement at least its year's minimum.
    """
    rule = law().pension_systems
    needed, minimum = pension_months(rule.months, retirement_month)
    basis = (*minimum, rule.extension, law().termination.procedure)
    if already_receiving or not age_reached:
        text = "receiving" if already_receiving else "too-young"
        return answer(PensionSystems(False, None, None, None, ()), basis[:1], f"pension-systems.{text}")
    first: Literal["gather-at-benefit-place"] | None = (
        "gather-at-benefit-place" if len(set(places)) > 1 else None
    )
    if employee_months >= needed:
        result = PensionSystems(True, "resident-to-employee", "employee-benefit-place", first, ())
    else:
        others: tuple[Alternative, ...] = ("extend-contributions", "lump-sum", "terminate")
        result = PensionSystems(True, "employee-to-resident", "resident-benefit-place", first, others)
    return answer(result, basis, f"pension-systems.{result.direction}", needed=month_count_words(needed))


def lump_sum(
    first_insured: Month,
    extended_years: Decimal | int,
    paid_months: int,
    *,
    retirement_month: Month | None = None,
) -> Answer[LumpSum]:
    """Return whether the missing months may be paid at once (若干规定第二条).

    The rule fills up to fifteen years. Where the year of retirement needs more, it does not say what becomes of it.
    """
    rule = law().lump_sum
    needed, minimum = pension_months(rule.months, retirement_month)
    allowed = (
        first_insured.first_day < rule.insured_before.value
        and extended_years >= rule.extended_years.value
        and paid_months < needed
    )
    basis = (rule.extended_years, rule.insured_before)
    if allowed and retirement_month and needed > rule.months.value:
        named = {"year": retirement_month.year, "needed": month_count_words(needed)}
        return answer(LumpSum(None), (*basis, *minimum), "lump-sum.unspecified", **named)
    return answer(LumpSum(allowed), basis, f"lump-sum.{'allowed' if allowed else 'refused'}")


def termination(done: tuple[Step, ...]) -> Answer[Termination]:
    """Return the next step of ending an employee relation: a step counts only after those before it."""
    rule = law().termination
    # The law's file has the steps as text.
    steps: list[Step] = [step for step in rule.procedure.value if step not in done]  # type: ignore[misc]
    next_step = steps[0] if steps else None
    return answer(Termination(next_step), (rule.procedure,), f"termination.{next_step or 'done'}")


TOPICS = (
    Topic(
        "pension-systems",
        "Moving between the employee and the resident pension (城乡养老保险制度衔接)",
        (
            Field("age_reached", flag, "the employee system's retirement age is reached"),
            Field("employee_months", whole(0, 1200), "months paid in the employee system"),
            Field("already_receiving", flag, "a pension is paid already"),
            Field("places", list_of(text), "places with an employee relation", required=False),
            RETIREMENT_MONTH,
        ),
        PensionSystems,
        pension_systems,
        {
            "age_reached": True,
            "employee_months": 120,
            "already_receiving": False,
            "places": ["610200", "420100"],
        },
    ),
    Topic(
        "lump-sum",
        "Paying the missing years at once (一次性缴费)",
        (
            Field("first_insured", month, "month of the first insurance"),
            Field("extended_years", number, "years of extended contribution"),
            Field("paid_months", whole(0, 1200), "months paid in all"),
            RETIREMENT_MONTH,
        ),
        LumpSum,
        lump_sum,
        {"first_insured": "2005-03", "extended_years": 5, "paid_months": 150},
    ),
)
