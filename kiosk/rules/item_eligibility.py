"""Whether something may be applied for (事项受理条件): each item names the topic that lays down its conditions."""

from collections.abc import Callable, Mapping
from typing import Any, Literal, get_args

import msgspec

from kiosk.rules import (
    card_application,
    death_benefits,
    face_retirement,
    flexible_insurance,
    pension_systems,
    resident_pension,
    retirement,
)
from kiosk.rules.errors import InvalidInputError
from kiosk.rules.periods import Month
from kiosk.rules.stated import Answer
from kiosk.rules.texts import say
from kiosk.rules.topic import Field, Topic, choice, facts, month

EligibilityItem = Literal[
    "pension-claim",
    "face-retirement",
    "resident-pension",
    "flexible-registration",
    "system-transfer",
    "lump-sum",
    "card-new",
    "card-replace",
    "death-benefits",
]
Facts = Mapping[str, object]


class ItemEligibility(msgspec.Struct, frozen=True):
    """Whether the conditions are met, what stands against it, and the first month in which it may be applied for.

    None where no source says it, and where the month depends on what is paid until then.
    """

    eligible: bool | None
    reasons: tuple[str, ...]
    earliest: Month | None


Verdict = Callable[[Answer[Any], Facts], Answer[ItemEligibility]]


class _Condition(msgspec.Struct, frozen=True):
    topic: Topic
    verdict: Verdict


def item_eligibility(item: EligibilityItem, facts: Facts) -> Answer[ItemEligibility]:
    """Judge an item by the topic that it names; ``facts`` are that topic's fields.

    :raises InvalidInputError: the topic does not understand them; the field is named ``facts.FIELD``.
    """
    condition = CONDITIONS[item]
    try:
        return condition.verdict(condition.topic.ask(facts), facts)
    except InvalidInputError as error:
        field = f"facts.{error.field}" if error.field else "facts"
        raise InvalidInputError(error.code, field, error.message) from None


def _pension_claim(asked: Answer[Any], facts: Facts) -> Answer[ItemEligibility]:
    """Before the statutory month only the elastic choice counts; from it on only the years do, however late it is."""
    chosen, paid = _given(facts, "chosen"), _given(facts, "paid_months")
    found = asked.result
    if month.read(chosen) < found.statutory:
        earliest = found.earliest if found.reason == "too-early" else None
        return _result(asked, found.allowed, (found.reason,) if found.reason else (), earliest)
    enough = isinstance(paid, int) and paid >= found.required_months
    text = "enough" if enough else "contribution-years"
    said = say(f"item-eligibility.{text}", required=found.required_months)
    reasons = () if enough else ("contribution-years",)
    return Answer(ItemEligibility(enough, reasons, None), asked.basis, said)


def _given(facts: Facts, field: str) -> object:
    if facts.get(field) is None:
        raise InvalidInputError("missing", field, "缺少这个字段")
    return facts[field]


def _resident_pension(asked: Answer[Any], facts: Facts) -> Answer[ItemEligibility]:
    found = asked.result
    reached = month.read(facts["birth"]).plus(12 * found.pension_age)
    earliest = reached.plus(1) if found.reason == "age" else found.from_month
    return _result(asked, found.eligible, (found.reason,) if found.reason else (), earliest)


def _reasons(asked: Answer[Any], facts: Facts) -> Answer[ItemEligibility]:
    return _result(asked, asked.result.allowed, asked.result.reasons)


def _reason(asked: Answer[Any], facts: Facts) -> Answer[ItemEligibility]:
    reason = asked.result.reason
    return _result(asked, asked.result.allowed, (reason,) if reason else ())


def _allowed(asked: Answer[Any], facts: Facts) -> Answer[ItemEligibility]:
    return _result(asked, asked.result.allowed, ())


def _first_card(asked: Answer[Any], facts: Facts) -> Answer[ItemEligibility]:
    return _card(asked, facts, facts["kind"] == "new")


def _other_card(asked: Answer[Any], facts: Facts) -> Answer[ItemEligibility]:
    return _card(asked, facts, facts["kind"] != "new")


def _card(asked: Answer[Any], facts: Facts, fits: bool) -> Answer[ItemEligibility]:
    if not fits:
        raise InvalidInputError("contradiction", "kind", "办卡原因和事项不一致")
    return _reason(asked, facts)


def _grants(asked: Answer[Any], facts: Facts) -> Answer[ItemEligibility]:
    return _result(asked, asked.result.funeral_grant, ())


def _result(
    asked: Answer[Any], eligible: bool | None, reasons: tuple[str, ...], earliest: Month | None = None
) -> Answer[ItemEligibility]:
    """Return the verdict with the basis and the sentence of the topic."""
    return Answer(ItemEligibility(eligible, reasons, earliest), asked.basis, asked.text)


def _named(topics: tuple[Topic, ...], name: str) -> Topic:
    return next(topic for topic in topics if topic.name == name)


CONDITIONS: Mapping[EligibilityItem, _Condition] = {
    "pension-claim": _Condition(_named(retirement.TOPICS, "elastic-retirement"), _pension_claim),
    "face-retirement": _Condition(_named(face_retirement.TOPICS, "face-retirement"), _reasons),
    "resident-pension": _Condition(_named(resident_pension.TOPICS, "resident-pension"), _resident_pension),
    "flexible-registration": _Condition(_named(flexible_insurance.TOPICS, "flexible-insurance"), _reason),
    "system-transfer": _Condition(_named(pension_systems.TOPICS, "pension-systems"), _allowed),
    "lump-sum": _Condition(_named(pension_systems.TOPICS, "lump-sum"), _allowed),
    "card-new": _Condition(_named(card_application.TOPICS, "card-application"), _first_card),
    "card-replace": _Condition(_named(card_application.TOPICS, "card-application"), _other_card),
    "death-benefits": _Condition(_named(death_benefits.TOPICS, "death-benefits"), _grants),
}
"""The topic of each item, and how its answer is read."""

_NAMES = "; ".join(f"{item}: {CONDITIONS[item].topic.name}" for item in get_args(EligibilityItem))

TOPICS = (
    Topic(
        "item-eligibility",
        "Whether an item may be applied for, by the topic that it names (受理条件)",
        (
            Field("item", choice(EligibilityItem), f"what is applied for; its topic: {_NAMES}"),
            Field("facts", facts, "the fields of that topic; of pension-claim also chosen and paid_months"),
        ),
        ItemEligibility,
        item_eligibility,
        {
            "item": "pension-claim",
            "facts": {"category": "male", "birth": "1976-09", "chosen": "2039-09", "paid_months": 240},
        },
    ),
)
