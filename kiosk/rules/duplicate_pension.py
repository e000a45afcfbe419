"""Two employee pensions at once (重复领取): one is kept, what was paid twice is returned or set off."""

from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

from kiosk.rules.errors import InvalidInputError
from kiosk.rules.law import law
from kiosk.rules.periods import Month
from kiosk.rules.stated import Answer, answer
from kiosk.rules.topic import Field, Topic, day, either, money, month


class DuplicatePension(msgspec.Struct, frozen=True):
    """Amounts in yuan; None where duplicates began before the rule does."""

    offset: Decimal | None
    refund: Decimal | None
    remaining: Decimal | None
    then: Literal["monthly-deduction"] | None


def duplicate_pension(
    since: date | Month, received: Decimal, returned: Decimal, account_balance: Decimal
) -> Answer[DuplicatePension]:
    """Settle a second pension: what is owed is taken from its account, then from the pension that stays.

    :raises InvalidInputError: more was returned than received.
    """
    if returned > received:
        raise InvalidInputError("order", "returned", "退还的金额多于重复领取的金额")
    rule = law().duplicate_pension
    first_day = since.first_day if isinstance(since, Month) else since
    if first_day < rule.since.value:
        nothing = DuplicatePension(None, None, None, None)
        return answer(nothing, (rule.since,), "duplicate-pension.unspecified")
    owed = received - returned
    offset = min(owed, account_balance)
    remaining = owed - offset
    result = DuplicatePension(
        offset, account_balance - offset, remaining, "monthly-deduction" if remaining else None
    )
    text = "deduction" if remaining else "settled"
    return answer(
        result,
        (rule.since,),
        f"duplicate-pension.{text}",
        offset=offset,
        refund=result.refund,
        remaining=remaining,
    )


TOPICS = (
    Topic(
        "duplicate-pension",
        "Settling two employee pensions (重复领取养老金)",
        (
            Field("since", either(day, month), "since when both were paid"),
            Field("received", money, "paid twice, in yuan"),
            Field("returned", money, "returned so far, in yuan"),
            Field("account_balance", money, "balance of the account that is closed, in yuan"),
        ),
        DuplicatePension,
        duplicate_pension,
        {"since": "2015-06", "received": "30000.00", "returned": "0.00", "account_balance": "12000.00"},
    ),
)
