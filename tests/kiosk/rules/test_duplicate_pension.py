"""Two employee pensions at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.rules.duplicate_pension import duplicate_pension
from kiosk.rules.errors import InvalidInputError
from kiosk.rules.periods import Month

DUPLICATES = [
    ("30000.00", "0.00", "12000.00", ("12000.00", "0.00", "18000.00", "monthly-deduction")),
    ("30000.00", "10000.00", "50000.00", ("20000.00", "30000.00", "0.00", None)),
    ("30000.00", "30000.00", "12000.00", ("0.00", "12000.00", "0.00", None)),
    ("12000.00", "0.00", "12000.00", ("12000.00", "0.00", "0.00", None)),
    ("0.01", "0.00", "0.00", ("0.00", "0.00", "0.01", "monthly-deduction")),
]


@pytest.mark.parametrize("since", ["2010-01", "2015-06-01"])
@pytest.mark.parametrize(("received", "returned", "balance", "expected"), DUPLICATES)
def test_what_is_owed_comes_from_the_account_and_then_from_the_pension(
    ask, since, received, returned, balance, expected
):
    result = ask(
        "duplicate-pension", since=since, received=received, returned=returned, account_balance=balance
    )

    assert tuple(result.values()) == expected


def test_duplicates_before_2010_are_left_to_the_counter(ask):
    result = ask(
        "duplicate-pension", since="2009-12", received="1.00", returned="0.00", account_balance="1.00"
    )

    assert set(result.values()) == {None}


def test_nobody_returns_more_than_was_received(ask):
    with pytest.raises(InvalidInputError, match="returned"):
        ask("duplicate-pension", since="2015-01", received="1.00", returned="1.01", account_balance="1.00")


amounts = st.decimals(0, 10**6, places=2)


@given(amounts, amounts, amounts)
def test_no_fen_is_lost_when_duplicates_are_settled(received, returned, balance):
    if returned > received:
        received, returned = returned, received
    result = duplicate_pension(Month(2015, 1), received, returned, balance).result

    assert result.offset + result.remaining == received - returned
    assert result.offset + result.refund == balance
    assert (result.then is None) == (result.remaining == 0)
