"""The fee of a card: for which causes and for whom it is waived."""

from datetime import date

import msgspec

from kiosk.rules import regions
from kiosk.rules.pack import Fee
from kiosk.rules.periods import months_later
from kiosk.rules.stated import Answer, Basis, answer, stated_on, value_of
from kiosk.rules.topic import Field, Topic, choice, day, need, region
from kiosk.rules.words import FeeCause, Waiver


class CardFee(msgspec.Struct, frozen=True):
    """Whether the card is free; None where the source states nothing."""

    waived: bool | None


def card_fee(
    region: str,
    cause: FeeCause,
    *,
    issued: date | None = None,
    today: date | None = None,
    waiver: Waiver | None = None,
) -> Answer[CardFee]:
    """Return whether a card is free for a cause; a waiver is a personal circumstance that some regions accept.

    With ``today`` only what is in force on that day counts.

    :raises InvalidInputError: the region counts from the day of issue, and a day is missing.
    """
    pack = regions.find(region)
    waived, basis = _waived(pack.fee, cause, issued, today, waiver)
    word = {True: "free", False: "charged", None: "unspecified"}[waived]
    return answer(CardFee(waived), basis if waived is not None else [pack.silence], f"card-fee.{word}")


def _waived(
    fee: Fee, cause: FeeCause, issued: date | None, today: date | None, waiver: Waiver | None
) -> tuple[bool | None, Basis]:
    if waiver in (value_of(stated_on(fee.waivers, today)) or ()):
        return True, [fee.waivers]
    stated = stated_on(fee.waived[cause], today)
    months = value_of(stated_on(fee.quality_months, today))
    if cause == "quality" and months is not None:
        within = need("today", today) <= months_later(need("issued", issued), months)
        return within, [stated, fee.quality_months]
    return value_of(stated), [stated]


TOPICS = (
    Topic(
        "card-fee",
        "Whether a card is free (工本费)",
        (
            region,
            Field("cause", choice(FeeCause), "why a card is made"),
            Field(
                "issued",
                day,
                "day of issue of the card so far; needed where the region counts from it",
                required=False,
            ),
            Field("today", day, "the day of asking; needed with issued", required=False),
            Field("waiver", choice(Waiver), "personal circumstance", required=False),
        ),
        CardFee,
        card_fee,
        {"region": "420100", "cause": "quality", "issued": "2026-05-01", "today": "2026-08-01"},
    ),
)
