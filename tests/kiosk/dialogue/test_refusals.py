"""What the centre refuses is said in the citizen's language, whatever the centre's own words are."""

from itertools import product
from typing import get_args

import pytest

from kiosk.attendant.error_notices import notice_of
from kiosk.dialogue.language import say
from kiosk.dialogue.refusals import SENTENCES, refusal_sentence
from kiosk.rules import regions
from kiosk.rules.card_operation import card_operation
from kiosk.rules.words import Operation, State
from kiosk.voice.phrases import Number, pieces
from sync.answers import CentralRefusedError
from sync.protocol.refusals import CardOperationDetails, PeriodDetails, YearDetails
from tests.kiosk.saying import HAN

REWORDED = "中心换了一种说法。"
STATES = [state for state in get_args(State) if state != "pin-locked"]


@pytest.mark.parametrize("code", SENTENCES)
def test_a_refusal_that_the_centre_rewords_is_still_said_in_english(code):
    details = {
        "no-record-of-year": YearDetails(2025),
        "no-record-in-period": PeriodDetails("2026-01", "2026-10"),
    }
    said = say(refusal_sentence(CentralRefusedError(code, REWORDED, details.get(code))), "en")
    assert said and not HAN.search(said)


def test_a_detail_is_in_the_sentence_of_every_language():
    refused = CentralRefusedError("no-record-of-year", REWORDED, YearDetails(2025))
    assert "2025年" in refusal_sentence(refused)
    assert "for 2025." in say(notice_of(refused).text, "en")
    assert not [piece for piece in pieces(refusal_sentence(refused)) if isinstance(piece, Number)], "no count"


@pytest.mark.parametrize(
    "refused",
    [
        CentralRefusedError("unheard-of", REWORDED),
        CentralRefusedError("no-record-of-year", REWORDED),
        CentralRefusedError("rule-state", REWORDED),
        CentralRefusedError("feed-unknown", REWORDED),
        CentralRefusedError("{}", "{没见过的话}"),
    ],
    ids=lambda refused: refused.code,
)
def test_what_the_kiosk_does_not_know_is_said_in_the_centres_words(refused):
    assert say(refusal_sentence(refused), "en") == refused.message


@pytest.mark.parametrize("region", [code for code in regions.codes() if code != regions.NATIONAL])
def test_what_the_rules_of_a_region_refuse_is_said_as_the_centre_says_it_and_in_english(region):
    for channel, operation, state in product(("kiosk", "window"), get_args(Operation), STATES):
        answer = card_operation(region, channel, operation, "social", state=state)
        if answer.result.allowed:
            continue
        details = CardOperationDetails(
            region=region,
            operation=operation,
            channel=channel,
            state=state,
            missing=answer.result.missing,
            redirect=answer.result.redirect,
        )
        refused = CentralRefusedError(f"rule-{answer.result.reason}", REWORDED, details)
        assert refusal_sentence(refused) == answer.text
        assert say(refusal_sentence(refused), "en") == say(answer.text, "en")


def test_a_region_without_a_pack_here_is_said_in_the_centres_words():
    details = CardOperationDetails(region="999999", operation="reset-pin", channel="kiosk")
    assert refusal_sentence(CentralRefusedError("rule-channel", REWORDED, details)) == REWORDED
