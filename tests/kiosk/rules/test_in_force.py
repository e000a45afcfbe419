"""No rule counts on a day before it is in force: random days in every topic that is told one, against a table."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.rules.errors import InvalidInputError
from kiosk.rules.plain import plain
from kiosk.rules.topics import TOPICS

Question = dict[str, Any]
Told = Callable[[str], Question]

WORKING_AGE = {"category": "male", "birth": "1968-05"}
LOSS = {"asked_at": "2090-01-01T00:00"}
PAID = {"received": "9.00", "returned": "0.00", "account_balance": "1.00"}

# Topic, question for a day, first day by the document's own words, and the part of the answer that is silent before.
SINCE: list[tuple[str, str, Told, str, Callable[[Question], bool]]] = [
    *(
        (
            "deadline",
            item,
            lambda day, item=item: {"item": item, "received": day},
            "2023-12-01",
            lambda answer: answer == {"days": None, "kind": None, "due": None},
        )
        for item in ("registration", "pension-claim", "entitlement-loss-notice", "unemployment-benefit")
    ),
    *(
        (
            "deadline",
            f"{item} {region}",
            lambda day, item=item, region=region: {"item": item, "received": day, "region": region},
            since,
            lambda answer: answer == {"days": None, "kind": None, "due": None},
        )
        for item, region, since in (
            ("make-card", "440200", "2006-01-01"),
            ("replace-card", "210200", "2012-12-13"),
            ("urgent-card", "420100", "2011-01-01"),
            ("collect-first-card", "210200", "2012-12-13"),
            ("cancel-settlement", "420100", "2011-01-01"),
            ("plan-withdrawal", "610200", "2023-11-13"),
        )
    ),
    *(
        (
            "loss-state",
            f"{kind} {region}",
            lambda day, kind=kind, region=region: (
                LOSS | {"region": region, "kind": kind, "reported_at": f"{day}T08:00"}
            ),
            since,
            lambda answer: answer["state"] is None,
        )
        for kind, region, since in (
            ("oral", "610200", "2023-11-13"),
            ("temporary", "371003", "2020-09-09"),
            ("written", "440200", "2006-01-01"),
            ("phone", "420100", "2011-01-01"),
            ("oral", "210000", "2018-04-03"),
        )
    ),
    (
        "collection-plan",
        "declared",
        lambda day: {"declare_at": f"{day}T10:00"},
        "2023-11-13",
        lambda answer: answer["accepted"] is None,
    ),
    (
        "collection-plan",
        "pushed in 陕西",
        lambda day: {"generated_at": f"{day}T10:00", "region": "610200"},
        "2023-11-13",
        lambda answer: answer["next_push"] is None,
    ),
    (
        "face-attempts",
        "retirement",
        lambda day: {"failures": [], "asked_at": f"{day}T10:00"},
        "2023-11-13",
        lambda answer: not answer["allowed"],
    ),
    (
        "face-attempts",
        "certification",
        lambda day: {"failures": [], "asked_at": f"{day}T10:00", "purpose": "certification"},
        "2026-11-22",
        lambda answer: not answer["allowed"],
    ),
    (
        "duplicate-pension",
        "",
        lambda day: PAID | {"since": day},
        "2010-01-01",
        lambda answer: answer["offset"] is None,
    ),
    (
        "death-benefits",
        "illness",
        lambda day: {"retired": False, "cause": "illness", "died": day},
        "2011-07-01",
        lambda answer: answer["paid_by"] is None,
    ),
    (
        "death-benefits",
        "work injury",
        lambda day: {"retired": False, "cause": "work-injury", "died": day},
        "2011-07-01",
        lambda answer: answer["account_inheritable"] is None,
    ),
    (
        "death-benefits",
        "survivors' months",
        lambda day: {"retired": False, "cause": "illness", "died": day, "paid_months": 130},
        "2021-09-01",
        lambda answer: answer["survivor_months"] is None,
    ),
    (
        "card-fee",
        "武汉",
        lambda day: {"region": "420100", "cause": "first", "today": day},
        "2011-01-01",
        lambda answer: answer["waived"] is None,
    ),
    *(
        (
            "card-validity",
            f"{field} {region}",
            lambda day, field=field, region=region: {"region": region, "today": day, field: "2000-01-01"},
            since,
            lambda answer: answer["until"] is None and answer["status"] == "valid",
        )
        for field, region, since in (
            ("issued", "210200", "2012-12-13"),
            ("issued", "210000", "2018-04-03"),
            ("notified", "420100", "2011-01-01"),
        )
    ),
    (
        "card-validity",
        "unused 440200",
        lambda day: {"region": "440200", "today": day, "last_used": "2000-01-01"},
        "2006-01-01",
        lambda answer: answer["status"] == "valid",
    ),
    (
        "card-application",
        "大连",
        lambda day: {"region": "210200", "kind": "new", "received": day},
        "2012-12-13",
        lambda answer: answer["allowed"] is None,
    ),
    (
        "card-application",
        "武汉",
        lambda day: {"region": "420100", "kind": "lost", "received": day},
        "2011-01-01",
        lambda answer: answer["allowed"] is None,
    ),
    (
        "elastic-retirement",
        "",
        lambda day: WORKING_AGE | {"birth": "1964-05", "retire_on": day},
        "2025-01-01",
        lambda answer: answer["reason"] == "too-early",
    ),
    (
        "flexible-insurance",
        "",
        lambda day: {"region": "610000", "sex": "male", "birth": "1990-01", "asked": day[:7]},
        "2023-12-01",
        lambda answer: answer["allowed"] is None,
    ),
    (
        "resident-pension",
        "",
        lambda day: {"birth": "1940-01", "asked": day[:7], "paid_years": []},
        "2010-01-01",
        lambda answer: answer["reason"] == "not-in-force",
    ),
    (
        "disability-subsidy",
        "",
        lambda day: {"year": int(day[:4]), "grade": 1},
        "2018-01-01",
        lambda answer: answer["subsidy"] == "0.00",
    ),
]
IDS = [f"{topic} {what}".strip() for topic, what, *_ in SINCE]


@pytest.mark.parametrize(("topic", "what", "told", "since", "is_silent"), SINCE, ids=IDS)
@settings(max_examples=25)
@given(days_off=st.integers(-7000, 7000) | st.integers(-40, 40))
def test_a_rule_is_silent_on_every_day_before_it_is_in_force_and_on_none_after(
    topic, what, told, since, is_silent, days_off
):
    day = date.fromisoformat(since) + timedelta(days=days_off)
    try:
        answered = plain(TOPICS[topic].ask(told(day.isoformat())).result)
    except InvalidInputError as error:
        # Nothing is known of the holidays of that year: not a day before the rule.
        assert error.code == "unknown-year"
        assert days_off > 0
        return

    assert is_silent(answered) == (day.isoformat() < since)
