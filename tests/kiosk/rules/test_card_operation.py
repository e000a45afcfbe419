"""The conditions of a card operation, one by one."""

from typing import get_args

import pytest

from kiosk.rules.card_operation import card_operation
from kiosk.rules.words import Channel, IdentityDetail, Paper

CHANNELS = get_args(Channel)
ALL_PAPERS = list(get_args(Paper))
ALL_DETAILS = list(get_args(IdentityDetail))


def asked(ask, region, channel, operation, function="social", **more):
    return ask(
        "card-operation", region=region, channel=channel, operation=operation, function=function, **more
    )


def reason(*args, **more):
    return asked(*args, **more)["reason"]


def test_the_redirect_names_the_places_as_the_citizens_there_call_them(ask):
    text = asked(ask, "371003", "kiosk", "release-loss")["redirect_text"]

    assert "“威海人社”手机APP" in text
    assert "社会保障卡服务窗口" in text


def test_the_redirect_of_a_bank_phone_gives_its_number(ask):
    assert (
        "(024)95533"
        in asked(ask, "210000", "kiosk", "report-loss", "financial", kind="oral")["redirect_text"]
    )


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_formal_loss_is_irrevocable_in_every_channel(ask, channel):
    result = asked(ask, "610200", channel, "release-loss", state="lost-formal", papers=ALL_PAPERS)

    assert (result["reason"], result["redirect"]) == ("irrevocable", [])


def test_a_formal_loss_named_by_its_kind_is_irrevocable_too(ask):
    assert reason(ask, "610000", "window", "release-loss", kind="formal") == "irrevocable"


@pytest.mark.parametrize(
    ("region", "channel"),
    [
        ("210000", "bank"),
        ("650200", "window"),
        ("420100", "window"),
        ("440200", "window"),
        ("610000", "window"),
    ],
)
def test_nothing_is_released_after_a_replacement_was_applied_for(ask, region, channel):
    more = {"papers": ALL_PAPERS, "replacement_applied": True}

    assert reason(ask, region, channel, "release-loss", **more) == "replacement-applied"


def test_a_kind_of_loss_that_the_region_does_not_know_is_unspecified(ask):
    assert reason(ask, "440200", "window", "release-loss", state="lost-oral") == "unspecified"
    assert reason(ask, "371003", "kiosk", "report-loss", kind="oral") == "unspecified"
    assert reason(ask, "650200", "bank", "release-loss", "financial", state="lost-phone") is None


PAPERS = [
    ("371003", "kiosk", "report-loss", {}, [], ["id-card"]),
    ("371003", "kiosk", "report-loss", {}, ["id-card"], []),
    ("371003", "hotline", "report-loss", {}, [], []),
    ("371003", "window", "release-loss", {}, ["id-card"], ["card"]),
    ("371003", "window", "release-loss", {}, [], ["id-card", "card"]),
    ("650200", "window", "report-loss", {"kind": "written"}, ["id-card"], []),
    ("650200", "window", "release-loss", {}, ["id-card"], ["id-card-copy"]),
    (
        "650200",
        "window",
        "release-loss",
        {"agent": True},
        ["id-card", "id-card-copy"],
        ["agent-id-card", "agent-id-card-copy"],
    ),
    ("650200", "window", "cancel-card", {}, ["id-card", "id-card-copy"], ["card"]),
    ("210000", "bank", "release-loss", {}, ["card"], ["id-card"]),
    ("210000", "bank", "replace-card", {}, [], ["id-card"]),
    ("420100", "window", "report-loss", {"kind": "written", "agent": True}, ["id-card"], ["agent-id-card"]),
    ("420100", "window", "release-loss", {}, ["id-card"], ["card"]),
    ("420100", "window", "collect-card", {}, ["id-card"], ["fee-receipt"]),
    (
        "420100",
        "window",
        "collect-card",
        {"agent": True},
        ["id-card", "fee-receipt"],
        ["agent-id-card", "authorisation"],
    ),
    ("440200", "window", "report-loss", {}, ["household-register"], []),
    ("440200", "window", "report-loss", {}, [], ["id-card"]),
    ("440200", "window", "report-loss", {"agent": True}, ["id-card"], ["authorisation", "agent-id-card"]),
    ("440200", "window", "release-loss", {}, ["household-register"], ["card"]),
    ("210200", "window", "collect-card", {"agent": True}, ["id-card"], ["agent-id-card"]),
    ("610000", "window", "reset-pin", {}, [], ["id-card"]),
    ("610000", "window", "reset-pin", {"agent": True}, ["id-card", "agent-id-card"], []),
    ("610000", "window", "activate", {"agent": True}, ["id-card", "agent-id-card"], ["authorisation"]),
    ("610000", "window", "activate", {}, [], []),
    ("610000", "kiosk", "activate", {}, [], []),
    ("610000", "web", "cancel-card", {}, [], []),
    ("610000", "window", "cancel-card", {}, ["card"], ["id-card"]),
]


@pytest.mark.parametrize(("region", "channel", "operation", "more", "papers", "missing"), PAPERS)
def test_papers_are_those_of_the_source_and_are_looked_at_where_somebody_can_look(
    ask, region, channel, operation, more, papers, missing
):
    result = asked(ask, region, channel, operation, papers=papers, **more)

    assert (result["allowed"], result["reason"]) == (not missing, "papers" if missing else None)
    assert result["missing"] == missing


@pytest.mark.parametrize(
    ("region", "channel", "operation"),
    [
        ("371003", "kiosk", "report-loss"),
        ("371003", "window", "release-loss"),
        ("210000", "bank", "release-loss"),
        ("420100", "window", "release-loss"),
        ("420100", "window", "reset-pin"),
        ("440200", "window", "release-loss"),
        ("610000", "web", "activate"),
        ("610000", "hotline", "report-loss"),
        ("110000", "kiosk", "query"),
    ],
)
def test_an_agent_is_refused_where_the_source_knows_only_the_holder(ask, region, channel, operation):
    assert reason(ask, region, channel, operation, agent=True, papers=ALL_PAPERS) == "agent"


@pytest.mark.parametrize("channel", ["kiosk", "wechat"])
@pytest.mark.parametrize("operation", ["activate", "change-pin", "report-loss"])
@pytest.mark.parametrize(("present", "face"), [(False, False), (True, False), (False, True)])
def test_in_shaanxi_an_agent_needs_the_principal_present_and_the_face_matched(
    ask, channel, operation, present, face
):
    more = {"agent": True, "principal_present": present, "face_matched": face}

    assert reason(ask, "610200", channel, operation, **more) == "principal"


def test_agent_mode_must_be_left_at_the_end(ask):
    agreed = {"agent": True, "principal_present": True, "face_matched": True}
    result = asked(ask, "610200", "kiosk", "activate", **agreed)

    assert (result["allowed"], result["after"]) == (True, ["set-pin", "leave-agent-mode"])
    assert "leave-agent-mode" not in asked(ask, "610200", "kiosk", "activate")["after"]


@pytest.mark.parametrize("operation", ["collect-card", "replace-card"])
def test_in_dalian_a_child_needs_its_guardian(ask, operation):
    assert reason(ask, "210200", "window", operation, holder_age=15, papers=["id-card"]) == "guardian"
    assert reason(ask, "210200", "window", operation, holder_age=16, papers=["id-card"]) is None
    assert reason(ask, "210200", "window", operation, holder_age=15, agent=True, papers=ALL_PAPERS) is None


def test_in_karamay_another_area_does_not_serve(ask):
    apart = {"insured_area": "650202", "asked_area": "650203"}
    same = {"insured_area": "650202", "asked_area": "650202"}

    assert reason(ask, "650200", "window", "replace-card", **apart) == "area"
    assert reason(ask, "650200", "hotline", "report-loss", **apart) == "area"
    assert reason(ask, "650200", "window", "replace-card", **same, papers=ALL_PAPERS) is None
    assert reason(ask, "650200", "kiosk", "query", **apart) is None
    assert reason(ask, "420100", "window", "change-pin", **apart) is None


def test_in_wuhan_a_loss_by_phone_needs_four_details(ask):
    result = asked(ask, "420100", "hotline", "report-loss", kind="phone", given=["name", "phone"])

    assert (result["reason"], result["missing"]) == ("fields", ["id-number", "workplace"])
    assert reason(ask, "420100", "hotline", "report-loss", kind="phone", given=ALL_DETAILS) is None


STATES = [
    ("610200", "kiosk", "activate", "normal", "state"),
    ("610200", "kiosk", "activate", "not-activated", None),
    ("610200", "kiosk", "change-pin", "pin-locked", "state"),
    ("610200", "kiosk", "change-pin", "lost-oral", "state"),
    ("610200", "kiosk", "report-loss", "lost-oral", "channel"),
    ("610200", "bank", "report-loss", "lost-oral", None),
    ("610200", "kiosk", "report-loss", "lost-formal", "state"),
    ("610200", "kiosk", "report-loss", "cancelled", "state"),
    ("610200", "window", "release-loss", "normal", "state"),
    ("610200", "window", "release-loss", "cancelled", "state"),
    ("440200", "window", "release-loss", "cancelled", "state"),
    ("440200", "window", "release-loss", "lost-written", None),
    ("440200", "window", "replace-card", "cancelled", None),
    ("650200", "window", "replace-card", "lost-oral", "state"),
    ("650200", "window", "replace-card", "lost-written", None),
    ("650200", "window", "report-loss", "lost-oral", None),
    ("210200", "window", "report-loss", "lost-written", "state"),
    ("210000", "bank", "unlock-pin", "normal", "state"),
    ("210000", "bank", "unlock-pin", "pin-locked", None),
    ("420100", "kiosk", "query", "cancelled", None),
]


@pytest.mark.parametrize(("region", "channel", "operation", "state", "expected"), STATES)
def test_an_operation_must_fit_the_state_of_the_card(ask, region, channel, operation, state, expected):
    assert reason(ask, region, channel, operation, state=state, papers=ALL_PAPERS) == expected


AFTERWARDS = [
    ("610200", "kiosk", "report-loss", "social", {"kind": "oral"}, ["social"], ["report-financial-loss"]),
    ("610200", "bank", "report-loss", "financial", {"kind": "oral"}, ["financial"], []),
    (
        "610200",
        "bank",
        "report-loss",
        "social",
        {"kind": "formal"},
        ["social", "financial"],
        ["replace-card"],
    ),
    (
        "610200",
        "bank",
        "replace-card",
        "social",
        {},
        ["social", "financial"],
        ["activate", "renew-electronic-card"],
    ),
    ("610200", "window", "cancel-card", "social", {}, ["social"], ["cancel-financial"]),
    ("210000", "bank", "report-loss", "social", {"kind": "written"}, ["social", "financial"], []),
    ("210000", "bank", "release-loss", "social", {}, ["social", "financial"], []),
    ("210000", "bank", "replace-card", "social", {}, ["social", "financial"], ["activate", "set-pin"]),
    ("210000", "bank", "activate", "social", {}, ["social", "financial"], []),
    ("210000", "medical", "activate", "social", {}, ["social"], []),
    ("210000", "bank", "activate", "financial", {}, ["financial"], []),
    ("650200", "window", "report-loss", "social", {"kind": "written"}, ["social"], ["report-financial-loss"]),
    (
        "650200",
        "hotline",
        "report-loss",
        "social",
        {},
        ["social"],
        ["report-written-loss", "report-financial-loss"],
    ),
    ("210200", "window", "report-loss", "social", {"kind": "written"}, ["social", "financial"], []),
    ("371003", "kiosk", "report-loss", "social", {}, ["social"], []),
]


@pytest.mark.parametrize(
    ("region", "channel", "operation", "function", "more", "affects", "after"), AFTERWARDS
)
def test_an_allowed_operation_says_what_it_affects_and_what_is_left_to_do(
    ask, region, channel, operation, function, more, affects, after
):
    result = asked(ask, region, channel, operation, function, papers=ALL_PAPERS, **more)

    assert (result["allowed"], result["affects"], result["after"]) == (True, affects, after)


def test_a_refusal_of_what_no_source_lays_down_cites_the_document_that_is_silent():
    answer = card_operation("371003", "kiosk", "change-pin", "social")

    assert [citation.article for citation in answer.basis] == ["未作规定"]
    assert str(answer.basis[0]).startswith("《社会保障卡临时挂失、解除挂失服务指南》")
