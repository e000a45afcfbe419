"""Moving the four insurances."""

import pytest

from kiosk.rules.errors import InvalidInputError

FUNDS = ["失业保险金", "基本医疗保险费", "职业培训补贴", "职业介绍补贴"]
LIST, PROOF, MEDICAL = "失业保险金异地转出明细表(介绍信)", "失业保险关系迁转证明", "医保参保凭证"
TRANSFERS = [
    ("work-injury", "in", "within-province", "employed", False, (False, False, [], None, [])),
    ("work-injury", "out", "across-provinces", "unemployed", True, (False, False, [], None, [])),
    ("employee-pension", "in", "within-province", "employed", False, (True, False, [], None, ["id-card"])),
    ("employee-pension", "in", "across-provinces", "employed", False, (True, True, [], None, ["id-card"])),
    ("employee-pension", "in", "across-pools", "employed", False, (True, None, [], None, ["id-card"])),
    ("employee-pension", "out", "within-province", "unemployed", False, (True, False, [], None, [])),
    ("employee-pension", "out", "across-provinces", "employed", False, (True, True, [], None, [])),
    ("employee-pension", "out", "across-pools", "employed", False, (True, None, [], None, [])),
    ("unemployment", "in", "across-pools", "employed", False, (True, False, [], PROOF, [])),
    ("unemployment", "in", "across-provinces", "employed", False, (True, None, [], None, [])),
    ("unemployment", "out", "within-province", "employed", False, (True, False, [], PROOF, ["id-card"])),
    (
        "unemployment",
        "in",
        "across-pools",
        "unemployed",
        False,
        (True, True, FUNDS, LIST, ["id-card", "card"]),
    ),
    ("unemployment", "out", "across-provinces", "unemployed", False, (True, True, FUNDS, LIST, [])),
    ("medical", "in", "across-pools", "employed", True, (True, None, [], MEDICAL, ["id-card"])),
    ("medical", "out", "across-pools", "employed", False, (True, False, [], MEDICAL, ["id-card"])),
    (
        "medical",
        "out",
        "across-pools",
        "employed",
        True,
        (True, False, [], MEDICAL, ["id-card", "agent-id-card"]),
    ),
]


@pytest.mark.parametrize(("insurance", "direction", "scope", "person", "agent", "expected"), TRANSFERS)
def test_each_insurance_moves_in_its_own_way(ask, insurance, direction, scope, person, agent, expected):
    result = ask(
        "transfer", insurance=insurance, direction=direction, scope=scope, person=person, agent=agent
    )

    assert tuple(result.values()) == expected


@pytest.mark.parametrize(
    ("question", "field"),
    [
        ({"insurance": "employee-pension", "direction": "in"}, "scope"),
        ({"insurance": "unemployment", "direction": "out", "scope": "across-pools"}, "person"),
    ],
)
def test_what_decides_a_transfer_must_be_given(ask, question, field):
    with pytest.raises(InvalidInputError) as refused:
        ask("transfer", **question)

    assert (refused.value.code, refused.value.field) == ("missing", field)


def test_what_does_not_decide_a_transfer_may_be_left_out(ask):
    assert ask("transfer", insurance="work-injury", direction="in")["needed"] is False


def test_who_does_not_say_that_somebody_else_applies_applies_for_himself(ask):
    moving = {"insurance": "medical", "direction": "out", "scope": "across-pools", "person": "employed"}
    assert ask("transfer", **moving) == ask("transfer", **moving, agent=False)
    assert ask("transfer", **moving) != ask("transfer", **moving, agent=True)
