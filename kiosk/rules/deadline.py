"""How long the agency or the citizen has, in working days of the official calendar or in calendar days."""

from datetime import date, timedelta
from functools import cache

import msgspec

from kiosk.rules import regions
from kiosk.rules.errors import InvalidInputError
from kiosk.rules.law import Term, law
from kiosk.rules.stated import Answer, Citation, Stated, StatedOrUnspecified, answer, stated_on, value_of
from kiosk.rules.topic import Field, Topic, choice, day, need, region
from kiosk.rules.words import REGIONAL_ITEMS, DayKind, Item


class Deadline(msgspec.Struct, frozen=True):
    """The period and its last day; None where the region's source states none."""

    days: int | None
    kind: DayKind | None
    due: date | None


def deadline(item: Item, received: date, *, region: str | None = None) -> Answer[Deadline]:
    """Return the last day of a period; the day of receipt is not counted, and is when the period must be in force.

    :raises InvalidInputError: the item differs by region and none was given, or a year's holidays are not known.
    """
    term, silence = _term(item, region)
    length = value_of(stated_on(term, received))
    if length is None:
        return _nothing(term, silence)
    due = last_day(received, length)
    days = "个工作日" if length.kind == "working" else "天"
    result = Deadline(length.days, length.kind, due)
    calendar = law().working_days.calendar if length.kind == "working" else None
    basis = (term, law().working_days.start_day_counts, calendar)
    return answer(result, basis, "deadline.result", days=f"{length.days}{days}", due=f"{due:%Y年%m月%d日}")


def _term(item: Item, region: str | None) -> tuple[StatedOrUnspecified[Term], Citation | None]:
    if item not in REGIONAL_ITEMS:
        return law().deadline[item], None
    pack = regions.find(need("region", region))
    return pack.deadline[item], pack.silence


def _nothing(term: StatedOrUnspecified[Term], silence: Citation | None) -> Answer[Deadline]:
    """Say that no source states a term, or that the one that does was not in force yet."""
    text = "not-in-force" if isinstance(term, Stated) else "unspecified"
    return answer(Deadline(None, None, None), (term, silence), f"deadline.{text}")


def last_day(received: date, term: Term) -> date:
    """Return the last day of a term that started on a day."""
    if term.kind == "calendar":
        return received + timedelta(days=term.days)
    due = received
    for _ in range(term.days):
        due += timedelta(days=1)
        while not _is_workday(due):
            due += timedelta(days=1)
    return due


@cache
def _is_workday(day: date) -> bool:
    # Imported when first asked: most questions need no calendar, and the command must start at once.
    import chinese_calendar

    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        raise InvalidInputError(
            "unknown-year", "received", f"没有{day.year}年的放假安排，不能推算期限，请更新节假日数据"
        ) from None


TOPICS = (
    Topic(
        "deadline",
        "Statutory and regional deadlines in days (办理时限)",
        (
            Field("item", choice(Item), "what is waited for"),
            Field("received", day, "the day from which it runs"),
            Field(
                "region", region.kind, "needed for replace-card, make-card, notify-collection", required=False
            ),
        ),
        Deadline,
        deadline,
        {"item": "pension-claim", "received": "2026-09-21"},
    ),
)
