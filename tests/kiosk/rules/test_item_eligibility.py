"""Whether an item may be applied for."""

from typing import Any

import pytest

from kiosk.rules.errors import InvalidInputError
from kiosk.rules.item_eligibility import CONDITIONS, item_eligibility
from kiosk.rules.topics import TOPICS

CLAIM = {"category": "male", "birth": "1976-09", "chosen": "2039-09", "paid_months": 240}
RESIDENT = {"birth": "1966-06", "asked": "2026-11", "paid_years": list(range(2011, 2026))}
FLEXIBLE = {"region": "610200", "sex": "male", "birth": "1976-09", "asked": "2026-11"}
FACE = {**TOPICS["face-retirement"].example, "retirement_month": "2026-11"}
CARD = {"region": "420100", "kind": "new"}
DEATH = {"retired": False, "cause": "illness", "died": "2026-11-20"}
SYSTEMS = {"age_reached": True, "employee_months": 120, "already_receiving": False}
LUMP = {"first_insured": "2005-03", "extended_years": 5, "paid_months": 150}

ITEMS: list[tuple[str, dict[str, Any], bool | None, list[str], str | None]] = [
    ("pension-claim", CLAIM, True, [], None),
    ("pension-claim", CLAIM | {"paid_months": 239}, False, ["contribution-years"], None),
    # late is never too late to claim
    ("pension-claim", CLAIM | {"chosen": "2049-09"}, True, [], None),
    # earlier is the elastic choice, with its notice and the minimum of the chosen year
    ("pension-claim", CLAIM | {"chosen": "2036-08"}, False, ["too-early"], "2036-09"),
    ("pension-claim", CLAIM | {"chosen": "2036-09", "paid_months": 222}, True, [], None),
    (
        "pension-claim",
        CLAIM | {"chosen": "2036-09", "paid_months": 221},
        False,
        ["contribution-years"],
        None,
    ),
    (
        "pension-claim",
        CLAIM | {"chosen": "2036-09", "notice_given": "2036-07-01"},
        False,
        ["notice-too-late"],
        None,
    ),
    # sixty before the law of 2025: neither delayed nor chosen
    (
        "pension-claim",
        {"category": "male", "birth": "1964-06", "chosen": "2024-06", "paid_months": 180},
        True,
        [],
        None,
    ),
    ("face-retirement", FACE, True, [], None),
    ("face-retirement", FACE | {"months": 1, "open_case": True}, False, ["months", "open_case"], None),
    ("resident-pension", RESIDENT, True, [], "2026-07"),
    ("resident-pension", RESIDENT | {"asked": "2026-05"}, False, ["age"], "2026-07"),
    ("resident-pension", RESIDENT | {"paid_years": [2011]}, False, ["years"], None),
    ("flexible-registration", FLEXIBLE, True, [], None),
    ("flexible-registration", FLEXIBLE | {"insured_by_unit": True}, False, ["insured-by-unit"], None),
    ("flexible-registration", FLEXIBLE | {"region": "420100"}, None, [], None),
    ("system-transfer", SYSTEMS, True, [], None),
    ("system-transfer", SYSTEMS | {"age_reached": False}, False, [], None),
    ("lump-sum", LUMP, True, [], None),
    ("lump-sum", LUMP | {"retirement_month": "2030-01"}, None, [], None),
    ("card-new", CARD, True, [], None),
    ("card-new", CARD | {"has_card": True}, False, ["already-has-card"], None),
    ("card-replace", CARD | {"kind": "lost", "has_card": True}, True, [], None),
    ("death-benefits", DEATH, True, [], None),
    ("death-benefits", DEATH | {"died": "2011-06-30"}, None, [], None),
]


@pytest.mark.parametrize(("item", "facts", "eligible", "reasons", "earliest"), ITEMS)
def test_an_item_is_judged_by_the_topic_that_it_names(ask, item, facts, eligible, reasons, earliest):
    result = ask("item-eligibility", item=item, facts=facts)

    assert result == {"eligible": eligible, "reasons": reasons, "earliest": earliest}


def test_every_item_was_judged_both_ways():
    judged = {(item, eligible) for item, _, eligible, _, _ in ITEMS}

    for item in CONDITIONS:
        assert (item, True) in judged


def test_the_answer_has_the_words_and_the_basis_of_the_topic():
    judged = item_eligibility("flexible-registration", FLEXIBLE)
    asked = TOPICS["flexible-insurance"].ask(FLEXIBLE)

    assert (judged.text, judged.basis) == (asked.text, asked.basis)
    assert "240个月" in item_eligibility("pension-claim", CLAIM | {"paid_months": 1}).text


WRONG = [
    ("pension-claim", {**CLAIM, "chosen": None}, "missing", "facts.chosen"),
    (
        "pension-claim",
        {"category": "male", "birth": "1976-09", "chosen": "2039-09"},
        "missing",
        "facts.paid_months",
    ),
    ("pension-claim", {**CLAIM, "birth": "1976"}, "value", "facts.birth"),
    ("pension-claim", {**CLAIM, "region": "610200"}, "unknown-field", "facts.region"),
    ("card-new", {**CARD, "kind": "lost"}, "contradiction", "facts.kind"),
    ("card-replace", CARD, "contradiction", "facts.kind"),
    ("face-retirement", {}, "missing", "facts.region"),
]


@pytest.mark.parametrize(("item", "facts", "code", "field"), WRONG)
def test_a_fact_that_is_wrong_is_named(ask, item, facts, code, field):
    with pytest.raises(InvalidInputError) as refused:
        ask("item-eligibility", item=item, facts=facts)

    assert (refused.value.code, refused.value.field) == (code, field)
