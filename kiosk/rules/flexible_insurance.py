"""Joining the employee pension as a flexible worker (灵活就业人员参保): up to which age, with which papers."""

from typing import Literal

import msgspec

from kiosk.rules import regions
from kiosk.rules.law import Category, law
from kiosk.rules.pack import FlexibleInsurance, Pack
from kiosk.rules.periods import Month
from kiosk.rules.retirement import delayed_retirement
from kiosk.rules.stated import Answer, Stated, answer
from kiosk.rules.texts import Sentence
from kiosk.rules.topic import Field, Topic, choice, flag, month, region
from kiosk.rules.words import Paper

Sex = Literal["male", "female"]
CATEGORY: dict[Sex, Category] = {"male": "male", "female": "female55"}


class FlexibleInsuranceAnswer(msgspec.Struct, frozen=True):
    """Whether somebody may join; ``until`` is the month in which the age is reached. None where no source says it."""

    allowed: bool | None
    reason: Literal["age", "insured-by-unit"] | None
    papers: tuple[Paper, ...]
    until: Month | None


def flexible_insurance(
    region: str, sex: Sex, birth: Month, asked: Month, *, insured_by_unit: bool = False
) -> Answer[FlexibleInsuranceAnswer]:
    """Judge the conditions in the month of asking.

    The age is the one that the region's source names, and since the law of 2025 the statutory age with its delay,
    which that source still calls 60 and 55: the agency's own answer decides, and the sentence says so.
    """
    pack = regions.find(region)
    rule = pack.flexible_insurance
    if rule == "unspecified" or not rule.male_below.in_force_on(asked.first_day):
        return _silence(pack)
    until, basis = _reached(rule, sex, birth, asked)
    reason: Literal["age", "insured-by-unit"] | None = None
    if asked >= until:
        reason = "age"
    elif insured_by_unit:
        reason = "insured-by-unit"
    result = FlexibleInsuranceAnswer(reason is None, reason, rule.papers.value, until)
    return answer(result, (*basis, rule.papers), f"flexible-insurance.{reason or 'allowed'}", until=until)


def _reached(
    rule: FlexibleInsurance, sex: Sex, birth: Month, asked: Month
) -> tuple[Month, tuple[Stated[int], ...]]:
    """Return the month in which the age is reached, by the law in force in the month of asking, and what says so."""
    below = rule.male_below if sex == "male" else rule.female_below
    delay = law().retirement[CATEGORY[sex]].months_per_delay
    if not delay.in_force_on(asked.first_day):
        return birth.plus(12 * below.value), (below,)
    return delayed_retirement(CATEGORY[sex], birth)[1], (below, delay)


def _silence(pack: Pack) -> Answer[FlexibleInsuranceAnswer]:
    nothing = FlexibleInsuranceAnswer(None, None, (), None)
    named = {"region": Sentence(pack.name), "phone": pack.phone}
    return answer(nothing, [pack.silence], "flexible-insurance.unspecified", **named)


TOPICS = (
    Topic(
        "flexible-insurance",
        "Joining the employee pension as a flexible worker (灵活就业人员参保)",
        (
            region,
            Field("sex", choice(Sex), "sex"),
            Field("birth", month, "month of birth"),
            Field("asked", month, "month of asking"),
            Field("insured_by_unit", flag, "a unit insures the person now", required=False),
        ),
        FlexibleInsuranceAnswer,
        flexible_insurance,
        {"region": "610200", "sex": "female", "birth": "1972-03", "asked": "2026-11"},
    ),
)
