"""The clock of a unit's collection plan (征集计划): when it may be declared, pushed, paid and cancelled."""

from datetime import date, datetime, timedelta
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from kiosk.rules import regions
from kiosk.rules.errors import InvalidInputError
from kiosk.rules.law import law
from kiosk.rules.periods import BEIJING, Month, midnight_after
from kiosk.rules.spoken import day_words, moment_words
from kiosk.rules.stated import Answer, Stated, answer
from kiosk.rules.texts import Sentence
from kiosk.rules.topic import Field, Topic, day, instant, month, region
from kiosk.rules.words import Collector


class CollectionPlan(msgspec.Struct, frozen=True):
    """What the clock says; only the fields that belong to the question are set, None before it was in force."""

    accepted: bool | UnsetType | None = UNSET
    next_push: datetime | UnsetType | None = UNSET
    payable_about: datetime | UnsetType | None = UNSET
    immediate: bool | UnsetType | None = UNSET
    answer_minutes: int | UnsetType | None = UNSET
    status: Literal["payable", "withdrawn"] | UnsetType | None = UNSET


def collection_plan(
    *,
    declare_at: datetime | None = None,
    generated_at: datetime | None = None,
    cancel_at: datetime | None = None,
    plan_month: Month | None = None,
    unpaid_on: date | None = None,
    region: str | None = None,
) -> Answer[CollectionPlan]:
    """Answer one of four questions, told apart by the fields that are given.

    With a region the clock answers only for the days on which its agencies collect; where the tax offices do, or no
    source says who does, every field is None.

    :raises InvalidInputError: the fields are not those of one question, or the times are out of order.
    """
    answered = _by_the_clock(declare_at, generated_at, cancel_at, plan_month, unpaid_on)
    if region is None:
        return answered
    instants = (cancel_at, generated_at, declare_at)
    days = (unpaid_on, *(at.astimezone(BEIJING).date() for at in instants if at))
    return _where(region, next(filter(None, days)), answered)


def contribution_process(region: str, day: date) -> Stated[Collector] | None:
    """Return who takes the units' declarations of contributions on a day, None where no source says it."""
    return next((one for one in regions.find(region).contribution_process if one.in_force_on(day)), None)


def _by_the_clock(
    declare_at: datetime | None,
    generated_at: datetime | None,
    cancel_at: datetime | None,
    plan_month: Month | None,
    unpaid_on: date | None,
) -> Answer[CollectionPlan]:
    if declare_at and not (generated_at or cancel_at or plan_month or unpaid_on):
        return declaration(declare_at)
    if generated_at and not (declare_at or plan_month or unpaid_on):
        return cancellation(generated_at, cancel_at) if cancel_at else push(generated_at)
    if plan_month and unpaid_on and not (declare_at or generated_at or cancel_at):
        return unpaid(plan_month, unpaid_on)
    raise InvalidInputError(
        "ambiguous",
        None,
        "应只有declare_at;或generated_at;或generated_at和cancel_at;或plan_month和unpaid_on",
    )


def _where(region: str, day: date, answered: Answer[CollectionPlan]) -> Answer[CollectionPlan]:
    """Return an answer as it is where the agency collects on that day, and otherwise nothing, with who does."""
    process = contribution_process(region, day)
    if process and process.value == "agency":
        return answered
    fields = msgspec.structs.asdict(answered.result)
    nothing = CollectionPlan(**{name: None for name, value in fields.items() if value is not UNSET})
    if process is None:
        pack = regions.find(region)
        named = {"region": Sentence(pack.name), "phone": pack.phone}
        return answer(nothing, [pack.silence], "collection-plan.unspecified", **named)
    return answer(nothing, [process], "collection-plan.tax", since=day_words(process.since))


def declaration(declare_at: datetime) -> Answer[CollectionPlan]:
    """Return whether a unit can declare at this time: from the 1st, 0:00, to the 22nd, 24:00."""
    rule = law().collection_plan
    if not _in_force(declare_at):
        return _silence(CollectionPlan(accepted=None))
    accepted = declare_at.astimezone(BEIJING).day <= rule.last_day.value
    text = "accepted" if accepted else "closed"
    return answer(CollectionPlan(accepted=accepted), (rule.last_day,), f"collection-plan.{text}")


def push(generated_at: datetime) -> Answer[CollectionPlan]:
    """Return when a plan is pushed to the tax side, and about when it can be paid."""
    rule = law().collection_plan
    if not _in_force(generated_at):
        return _silence(CollectionPlan(next_push=None, payable_about=None))
    pushed = _next_push(generated_at)
    payable = pushed + timedelta(hours=rule.payable_hours.value)
    result = CollectionPlan(next_push=pushed, payable_about=payable)
    basis = (rule.push_hours, rule.payable_hours)
    next_month = Month.of(payable.date()) > Month.of(generated_at.astimezone(BEIJING).date())
    return answer(
        result,
        basis,
        f"collection-plan.push{'-late' if next_month else ''}",
        push=moment_words(pushed),
        payable=moment_words(payable),
    )


def cancellation(generated_at: datetime, cancel_at: datetime) -> Answer[CollectionPlan]:
    """Return whether cancelling takes effect at once, or the tax side must answer first."""
    if cancel_at < generated_at:
        raise InvalidInputError("order", "cancel_at", "撤销时间早于生成时间")
    rule = law().collection_plan
    if not _in_force(cancel_at):
        return _silence(CollectionPlan(immediate=None, answer_minutes=None))
    immediate = cancel_at < _next_push(generated_at)
    minutes = 0 if immediate else rule.answer_minutes.value
    result = CollectionPlan(immediate=immediate, answer_minutes=minutes)
    text = "cancelled" if immediate else "cancel-request"
    return answer(result, (rule.answer_minutes, rule.push_hours), f"collection-plan.{text}", minutes=minutes)


def unpaid(plan_month: Month, unpaid_on: date) -> Answer[CollectionPlan]:
    """Return what becomes of a plan that is unpaid on a day: it is withdrawn by the end of its month."""
    if unpaid_on < plan_month.first_day:
        raise InvalidInputError("order", "unpaid_on", "日期早于征集计划的月份")
    if not law().collection_plan.last_day.in_force_on(unpaid_on):
        return _silence(CollectionPlan(status=None))
    withdrawn = Month.of(unpaid_on) > plan_month
    result = CollectionPlan(status="withdrawn" if withdrawn else "payable")
    return answer(result, (law().collection_plan.last_day,), f"collection-plan.{result.status}")


def _in_force(at: datetime) -> bool:
    return law().collection_plan.last_day.in_force_on(at.astimezone(BEIJING).date())


def _silence(result: CollectionPlan) -> Answer[CollectionPlan]:
    rule = law().collection_plan.last_day
    return answer(result, (rule,), "collection-plan.not-in-force", since=day_words(rule.since))


def _next_push(generated_at: datetime) -> datetime:
    today = generated_at.astimezone(BEIJING).date()
    start = midnight_after(today - timedelta(days=1))
    pushes = (start + timedelta(hours=hour) for hour in law().collection_plan.push_hours.value)
    return next(push for push in pushes if push > generated_at)


TOPICS = (
    Topic(
        "collection-plan",
        "A unit's collection plan (征集计划): declare_at; generated_at; generated_at + cancel_at; "
        "plan_month + unpaid_on",
        (
            Field("declare_at", instant, "when the unit declares", required=False),
            Field("generated_at", instant, "when the plan was generated", required=False),
            Field("cancel_at", instant, "when the unit cancels it", required=False),
            Field("plan_month", month, "month of the plan", required=False),
            Field("unpaid_on", day, "day on which it is still unpaid", required=False),
            Field("region", region.kind, "asks also who collects there on that day", required=False),
        ),
        CollectionPlan,
        collection_plan,
        {"generated_at": "2026-11-20T11:30"},
    ),
)
