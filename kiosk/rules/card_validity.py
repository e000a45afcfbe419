"""How long a card is valid, and what its holder should be reminded of."""

from datetime import date, timedelta
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from kiosk.rules import regions
from kiosk.rules.pack import Pack
from kiosk.rules.periods import months_later
from kiosk.rules.stated import Answer, Basis, answer, cite, stated_on, value_of
from kiosk.rules.topic import Field, Topic, day, either, flag, region, whole

Status = Literal["valid", "expired", "needs-review", "returned"]
Prompt = Literal["renew-soon", "renew", "review", "return-and-cancel", "collect", "recall"]


class CardValidity(msgspec.Struct, frozen=True):
    """The status of a card, what to remind its holder of, and the last day that counts, if one is stated."""

    status: Status
    prompt: Prompt | None
    until: date | None


def card_validity(
    region: str,
    today: date,
    *,
    issued: date | None = None,
    valid_until: date | UnsetType | None = UNSET,
    generation: int | None = None,
    last_used: date | None = None,
    temporary_issued: date | None = None,
    notified: date | None = None,
    collected: date | bool | None = None,
) -> Answer[CardValidity]:
    """Return the status of a card on a day, and the reminder, by the rules in force on that day.

    ``valid_until`` is the date on the chip; None says that the chip has none, as on third-generation cards,
    which then do not expire. ``collected`` is the day of collection, or whether the card was collected.
    """
    pack = regions.find(region)
    here = collected is True or (isinstance(collected, date) and collected <= today)
    if temporary_issued:
        return _temporary(pack, today, temporary_issued, here)
    if notified and not here:
        return _waiting(pack, today, notified)
    until = _last_day(pack, today, issued, valid_until, generation)
    basis: Basis = [pack.validity.years, pack.validity.renewal_months, cite("card-standard", "卡有效期")]
    if until and today > until:
        return _answer("expired", "renew", until, basis)
    if _unused_too_long(pack, today, last_used):
        return _answer("needs-review", "review", until, [pack.validity.unused_years])
    renewal_months = value_of(stated_on(pack.validity.renewal_months, today))
    if until and renewal_months and today >= months_later(until, -renewal_months):
        return _answer("valid", "renew-soon", until, basis)
    return _answer("valid", None, until, basis)


def _answer(status: Status, prompt: Prompt | None, until: date | None, basis: Basis) -> Answer[CardValidity]:
    named = f"{until:%Y年%m月%d日}" if until else "规定的日期"
    return answer(
        CardValidity(status, prompt, until), basis, f"card-validity.{prompt or 'valid'}", until=named
    )


def _temporary(pack: Pack, today: date, issued: date, collected: bool) -> Answer[CardValidity]:
    days = value_of(stated_on(pack.validity.temporary_days, today))
    if days is None:
        return _answer("valid", None, None, [pack.silence])
    until = issued + timedelta(days=days)
    over = today > until
    prompt: Prompt | None = "return-and-cancel" if over or collected else None
    return _answer("expired" if over else "valid", prompt, until, [pack.validity.temporary_days])


def _waiting(pack: Pack, today: date, notified: date) -> Answer[CardValidity]:
    months = value_of(stated_on(pack.validity.collect_months, today))
    if months is None:
        return _answer("valid", "collect", None, [pack.silence])
    until = months_later(notified, months)
    if today > until:
        return _answer("returned", "recall", until, [pack.validity.collect_months])
    return _answer("valid", "collect", until, [pack.validity.collect_months])


def _last_day(
    pack: Pack, today: date, issued: date | None, valid_until: date | UnsetType | None, generation: int | None
) -> date | None:
    if isinstance(valid_until, date):
        return valid_until
    years = value_of(stated_on(pack.validity.years, today))
    undated = generation == 3 or (valid_until is None and generation != 2)
    if undated or issued is None or years is None:
        return None
    return months_later(issued, 12 * years)


def _unused_too_long(pack: Pack, today: date, last_used: date | None) -> bool:
    years = value_of(stated_on(pack.validity.unused_years, today))
    return years is not None and last_used is not None and today > months_later(last_used, 12 * years)


TOPICS = (
    Topic(
        "card-validity",
        "Validity, renewal, disuse, temporary cards and collection (有效期、换卡、审验、临时卡、领卡)",
        (
            region,
            Field("today", day, "the day of asking"),
            Field("issued", day, "day of issue", required=False),
            Field(
                "valid_until",
                day,
                "date on the chip, null if it has none",
                required=False,
                null_means_none=True,
            ),
            Field("generation", whole(2, 3), "generation of the card", required=False),
            Field("last_used", day, "day of the last use", required=False),
            Field("temporary_issued", day, "day of issue of a temporary card", required=False),
            Field("notified", day, "day on which the holder was told to collect the card", required=False),
            Field(
                "collected",
                either(flag, day),
                "day of collection, or whether it was collected",
                required=False,
            ),
        ),
        CardValidity,
        card_validity,
        {"region": "210200", "today": "2026-11-22", "issued": "2017-01-15"},
    ),
)
