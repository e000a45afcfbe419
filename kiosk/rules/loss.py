"""Loss reports: what a report has become by the time of asking."""

from datetime import datetime
from typing import Literal

import msgspec

from kiosk.rules import regions
from kiosk.rules.errors import InvalidInputError
from kiosk.rules.pack import Loss, Pack
from kiosk.rules.periods import BEIJING, end_of_days
from kiosk.rules.stated import Answer, Stated, answer, value_of
from kiosk.rules.topic import Field, Topic, choice, instant, region
from kiosk.rules.words import Function, LossKind

ReportState = Literal["lost", "normal", "cancelled", "void"]


class LossState(msgspec.Struct, frozen=True):
    """What has become of a loss report; ``state`` is None where no source of the region knows this kind."""

    state: ReportState | None
    until: datetime | None
    affects: tuple[Function, ...]


def loss_state(region: str, kind: LossKind, reported_at: datetime, asked_at: datetime) -> Answer[LossState]:
    """Return what a loss report has become.

    Where the source states no end, the card stays lost until the report is released. A source that was not in force
    on the day of the report says nothing of it.

    :raises InvalidInputError: asked before the report: a clock is wrong, and no card is released on a suspect clock.
    """
    if asked_at < reported_at:
        raise InvalidInputError("order", "asked_at", "查询时间早于挂失时间，请检查时钟")
    pack = regions.find(region)
    rule = pack.loss_of(kind)
    if rule is None or not rule.affects.in_force_on(reported_at.astimezone(BEIJING).date()):
        named = {"region": pack.name, "phone": pack.phone}
        return answer(LossState(None, None, ()), [pack.silence], "loss-state.unspecified", **named)
    return _state(pack, rule, reported_at, asked_at)


def _state(pack: Pack, rule: Loss, reported_at: datetime, asked_at: datetime) -> Answer[LossState]:
    days = value_of(rule.lasts_days)
    until = end_of_days(reported_at, days) if isinstance(days, int) else None
    state: ReportState = "lost"
    if value_of(rule.irrevocable):
        state = "void"
    elif until and asked_at >= until:
        state = rule.then.value if isinstance(rule.then, Stated) else "lost"
    result = LossState(state, until, rule.affects.value)
    basis = (rule.lasts_days, rule.then, rule.affects, rule.irrevocable)
    return answer(
        result,
        basis,
        f"loss-state.{_text(state, until)}",
        until=f"{until:%Y年%m月%d日%H:%M}" if until else "",
    )


def _text(state: ReportState, until: datetime | None) -> str:
    return "lost-until" if state == "lost" and until else state


TOPICS = (
    Topic(
        "loss-state",
        "What a loss report has become (挂失的状态和期限)",
        (
            region,
            Field("kind", choice(LossKind), "kind of loss report"),
            Field("reported_at", instant, "when it was reported, Beijing time"),
            Field("asked_at", instant, "the time of asking, Beijing time"),
        ),
        LossState,
        loss_state,
        {
            "region": "610200",
            "kind": "oral",
            "reported_at": "2026-03-01T10:00",
            "asked_at": "2026-03-05T09:00",
        },
    ),
)
