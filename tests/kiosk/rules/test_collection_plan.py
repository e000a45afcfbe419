"""The clock of a unit's collection plan."""

from datetime import date, datetime

import pytest

from kiosk.rules.collection_plan import collection_plan, contribution_process, push
from kiosk.rules.errors import InvalidInputError
from kiosk.rules.periods import BEIJING


@pytest.mark.parametrize(
    ("at", "accepted"),
    [
        ("2026-11-01T00:00", True),
        ("2026-11-22T23:59", True),
        ("2026-11-23T00:00", False),
        ("2026-11-30T12:00", False),
    ],
)
def test_a_unit_declares_from_the_1st_to_the_22nd(ask, at, accepted):
    assert ask("collection-plan", declare_at=at) == {"accepted": accepted}


PUSHES = [
    ("2026-11-20T00:00", "2026-11-20T05:00", "2026-11-20T06:00"),
    ("2026-11-20T04:59", "2026-11-20T05:00", "2026-11-20T06:00"),
    ("2026-11-20T05:00", "2026-11-20T10:00", "2026-11-20T11:00"),
    ("2026-11-20T11:30", "2026-11-20T13:00", "2026-11-20T14:00"),
    ("2026-11-20T14:59", "2026-11-20T15:00", "2026-11-20T16:00"),
    ("2026-11-20T15:01", "2026-11-21T00:00", "2026-11-21T01:00"),
    ("2026-12-31T20:00", "2027-01-01T00:00", "2027-01-01T01:00"),
]


@pytest.mark.parametrize(("at", "next_push", "payable"), PUSHES)
def test_a_plan_goes_out_with_the_next_push_and_is_payable_an_hour_later(ask, at, next_push, payable):
    assert ask("collection-plan", generated_at=at) == {"next_push": next_push, "payable_about": payable}


@pytest.mark.parametrize(
    ("cancel_at", "immediate", "minutes"),
    [("2026-11-20T12:59", True, 0), ("2026-11-20T13:00", False, 30), ("2026-11-25T13:00", False, 30)],
)
def test_before_the_push_a_plan_is_cancelled_at_once(ask, cancel_at, immediate, minutes):
    result = ask("collection-plan", generated_at="2026-11-20T11:30", cancel_at=cancel_at)

    assert result == {"immediate": immediate, "answer_minutes": minutes}


@pytest.mark.parametrize(
    ("day", "status"), [("2026-11-01", "payable"), ("2026-11-30", "payable"), ("2026-12-01", "withdrawn")]
)
def test_an_unpaid_plan_is_withdrawn_with_its_month(ask, day, status):
    assert ask("collection-plan", plan_month="2026-11", unpaid_on=day) == {"status": status}


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ({}, "ambiguous"),
        ({"cancel_at": "2026-11-20T13:00"}, "ambiguous"),
        ({"plan_month": "2026-11"}, "ambiguous"),
        ({"declare_at": "2026-11-20T13:00", "generated_at": "2026-11-20T13:00"}, "ambiguous"),
        ({"generated_at": "2026-11-20T13:00", "plan_month": "2026-11"}, "ambiguous"),
        ({"plan_month": "2026-11", "unpaid_on": "2026-11-01", "cancel_at": "2026-11-20T13:00"}, "ambiguous"),
        ({"generated_at": "2026-11-20T13:00", "cancel_at": "2026-11-20T12:59"}, "order"),
        ({"plan_month": "2026-11", "unpaid_on": "2026-10-31"}, "order"),
    ],
)
def test_a_collection_plan_is_asked_one_question_at_a_time(ask, question, code):
    with pytest.raises(InvalidInputError) as refused:
        ask("collection-plan", **question)

    assert refused.value.code == code


BEGINNINGS = [
    ({"declare_at": "2023-11-12T23:59"}, {"declare_at": "2023-11-13T00:00"}),
    ({"generated_at": "2023-11-12T23:59"}, {"generated_at": "2023-11-13T00:00"}),
    (
        {"generated_at": "2023-11-12T10:30", "cancel_at": "2023-11-12T23:59"},
        {"generated_at": "2023-11-12T10:30", "cancel_at": "2023-11-13T00:00"},
    ),
    (
        {"plan_month": "2023-11", "unpaid_on": "2023-11-12"},
        {"plan_month": "2023-11", "unpaid_on": "2023-11-13"},
    ),
]


@pytest.mark.parametrize(("before", "since"), BEGINNINGS)
def test_the_clock_of_a_plan_is_known_since_its_source_is_in_force(ask, before, since):
    silent, told = ask("collection-plan", **before), ask("collection-plan", **since)

    assert silent.keys() == told.keys()
    assert set(silent.values()) == {None}
    assert None not in told.values()


QUESTIONS = {
    "accepted": lambda day: {"declare_at": f"{day}T12:00"},
    "next_push": lambda day: {"generated_at": f"{day}T12:00"},
    "immediate": lambda day: {"generated_at": f"{day}T12:00", "cancel_at": f"{day}T12:30"},
    "status": lambda day: {"plan_month": day[:7], "unpaid_on": day},
}


@pytest.mark.parametrize("field", QUESTIONS)
@pytest.mark.parametrize(
    ("region", "day", "collects"),
    [
        ("610000", "2024-03-31", "agency"),
        ("610000", "2024-04-01", "tax"),
        ("610100", "2026-11-20", "tax"),
        # the pack that shows the platform has no end date
        ("610200", "2024-04-01", "agency"),
        ("610200", "2026-11-20", "agency"),
        ("610000", "2023-11-12", None),
        ("420100", "2026-11-20", None),
    ],
)
def test_with_a_region_the_clock_answers_for_the_days_on_which_its_agency_collects(
    ask, field, region, day, collects
):
    question = QUESTIONS[field](day)
    by_the_clock = ask("collection-plan", **question)
    process = contribution_process(region, date.fromisoformat(day))

    assert (process.value if process else None) == collects
    assert ask("collection-plan", **question, region=region) == (
        by_the_clock if collects == "agency" else dict.fromkeys(by_the_clock)
    )


def test_the_sentence_says_who_collects_now():
    plan = datetime(2026, 11, 20, 12, tzinfo=BEIJING)

    assert "2024年04月01日起由税务部门征收" in collection_plan(generated_at=plan, region="610000").text
    assert "没有写明" in collection_plan(generated_at=plan, region="420100").text


@pytest.mark.parametrize(
    ("at", "is_late"),
    [
        (datetime(2026, 11, 30, 14, 59, tzinfo=BEIJING), False),
        (datetime(2026, 11, 30, 15, 0, tzinfo=BEIJING), True),
        (datetime(2026, 11, 29, 23, 0, tzinfo=BEIJING), False),
        (datetime(2026, 12, 31, 15, 0, tzinfo=BEIJING), True),
    ],
)
def test_a_plan_of_the_last_afternoon_of_a_month_is_said_to_be_late(at, is_late):
    assert ("当月可能来不及缴费" in push(at).text) == is_late
