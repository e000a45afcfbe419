"""Applying for a card, and for another in its place."""

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.rules import regions, texts
from kiosk.rules.card_application import Kind, card_application
from kiosk.rules.card_operation import card_operation
from kiosk.rules.words import Applicant, Channel, State

KINDS = get_args(Kind)
XINJIANG = ["《新疆维吾尔自治区社会保障卡业务受理单》"]
SHAOGUAN = ["《韶关市社会保障卡办理登记表》"]

# Read from the measures once more: the kinds, then forms, papers and whether it is free.
TABLE: dict[str, dict[str, tuple[list[str], list[str], bool | None]]] = {
    "610200": {
        "new": ([], ["photo"], True),
        "lost damaged quality face-information expired": ([], [], None),
    },
    "210000": {
        "lost quality face-information expired": ([], ["id-card"], None),
        "damaged": ([], ["card"], None),
    },
    "210200": {
        "new": ([], ["id-card"], None),
        "quality": ([], [], True),
        "lost damaged face-information expired": ([], [], None),
    },
    "420100": {
        "new": ([], ["id-card", "photo"], False),
        "lost damaged face-information expired": ([], ["id-card"], False),
        "quality": ([], ["id-card"], None),
    },
    "440200": {
        "new": (SHAOGUAN, ["id-card", "photo"], None),
        "lost damaged quality face-information expired": (SHAOGUAN, ["id-card"], None),
    },
    "650200": {
        "new": (XINJIANG, ["id-card", "id-card-copy", "photo"], True),
        "lost damaged face-information expired": (XINJIANG, ["id-card", "id-card-copy"], False),
        "quality": (XINJIANG, ["id-card", "id-card-copy"], None),
    },
}
ROWS = [
    (region, kind, *row)
    for region, rows in TABLE.items()
    for kinds, row in rows.items()
    for kind in kinds.split()
]


def asked(ask, region, kind, **more):
    return ask("card-application", region=region, kind=kind, **more)


@pytest.mark.parametrize(("region", "kind", "forms", "papers", "free"), ROWS)
def test_a_card_takes_the_forms_and_papers_of_the_measure(ask, region, kind, forms, papers, free):
    assert asked(ask, region, kind) == {
        "allowed": True,
        "reason": None,
        "forms": forms,
        "papers": papers,
        "fee_waived": free,
        "due": None,
    }


@pytest.mark.parametrize("region", ["371003", "110000"])
@pytest.mark.parametrize("kind", KINDS)
def test_where_nothing_is_laid_down_nothing_is_answered(ask, region, kind):
    result = asked(ask, region, kind)

    assert (result["allowed"], result["reason"], result["forms"], result["papers"]) == (None, None, [], [])
    assert "没有写明" in card_application(region, kind).text


@pytest.mark.parametrize("region", ["610200", "210000", "210200", "420100", "440200", "650200"])
def test_nobody_has_two_cards(ask, region):
    second = asked(ask, region, "new", has_card=True, asked_by="unit")

    assert (second["allowed"], second["reason"]) == (False, "already-has-card")
    assert asked(ask, region, "damaged", has_card=True)["reason"] is None
    cited = card_application(region, "new", has_card=True).basis[0]
    assert str(cited) == (
        "《养老保险政策解读宣传掌中宝》(陕西、铜川) 二、社保卡第3问"
        if region == "610200"
        else "《本终端业务规则》 一人一卡"
    )


@pytest.mark.parametrize(
    ("region", "kind", "who", "age", "reason"),
    [
        ("210200", "new", "self", 15, "guardian"),
        ("210200", "lost", "self", 15, "guardian"),
        ("210200", "new", "self", 16, None),
        ("210200", "new", "self", None, None),
        ("210200", "new", "guardian", 15, None),
        ("210200", "new", "unit", 15, None),
        ("210200", "new", "agent", 15, None),
        ("420100", "new", "self", 15, None),
    ],
)
def test_in_dalian_a_child_below_sixteen_needs_its_guardian(ask, region, kind, who, age, reason):
    result = asked(ask, region, kind, asked_by=who, holder_age=age)

    assert (result["allowed"], result["reason"]) == (reason is None, reason)


def test_a_guardian_or_an_agent_brings_both_ids(ask):
    for who in ("guardian", "agent"):
        assert asked(ask, "210200", "new", asked_by=who)["papers"] == ["id-card", "agent-id-card"]
    assert asked(ask, "650200", "new", asked_by="guardian")["papers"] == ["id-card", "id-card-copy", "photo"]


def test_an_agent_where_the_source_knows_none_is_answered_with_silence(ask):
    assert asked(ask, "650200", "new", asked_by="agent")["allowed"] is None
    assert asked(ask, "610200", "lost", asked_by="agent")["allowed"] is None


def test_in_liaoning_the_unit_applies_for_the_first_card(ask):
    assert asked(ask, "210000", "new", asked_by="unit")["allowed"]
    assert asked(ask, "210000", "new", asked_by="self")["reason"] == "channel"
    assert "所在单位" in card_application("210000", "new").text
    assert asked(ask, "210000", "lost", asked_by="self")["allowed"]


STATES: list[tuple[str, str, str, str | None]] = [
    ("650200", "lost", "normal", "state"),
    ("650200", "lost", "lost-oral", "state"),
    ("650200", "lost", "lost-written", None),
    ("650200", "damaged", "normal", None),
    ("650200", "damaged", "lost-oral", "state"),
    ("210000", "lost", "normal", "state"),
    ("210000", "lost", "lost-oral", None),
    ("210000", "damaged", "normal", None),
    ("210200", "lost", "not-activated", "state"),
    ("210200", "lost", "lost-written", None),
    ("440200", "lost", "cancelled", None),
    ("440200", "lost", "normal", "state"),
    ("440200", "expired", "normal", None),
    ("610200", "lost", "normal", None),
    ("610200", "lost", "cancelled", "state"),
    ("420100", "new", "cancelled", None),
]


@pytest.mark.parametrize(("region", "kind", "state", "reason"), STATES)
def test_what_must_have_been_done_before_is_that_of_the_measure(ask, region, kind, state, reason):
    assert asked(ask, region, kind, state=state)["reason"] == reason


def test_the_sentence_says_that_the_loss_is_reported_first():
    assert "先办理挂失" in card_application("650200", "lost", state="normal").text
    assert "先办理挂失" not in card_application("650200", "damaged", state="cancelled").text


@pytest.mark.parametrize("region", TABLE)
@pytest.mark.parametrize("kind", KINDS)
def test_no_kiosk_takes_an_application(ask, region, kind):
    result = asked(ask, region, kind, channel="kiosk", asked_by="unit")

    assert (result["allowed"], result["reason"]) == (False, "channel")


def test_the_refusal_names_the_places_as_the_region_calls_them():
    assert "“秦云就业”小程序" in card_application("610200", "new", channel="kiosk").text
    assert "代理服务网点" in card_application("440200", "new", channel="kiosk").text


@pytest.mark.parametrize(
    ("region", "kind", "due"),
    [
        ("420100", "new", "2026-11-30"),
        ("420100", "lost", "2026-11-11"),
        ("210200", "damaged", "2026-11-11"),
        ("210200", "new", None),
        ("440200", "new", "2026-12-02"),
        ("440200", "expired", "2026-12-02"),
        ("610200", "new", None),
    ],
)
def test_the_day_by_which_it_is_made_counts_from_the_application(ask, region, kind, due):
    assert asked(ask, region, kind, received="2026-11-02", asked_by="unit")["due"] == due


@pytest.mark.parametrize(("issued", "free"), [("2026-05-02", True), ("2026-05-01", False)])
def test_in_wuhan_a_bad_card_is_free_for_six_months(ask, issued, free):
    result = asked(ask, "420100", "quality", issued=issued, received="2026-11-02")

    assert result["fee_waived"] == free


optional = {
    "has_card": st.booleans(),
    "asked_by": st.sampled_from(get_args(Applicant)),
    "holder_age": st.none() | st.integers(0, 100),
    "state": st.none() | st.sampled_from(get_args(State)),
    "channel": st.none() | st.sampled_from(get_args(Channel)),
}


@given(st.sampled_from(sorted(TABLE)), st.sampled_from(KINDS), st.fixed_dictionaries(optional))
def test_a_replacement_is_never_allowed_where_the_card_operation_is_impossible(
    region: str, kind: Any, more: dict[str, Any]
) -> None:
    result = card_application(region, kind, **more).result
    if kind == "new" or more["channel"] is None or not result.allowed:
        return

    operation = card_operation(region, more["channel"], "replace-card", "social", state=more["state"]).result
    assert operation.reason not in ("unspecified", "channel", "state")


CANCELLING = [
    ("610200", "moved-away", ["cancellation-proof", "card", "id-card"]),
    ("610200", "settled-abroad", ["card", "id-card"]),
    ("420100", "death", ["cancellation-proof", "card"]),
    ("440200", "moved-away", ["id-card", "moving-notice", "transfer-proof", "card"]),
    ("440200", "settled-abroad", ["id-card", "emigration-proof", "termination-proof", "card"]),
    ("440200", "death", ["death-certificate", "relative-id-card", "termination-proof", "card"]),
    ("650200", "relation-ended", ["card", "id-card", "id-card-copy", "termination-proof"]),
    ("210200", "relation-ended", []),
]


@pytest.mark.parametrize(("region", "cause", "papers"), CANCELLING)
def test_a_card_is_cancelled_with_the_papers_of_the_cause(ask, region, cause, papers):
    question = {
        "region": region,
        "channel": "window",
        "operation": "cancel-card",
        "function": "social",
        "cause": cause,
    }

    assert ask("card-operation", **question)["missing"] == papers
    assert ask("card-operation", **question, papers=papers)["allowed"]


def test_in_shaoguan_a_relatives_household_register_is_enough(ask):
    question = {
        "region": "440200",
        "channel": "window",
        "operation": "cancel-card",
        "function": "social",
        "cause": "death",
        "papers": ["death-certificate", "household-register", "termination-proof", "card"],
    }

    assert ask("card-operation", **question)["allowed"]


def test_the_causes_of_a_region_are_in_the_order_of_its_source():
    def named(region, operation):
        return [(one.cause, one.called.value) for one in regions.find(region).causes(operation)]

    assert named("650200", "replace-card") == [
        ("lost", "社保卡丢失"),
        ("damaged", "芯片或磁条损坏"),
        ("expired", "有效期届满"),
        ("face-information", "卡面个人信息变更"),
    ]
    assert [cause for cause, _ in named("210000", "replace-card")] == [
        "lost",
        "expired",
        "face-information",
        "damaged",
        "identity",
    ]
    assert [cause for cause, _ in named("610200", "cancel-card")] == ["moved-away", "death", "missing"]
    assert named("371003", "cancel-card") == []


def test_who_changed_names_in_liaoning_brings_the_proof_of_the_police(ask):
    question = {"region": "210000", "channel": "bank", "operation": "replace-card", "function": "social"}

    assert ask("card-operation", **question, cause="identity")["missing"] == [
        "id-card",
        "change-proof",
        "card",
    ]


def test_every_kind_of_card_has_a_name_for_citizens():
    assert set(texts.catalogue()["application-kind"]) == set(KINDS)
