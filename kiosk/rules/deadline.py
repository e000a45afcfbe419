"""How long the agency or the citizen has: in working days of the official calendar, in calendar days or in months."""

from datetime import date, timedelta

import msgspec
from msgspec import UNSET, UnsetType

from kiosk.rules import regions, working_days
from kiosk.rules.law import Term, law
from kiosk.rules.periods import Month, months_later
from kiosk.rules.stated import Answer, Citation, Stated, StatedOrUnspecified, answer, stated_on, value_of
from kiosk.rules.topic import Field, Topic, choice, day, need, region
from kiosk.rules.words import REGIONAL_ITEMS, DayKind, Item


class Deadline(msgspec.Struct, frozen=True):
    """The period and its last day; None where the region's source states none.

    ``due_pending`` is set while the holidays of a year are not known: ``due`` is None, and not before ``not_before``.
    ``months`` is set where the period is counted in months from ``received`` on, or to the end of the month after them.
    """

    days: int | None
    kind: DayKind | None
    due: date | None
    months: int | UnsetType = UNSET
    due_pending: bool | UnsetType = UNSET
    not_before: date | UnsetType = UNSET


def deadline(item: Item, received: date, *, region: str | None = None) -> Answer[Deadline]:
    """Return the last day of a period; the day of receipt is not counted, and is when the period must be in force.

    :raises InvalidInputError: the item differs by region and none was given, or nothing is known of a year's holidays.
    """
    term, silence = _term(item, region)
    length = value_of(stated_on(term, received))
    if length is None:
        return _nothing(term, silence)
    day, certain = _counted(received, length)
    result = Deadline(length.days, length.kind, day, _or_unset(length.months))
    if not certain:
        result = msgspec.structs.replace(result, due=None, due_pending=True, not_before=day)
    rule = law().working_days
    calendar = () if length.kind != "working" else (rule.calendar,) if certain else (rule.festivals,)
    basis = (term, rule.start_day_counts, *calendar)
    text = "result" if certain else "pending"
    return answer(result, basis, f"deadline.{text}", days=_named(length), due=f"{day:%Y年%m月%d日}")


def last_day(received: date, term: Term) -> date | None:
    """Return the last day of a term that started on a day, None where it is not certain yet."""
    day, certain = _counted(received, term)
    return day if certain else None


def _counted(received: date, term: Term) -> tuple[date, bool]:
    """Return the last day of a term, or the day before which it does not end, and whether it is certain."""
    if term.kind == "working":
        return working_days.after(received, term.days or 0)
    if term.kind == "calendar":
        return received + timedelta(days=term.days or 0), True
    months = term.months or 0
    if term.kind == "months":
        return months_later(received, months), True
    return Month.of(received).plus(months + 1).first_day - timedelta(days=1), True


def _named(term: Term) -> str:
    if term.kind == "month-end":
        return ("当月月底", "次月月底")[term.months or 0]
    return (
        f"{term.months}个月"
        if term.months
        else f"{term.days}{'个工作日' if term.kind == 'working' else '天'}"
    )


def _or_unset(months: int | None) -> int | UnsetType:
    return UNSET if months is None else months


def _term(item: Item, region: str | None) -> tuple[StatedOrUnspecified[Term], Citation | None]:
    if item not in REGIONAL_ITEMS:
        return law().deadline[item], None
    pack = regions.find(need("region", region))
    return pack.deadline[item], pack.silence


def _nothing(term: StatedOrUnspecified[Term], silence: Citation | None) -> Answer[Deadline]:
    """Say that no source states a term, or that the one that does was not in force yet."""
    text = "not-in-force" if isinstance(term, Stated) else "unspecified"
    return answer(Deadline(None, None, None), (term, silence), f"deadline.{text}")


TOPICS = (
    Topic(
        "deadline",
        "Statutory and regional deadlines in days (办理时限)",
        (
            Field("item", choice(Item), "what is waited for"),
            Field("received", day, "the day from which it runs"),
            Field("region", region.kind, f"needed for {', '.join(REGIONAL_ITEMS)}", required=False),
        ),
        Deadline,
        deadline,
        {"item": "pension-claim", "received": "2026-09-21"},
    ),
)
