"""What a family may claim after a death."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.rules.death_benefits import death_benefits
from kiosk.rules.errors import InvalidInputError

PENSION = {
    "account_inheritable": True,
    "funeral_grant": True,
    "survivor_grant": True,
    "paid_by": "pension-fund",
    "notice_due": "2026-12-18",
}
INJURY = PENSION | {"paid_by": "work-injury-fund"}
DIED = {"retired": False, "cause": "illness", "died": "2026-11-20"}


@pytest.mark.parametrize("retired", [False, True])
@pytest.mark.parametrize(
    ("cause", "paid"), [("illness", PENSION), ("non-work-injury", PENSION), ("work-injury", INJURY)]
)
def test_the_account_is_inherited_and_one_of_two_funds_pays(ask, retired, cause, paid):
    assert ask("death-benefits", **DIED | {"retired": retired, "cause": cause}) == paid


@pytest.mark.parametrize(
    ("died", "known", "notice"),
    [
        ("2011-06-30", False, None),
        ("2011-07-01", True, None),
        ("2023-11-30", True, None),
        ("2023-12-01", True, "2023-12-29"),
        # the holidays of 2027 are not out, and nothing at all is known of those of 2098
        ("2026-12-20", True, None),
        ("2098-12-20", True, None),
    ],
)
def test_each_part_counts_since_it_is_law(ask, died, known, notice):
    result = ask("death-benefits", **DIED | {"died": died})

    assert result["notice_due"] == notice
    assert (result["account_inheritable"], result["paid_by"]) == (
        (True, "pension-fund") if known else (None, None)
    )


def test_the_sentence_has_the_day_where_it_is_certain_and_the_period_where_it_is_not():
    def said(died, cause="illness"):
        return death_benefits(True, cause, died).text

    assert "请在2026年12月18日前告诉" in said(date(2026, 11, 20))
    assert "请在20个工作日内告诉" in said(date(2026, 12, 20))
    assert "请在20个工作日内告诉" in said(date(2026, 12, 20), "work-injury")
    assert "告诉" not in said(date(2023, 11, 30))
    assert "还没有施行" in said(date(2011, 6, 30))


AMOUNTS = [
    # 陕西 2025: 49,053 yuan a year, 4,087.75 a month
    ({"region": "610200", "paid_months": 120}, "8175.50", 9, "36789.75"),
    ({"region": "610203", "paid_months": 180}, "8175.50", 9, "36789.75"),
    ({"region": "610000", "paid_months": 192}, "8175.50", 10, "40877.50"),
    ({"region": "610000", "paid_months": 400}, "8175.50", 24, "98106.00"),
    # of part of a year beyond the fifteenth the source says nothing
    ({"region": "610000", "paid_months": 193}, "8175.50", None, None),
    # below five years the whole is limited by what was paid
    ({"region": "610000", "paid_months": 59}, None, 3, None),
    ({"region": "610000", "paid_months": 60}, "8175.50", 6, "24526.50"),
    # who was retired is paid less for each year drawn: no source that we have says it exactly
    ({"region": "610000", "paid_months": 240, "retired": True}, "8175.50", None, None),
    # the income of the year before is known for one province and one year
    ({"region": "610000", "paid_months": 120, "died": "2025-12-31"}, None, 9, None),
    ({"region": "610000", "paid_months": 120, "died": "2027-01-01"}, None, 9, None),
    ({"region": "420100", "paid_months": 120}, None, 9, None),
    # the national rule of these grants is of 2021-09-01
    ({"region": "610000", "paid_months": 120, "died": "2021-08-31"}, None, None, None),
    ({"region": "610000", "paid_months": 120, "died": "2021-09-01"}, None, 9, None),
]


@pytest.mark.parametrize(("more", "funeral", "months", "amount"), AMOUNTS)
def test_the_amounts_are_those_of_the_dated_facts(ask, more, funeral, months, amount):
    result = ask("death-benefits", **DIED | more)

    assert (result["funeral_amount"], result["survivor_months"], result["survivor_amount"]) == (
        funeral,
        months,
        amount,
    )
    assert "work_death_grant" not in result


def test_only_what_was_asked_for_is_answered(ask):
    with_region = ask("death-benefits", **DIED, region="610200")
    with_months = ask("death-benefits", **DIED, paid_months=120)

    assert with_region == PENSION | {"funeral_amount": "8175.50", "survivor_amount": None}
    assert with_months == PENSION | {"survivor_months": 9}


@pytest.mark.parametrize(
    ("injured", "grant"),
    [
        (None, "1130040.00"),
        ("2026-01-01", "1130040.00"),
        # twenty times the income of the year before the accident, not before the death
        ("2025-12-31", None),
    ],
)
def test_a_death_at_work_pays_twenty_years_of_the_national_income(ask, injured, grant):
    question = DIED | {"cause": "work-injury", "region": "420100", "injured": injured}

    assert ask("death-benefits", **question) == INJURY | {
        "funeral_amount": None,
        "survivor_amount": None,
        "work_death_grant": grant,
    }


def test_an_accident_after_the_death_is_refused(ask):
    with pytest.raises(InvalidInputError) as refused:
        ask("death-benefits", **DIED, injured="2026-11-21")

    assert (refused.value.code, refused.value.field) == ("order", "injured")


def months_of_the_table(paid):
    """The oracle: the source's list, row by row."""
    rows = [(0, 59, 3), (60, 119, 6), (120, 180, 9), (360, 1200, 24)]
    rows += [(years * 12, years * 12, 9 + years - 15) for years in range(16, 30)]
    return next((months for low, high, months in rows if low <= paid <= high), None)


@given(st.integers(0, 1200))
def test_the_months_of_the_grant_are_those_of_the_table(paid):
    result = death_benefits(False, "illness", date(2026, 5, 4), region="610000", paid_months=paid).result

    assert result.survivor_months == months_of_the_table(paid)
    if result.survivor_amount is not None:
        assert result.survivor_amount == Decimal("4087.75") * result.survivor_months
