"""The pure course of a visit."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.visit.visit import (
    CardInserted,
    CardRead,
    CardRefused,
    CardTaken,
    Failed,
    Phase,
    PinVerified,
    ReplyMissed,
    ServiceChosen,
    ServiceEnded,
    UnexpectedEventError,
    VisitBegun,
    VisitOver,
    VisitState,
    next_state,
    record_of,
)
from sync.protocol.event_kinds import kind_of
from sync.protocol.events import VisitStarted


def after(*events):
    """Return the state after these events; what means nothing is left out."""
    state = VisitState()
    for event in events:
        with suppress(UnexpectedEventError):
            state = next_state(state, event)
    return state


BEGUN = VisitBegun("visit-1")
INSERTED = CardInserted("visit-1", 7)
READ = CardRead("610200D15600000500000001A1B2C3D4")
EVENTS = st.sampled_from(
    [
        BEGUN,
        INSERTED,
        READ,
        CardRefused("CardUnresponsiveError"),
        ServiceChosen("print-participation-certificate"),
        PinVerified(),
        ReplyMissed(),
        ServiceEnded(done=True),
        ServiceEnded(done=False),
        VisitOver(),
        Failed("123456"),
        CardTaken(),
    ]
)


def test_a_card_that_was_read_leads_to_the_menu():
    assert after(INSERTED, READ).phase is Phase.MENU


def test_a_finished_service_is_remembered_and_a_broken_off_one_is_not():
    chosen = ServiceChosen("card-information")
    assert after(INSERTED, READ, chosen, ServiceEnded(done=True)).done == ("card-information",)
    assert after(INSERTED, READ, chosen, ServiceEnded(done=False)).done == ()


def test_the_pin_is_proved_once_a_visit_and_forgotten_with_the_card():
    chosen = ServiceChosen("card-information")
    proved = after(INSERTED, READ, chosen, PinVerified(), ServiceEnded(done=True), chosen)
    assert proved.pin_verified
    assert not next_state(proved, CardTaken()).pin_verified


def test_a_refused_card_never_reaches_the_menu():
    refused = after(INSERTED, CardRefused("CardUnresponsiveError"), READ)
    assert refused.phase is Phase.CARD_REFUSED


def test_a_touch_leads_to_the_menu_and_the_end_of_such_a_visit_waits_for_no_card():
    assert after(BEGUN).phase is Phase.MENU
    assert after(BEGUN, VisitOver()) == VisitState()
    assert after(BEGUN, Failed("123456"), VisitOver()) == VisitState()
    assert after(INSERTED, READ, VisitOver()).phase is Phase.TAKE_CARD


@pytest.mark.parametrize(("beginning", "credential"), [(BEGUN, "none"), (INSERTED, "card")])
def test_the_record_says_what_a_visit_began_with(beginning, credential):
    assert record_of(VisitState(), after(beginning)) == VisitStarted(credential=credential)


@given(st.lists(EVENTS, max_size=30))
def test_taking_the_card_always_ends_everything(events):
    assert after(*events, CardTaken()) == VisitState()


@given(st.lists(EVENTS, max_size=30), EVENTS)
def test_an_event_changes_the_state_or_is_refused_by_name_without_its_values(events, event):
    state = after(*events)
    try:
        assert next_state(state, event) != state or state.pin_verified or state.reply_missed
    except UnexpectedEventError as error:
        assert str(error) == f"{type(event).__name__} means nothing in {state.phase}"


@given(st.lists(EVENTS, max_size=30))
def test_nobody_is_verified_outside_a_service_or_the_menu(events):
    state = after(*events)
    assert not state.pin_verified or state.phase in (Phase.MENU, Phase.SERVICE)


@given(st.lists(EVENTS, max_size=30), EVENTS)
def test_every_change_that_is_recorded_is_in_the_catalogue(events, event):
    before = after(*events)
    record = record_of(before, after(*events, event))
    assert record is None or kind_of(type(record))


@given(st.lists(EVENTS, max_size=30))
def test_what_was_perhaps_done_is_told_or_forgotten_with_the_visit(events):
    state = after(*events)
    assert not state.reply_missed or state.phase in (Phase.SERVICE, Phase.TAKE_CARD, Phase.OUT_OF_SERVICE)
