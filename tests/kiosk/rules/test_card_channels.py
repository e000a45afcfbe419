"""Every region, operation and channel: allowed where the law names the channel, and nowhere else."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.rules import regions
from kiosk.rules.card_operation import card_operation
from kiosk.rules.words import FUNCTIONS, OPERATIONS, Channel, LossKind, Paper, State

CHANNELS = get_args(Channel)
EVERYWHERE = "web app kiosk window"

# region: operation and function (and kind of loss): the channels of the law. What is not here is unspecified.
SHAANXI = {
    "report-loss social oral": "hotline web wechat window kiosk",
    "report-loss social formal": "bank",
    "report-loss financial oral": "bank",
    "report-loss financial formal": "bank",
    "release-loss social": "window miniprogram wechat web",
    "release-loss financial": "bank",
    "activate social": "window miniprogram wechat web kiosk",
    "activate financial": "bank",
    "change-pin social": "window miniprogram wechat web kiosk",
    "change-pin financial": "bank",
    "reset-pin social": "miniprogram wechat web window",
    "reset-pin financial": "bank",
    "unlock-pin financial": "bank",
    "replace-card social": "bank",
    "replace-card financial": "bank",
    "cancel-card social": "miniprogram wechat web window",
    "cancel-card financial": "bank",
    "collect-card social": "window",
    "collect-card financial": "window",
    "query social": "miniprogram wechat app web hotline window kiosk",
}
MATRIX = {
    "110000": {"query social": EVERYWHERE},
    "610000": SHAANXI,
    "610200": SHAANXI,
    "371003": {
        "report-loss social temporary": "web app wechat window hotline kiosk",
        "release-loss social": "web app wechat window",
        "query social": EVERYWHERE,
    },
    "650200": {
        "report-loss social oral": "hotline",
        "report-loss social written": "window",
        "report-loss financial oral": "bank",
        "report-loss financial temporary": "bank",
        "report-loss financial phone": "bank",
        "report-loss financial written": "bank",
        "report-loss financial formal": "bank",
        "release-loss social": "window",
        "release-loss financial": "bank",
        "activate financial": "bank",
        "change-pin social": "medical",
        "replace-card social": "window",
        "replace-card financial": "window",
        "cancel-card social": "window",
        "cancel-card financial": "bank",
        "collect-card social": "window",
        "collect-card financial": "window",
        "query social": EVERYWHERE,
    },
    "210000": {
        "report-loss social oral": "hotline wechat",
        "report-loss social written": "bank",
        "report-loss financial oral": "bank",
        "report-loss financial written": "bank",
        "release-loss social": "bank",
        "release-loss financial": "bank",
        "activate social": "medical bank",
        "activate financial": "bank",
        "change-pin social": "medical",
        "change-pin financial": "bank",
        "reset-pin social": "bank",
        "reset-pin financial": "bank",
        "unlock-pin social": "bank",
        "unlock-pin financial": "bank",
        "replace-card social": "bank",
        "replace-card financial": "bank",
        "cancel-card social": "bank",
        "cancel-card financial": "bank",
        "query social": "hotline wechat web app kiosk window",
    },
    "210200": {
        "report-loss social oral": "window",
        "report-loss social temporary": "window",
        "report-loss social phone": "window",
        "report-loss social written": "window",
        "report-loss social formal": "window",
        "release-loss social": "window",
        "activate social": "window",
        "replace-card social": "window",
        "replace-card financial": "window",
        "cancel-card social": "window",
        "cancel-card financial": "window",
        "collect-card social": "window",
        "collect-card financial": "window",
        "query social": "kiosk web app window",
    },
    "420100": {
        "report-loss social written": "window",
        "report-loss social phone": "hotline",
        "release-loss social": "window",
        "change-pin social": "window medical",
        "reset-pin social": "window",
        "unlock-pin social": "window",
        "replace-card social": "window",
        "replace-card financial": "window",
        "cancel-card social": "window",
        "cancel-card financial": "window",
        "collect-card social": "window",
        "collect-card financial": "window",
        "query social": "kiosk web app window",
    },
    "440200": {
        "report-loss social written": "window",
        "release-loss social": "window",
        "replace-card social": "window",
        "replace-card financial": "window",
        "cancel-card social": "window",
        "cancel-card financial": "window",
        "collect-card social": "window",
        "collect-card financial": "window",
        "query social": "kiosk web app window",
    },
}
ALL_PAPERS = list(get_args(Paper))
ALL_DETAILS = ["name", "id-number", "workplace", "phone"]


@pytest.mark.parametrize("region", MATRIX)
def test_every_operation_is_allowed_in_the_channels_of_the_law_and_nowhere_else(ask, region):
    for operation in OPERATIONS:
        for function in FUNCTIONS:
            for kind in get_args(LossKind) if operation == "report-loss" else [None]:
                named = MATRIX[region].get(" ".join(filter(None, [operation, function, kind])), "").split()
                check_channels(ask, region, operation, function, kind, named)


def check_channels(ask, region, operation, function, kind, named):
    for channel in CHANNELS:
        result = ask(
            "card-operation",
            region=region,
            channel=channel,
            operation=operation,
            function=function,
            kind=kind,
            papers=ALL_PAPERS,
            given=ALL_DETAILS,
        )
        case = (operation, function, kind, channel)
        reason = None if channel in named else "channel" if named else "unspecified"
        assert (result["allowed"], result["reason"]) == (reason is None, reason), case
        assert result["redirect"] == (named if reason == "channel" else []), case
        assert (result["redirect_text"] is None) == result["allowed"], case
        assert (function in result["affects"]) == result["allowed"], case
        assert result["missing"] == [], case


questions = st.fixed_dictionaries(
    {
        "region": st.sampled_from([*MATRIX, "130100"]),
        "channel": st.sampled_from(CHANNELS),
        "operation": st.sampled_from(OPERATIONS),
        "function": st.sampled_from(FUNCTIONS),
    },
    optional={
        "kind": st.sampled_from(get_args(LossKind)),
        "papers": st.lists(st.sampled_from(ALL_PAPERS)).map(tuple),
        "agent": st.booleans(),
        "state": st.sampled_from(get_args(State)),
        "replacement_applied": st.booleans(),
        "holder_age": st.integers(0, 120),
        "principal_present": st.booleans(),
        "face_matched": st.booleans(),
        "insured_area": st.sampled_from(["a", "b"]),
        "asked_area": st.sampled_from(["a", "b"]),
        "given": st.lists(st.sampled_from(ALL_DETAILS)).map(tuple),
    },
)


@given(questions)
def test_nothing_is_allowed_that_no_rule_allows(question):
    answer = card_operation(**question)
    ways = regions.find(question["region"]).ways(question["operation"], question["function"])
    named = {channel for way in ways for channel in way.channels.value}

    assert answer.basis
    assert answer.text
    if answer.result.allowed:
        assert question["channel"] in named
        assert answer.result.reason is None
    assert question["channel"] not in answer.result.redirect
    assert set(answer.result.redirect) <= named


@given(questions)
def test_a_cancelled_card_is_never_released_and_no_refusal_affects_anything(question):
    result = card_operation(**question | {"state": "cancelled"}).result

    assert not (question["operation"] == "release-loss" and result.allowed)
    assert result.allowed or (result.affects, result.after) == ((), ())


@pytest.mark.parametrize("region", [code for code in regions.codes() if code != "000000"])
def test_what_a_kiosk_may_not_do_is_sent_to_places_by_the_regions_own_names(region):
    pack, national = regions.find(region), regions.pack("000000")
    for operation in OPERATIONS:
        for function in FUNCTIONS:
            answer = card_operation(region, "kiosk", operation, function)
            assert answer.result.allowed or answer.result.reason in ("papers", "channel", "unspecified")
            if answer.result.reason == "unspecified":
                assert f"{operation} {function}" in pack.unspecified
            if answer.result.reason != "channel":
                continue
            own = [way for way in pack.ways(operation, function) if way not in national.way]
            for channel in (channel for way in own for channel in way.channels.value):
                called = [way.called.value for way in own if way.called and channel in way.channels.value]
                name = pack.names[channel]
                assert called or name, (operation, channel)
                said = answer.result.redirect_text or ""
                assert any(one in said for one in [*called, *([name.value] if name else [])])
