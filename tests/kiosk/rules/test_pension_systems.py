"""Between the pension systems; the lump sum; ending the relation."""

import pytest

from kiosk.rules.pension_systems import pension_systems, termination
from kiosk.rules.periods import Month

OTHERS = ["extend-contributions", "lump-sum", "terminate"]
SYSTEMS = [
    (True, 180, False, ["A"], (True, "resident-to-employee", "employee-benefit-place", None, [])),
    (
        True,
        180,
        False,
        ["A", "B"],
        (True, "resident-to-employee", "employee-benefit-place", "gather-at-benefit-place", []),
    ),
    (True, 179, False, [], (True, "employee-to-resident", "resident-benefit-place", None, OTHERS)),
    (True, 0, False, ["A", "A"], (True, "employee-to-resident", "resident-benefit-place", None, OTHERS)),
    (True, 400, True, [], (False, None, None, None, [])),
    (False, 400, False, [], (False, None, None, None, [])),
]


@pytest.mark.parametrize(("age_reached", "months", "receiving", "places", "expected"), SYSTEMS)
def test_fifteen_years_decide_between_the_two_systems(ask, age_reached, months, receiving, places, expected):
    result = ask(
        "pension-systems",
        age_reached=age_reached,
        employee_months=months,
        already_receiving=receiving,
        places=places,
    )

    assert tuple(result.values()) == expected


@pytest.mark.parametrize(
    ("first_insured", "extended_years", "paid_months", "allowed"),
    [
        ("2011-06", 5, 179, True),
        ("2011-07", 5, 179, False),
        ("2005-01", 4, 120, False),
        ("2005-01", 4.9, 120, False),
        ("2005-01", 6, 120, True),
        ("2005-01", 5, 180, False),
    ],
)
def test_only_the_early_insured_may_pay_at_once_after_five_more_years(
    ask, first_insured, extended_years, paid_months, allowed
):
    result = ask(
        "lump-sum", first_insured=first_insured, extended_years=extended_years, paid_months=paid_months
    )

    assert result == {"allowed": allowed}


@pytest.mark.parametrize(
    ("retirement_month", "needed", "said"),
    [("2029-12", 180, "15年"), ("2030-01", 186, "15年6个月"), ("2039-06", 240, "20年")],
)
def test_the_minimum_of_the_year_of_retirement_decides_between_the_systems(
    ask, retirement_month, needed, said
):
    def direction(months):
        return ask(
            "pension-systems",
            age_reached=True,
            already_receiving=False,
            employee_months=months,
            retirement_month=retirement_month,
        )["direction"]

    assert direction(needed) == "resident-to-employee"
    assert direction(needed - 1) == "employee-to-resident"
    month = Month(*map(int, retirement_month.split("-")))
    assert f"满{said}，" in pension_systems(True, needed, False, retirement_month=month).text
    assert f"不满{said}，" in pension_systems(True, needed - 1, False, retirement_month=month).text


@pytest.mark.parametrize(
    ("retirement_month", "first_insured", "extended_years", "paid_months", "allowed"),
    [
        ("2029-12", "2005-01", 5, 179, True),
        ("2029-12", "2005-01", 5, 180, False),
        # the rule fills up to fifteen years; what is needed since 2030 it does not know
        ("2030-01", "2005-01", 5, 179, None),
        ("2030-01", "2005-01", 5, 185, None),
        ("2030-01", "2005-01", 5, 186, False),
        ("2030-01", "2005-01", 4, 179, False),
        ("2030-01", "2011-07", 5, 179, False),
    ],
)
def test_of_more_than_fifteen_years_the_lump_sum_says_nothing(
    ask, retirement_month, first_insured, extended_years, paid_months, allowed
):
    result = ask(
        "lump-sum",
        first_insured=first_insured,
        extended_years=extended_years,
        paid_months=paid_months,
        retirement_month=retirement_month,
    )

    assert result == {"allowed": allowed}


def test_an_employee_relation_ends_only_step_by_step_and_in_writing():
    steps = ["written-request", "written-notice", "written-confirmation", "account-paid-out"]

    for number, step in enumerate(steps):
        assert termination(tuple(steps[:number])).result.next_step == step
    assert termination(tuple(steps)).result.next_step is None
    assert termination(("account-paid-out",)).result.next_step == "written-request"
    assert "书面" in termination(()).text
