"""Confirming the right to a benefit (待遇资格认证): every twelve months, counted from the last time."""

from datetime import date, timedelta
from typing import Literal

import msgspec

from kiosk.rules.errors import InvalidInputError
from kiosk.rules.law import law
from kiosk.rules.periods import months_later
from kiosk.rules.stated import Answer, answer
from kiosk.rules.topic import Field, Topic, day, whole

CertificationState = Literal["valid", "due-soon", "overdue"]


class Certification(msgspec.Struct, frozen=True):
    """The last day of the next confirmation; ``days_left`` is negative once it is over."""

    due: date
    state: CertificationState
    days_left: int


def certification(
    last_certified: date, asked: date, *, cycle_months: int | None = None
) -> Answer[Certification]:
    """Return by when somebody must confirm again; ``cycle_months`` is the region's own cycle.

    Nothing is suspended by a day going by: that is for people to decide.

    :raises InvalidInputError: asked before the last confirmation.
    """
    if asked < last_certified:
        raise InvalidInputError("order", "asked", "查询日期早于上次认证日期")
    rule = law().certification
    due = months_later(last_certified, cycle_months or rule.cycle_months.value)
    state: CertificationState = "valid"
    if asked > due:
        state = "overdue"
    elif asked >= due - timedelta(days=rule.soon_days.value):
        state = "due-soon"
    left = (due - asked).days
    own_cycle = None if cycle_months else rule.cycle_months
    return answer(
        Certification(due, state, left),
        (own_cycle, law().certification.soon_days),
        f"certification.{state}",
        due=f"{due:%Y年%m月%d日}",
        days=left,
    )


TOPICS = (
    Topic(
        "certification",
        "When the right to a benefit must be confirmed again (待遇资格认证)",
        (
            Field("last_certified", day, "day of the last confirmation"),
            Field("asked", day, "the day of asking"),
            Field(
                "cycle_months",
                whole(1, 120),
                "months between two, where the region has its own",
                required=False,
            ),
        ),
        Certification,
        certification,
        {"last_certified": "2026-01-15", "asked": "2026-11-27"},
    ),
)
