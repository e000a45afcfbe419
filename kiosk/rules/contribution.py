"""How a flexible worker's contribution is split between the personal account and the pool."""

from decimal import Decimal

import msgspec

from kiosk.rules.law import law
from kiosk.rules.money import to_fen
from kiosk.rules.stated import Answer, answer
from kiosk.rules.topic import Field, Topic, money


class ContributionSplit(msgspec.Struct, frozen=True):
    """A month's contribution in yuan; the two parts always add up to the total."""

    total: Decimal
    personal_account: Decimal
    pooled: Decimal


def contribution_split(base: Decimal) -> Answer[ContributionSplit]:
    """Split the contribution on a base: total and account are rounded half-up, the pool takes the rest."""
    rule = law().contribution
    total = to_fen(base * rule.total_percent.value / 100)
    account = to_fen(base * rule.account_percent.value / 100)
    result = ContributionSplit(total, account, total - account)
    basis = (rule.total_percent, rule.account_percent)
    return answer(
        result, basis, "contribution-split.result", total=total, account=account, pooled=result.pooled
    )


TOPICS = (
    Topic(
        "contribution-split",
        "A flexible worker's contribution: personal account and pool (个人账户与统筹)",
        (Field("base", money, "contribution base in yuan"),),
        ContributionSplit,
        contribution_split,
        {"base": "4000.00"},
    ),
)
