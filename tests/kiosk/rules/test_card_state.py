"""The state machine of a card function."""

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from kiosk.rules.card_state import ALL, next_state, possible
from kiosk.rules.words import OPERATIONS, LossKind, State

steps = st.tuples(st.sampled_from(OPERATIONS), st.sampled_from(get_args(LossKind)))
WITHOUT_NEW_CARD = st.lists(steps.filter(lambda step: step[0] != "replace-card"))


def run(state, taken):
    for operation, kind in taken:
        state = next_state(state, operation, kind) or state
    return state


@given(WITHOUT_NEW_CARD)
def test_no_way_leads_back_from_cancelled(taken):
    assert run("cancelled", taken) == "cancelled"


@given(st.sampled_from(get_args(State)), steps)
def test_an_operation_leads_to_a_state_exactly_where_it_is_possible(state, step):
    assert (next_state(state, *step) is not None) == possible(step[0], state, step[1])


def test_the_machine_knows_every_state():
    assert set(get_args(State)) == ALL


def test_a_card_lives_through_loss_release_lock_and_replacement():
    life = [("activate", None), ("report-loss", "oral"), ("report-loss", "written"), ("release-loss", None)]
    states = []
    state = "not-activated"
    for step in life:
        state = next_state(state, *step)
        states.append(state)

    assert states == ["normal", "lost-oral", "lost-written", "normal"]
    assert next_state("pin-locked", "reset-pin") == "normal"
    assert next_state("normal", "reset-pin") == "normal"
    assert next_state("pin-locked", "unlock-pin") == "normal"
    assert next_state("lost-formal", "replace-card") == "not-activated"
    assert next_state("normal", "cancel-card") == "cancelled"
    assert next_state("normal", "query") == "normal"


def test_a_loss_report_without_a_kind_leads_nowhere():
    assert next_state("normal", "report-loss") is None


def test_the_two_functions_do_not_share_a_state():
    card = {"social": "normal", "financial": "normal"}

    card["social"] = next_state(card["social"], "report-loss", "oral")

    assert card == {"social": "lost-oral", "financial": "normal"}
