"""How a flexible worker's contribution is split."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.rules.contribution import contribution_split

SPLITS = [
    ("4000.00", "800.00", "320.00", "480.00"),
    ("0.00", "0.00", "0.00", "0.00"),
    ("0.01", "0.00", "0.00", "0.00"),
    ("0.03", "0.01", "0.00", "0.01"),
    ("3333.33", "666.67", "266.67", "400.00"),
    ("4231.56", "846.31", "338.52", "507.79"),
]


@pytest.mark.parametrize(("base", "total", "account", "pooled"), SPLITS)
def test_a_contribution_is_split_to_the_fen(ask, base, total, account, pooled):
    result = ask("contribution-split", base=base)

    assert result == {"total": total, "personal_account": account, "pooled": pooled}


@given(st.decimals(0, 10**8, places=2))
def test_the_parts_always_add_up(base):
    result = contribution_split(base).result

    assert result.personal_account + result.pooled == result.total
    assert abs(result.total - base / 5) <= Decimal("0.005")
    assert result.pooled >= 0
