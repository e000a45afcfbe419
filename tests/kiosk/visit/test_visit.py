"""The pure course of a visit."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.visit.person import Credential
from kiosk.visit.visit import (
    CardInserted,
    CardRead,
    CardRefused,
    CardTaken,
    CredentialRead,
    CredentialRefused,
    FaceMatched,
    Failed,
    IdCardLaidDown,
    IdCardTaken,
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
from sync.protocol.events import VisitCardRefused, VisitRaised, VisitStarted


def after(*events):
    """Return the state after these events; what means nothing is left out."""
    state = VisitState()
    for event in events:
        with suppress(UnexpectedEventError):
            state = next_state(state, event)
    return state


BEGUN = VisitBegun("visit-1")
WITH_CARD, WITH_ID_CARD, WITH_CODE = (
    VisitBegun("visit-1", credential)
    for credential in (Credential.CARD, Credential.ID_CARD, Credential.E_CARD)
)
INSERTED = CardInserted(7)
READ = CardRead("610200D15600000500000001A1B2C3D4")
LAID = IdCardLaidDown(3)
ID_CARD_READ, CODE_READ = CredentialRead(Credential.ID_CARD), CredentialRead(Credential.E_CARD)
CHOSEN = ServiceChosen("card-information")
CARD_IN = (WITH_CARD, INSERTED, READ)
EVENTS = st.sampled_from(
    [
        *(BEGUN, WITH_CARD, WITH_ID_CARD, WITH_CODE),
        *(INSERTED, READ, LAID, ID_CARD_READ, CODE_READ),
        CardRefused("CardUnresponsiveError"),
        CredentialRefused("UnreadableIdCard"),
        ServiceChosen("print-participation-certificate"),
        PinVerified(),
        FaceMatched(),
        ReplyMissed(),
        ServiceEnded(done=True),
        ServiceEnded(done=False),
        VisitOver(),
        Failed("123456"),
        *(CardTaken(), IdCardTaken()),
    ]
)
REPEATABLE = (
    *(PinVerified, FaceMatched, ReplyMissed, CredentialRefused),
    *(CardTaken, IdCardTaken, IdCardLaidDown, CardRead, CredentialRead),
)
"""What may happen again without changing anything."""
EVERYTHING_TAKEN = (CardTaken(), IdCardTaken())


@pytest.mark.parametrize(
    ("events", "credential"),
    [
        (CARD_IN, Credential.CARD),
        ((WITH_ID_CARD, LAID, ID_CARD_READ), Credential.ID_CARD),
        ((WITH_CODE, CODE_READ), Credential.E_CARD),
    ],
)
def test_a_credential_that_was_read_leads_to_the_menu(events, credential):
    assert after(*events).phase is Phase.MENU
    assert after(*events).shown == {credential}


def test_a_finished_service_is_remembered_and_a_broken_off_one_is_not():
    assert after(*CARD_IN, CHOSEN, ServiceEnded(done=True)).done == ("card-information",)
    assert after(*CARD_IN, CHOSEN, ServiceEnded(done=False)).done == ()


def test_the_pin_is_proved_once_a_visit_and_forgotten_with_the_card():
    proved = after(*CARD_IN, CHOSEN, PinVerified(), ServiceEnded(done=True), CHOSEN)
    assert proved.pin_verified and proved.is_in_person
    assert not next_state(proved, CardTaken()).pin_verified


def test_a_refused_card_never_reaches_the_menu():
    refused = after(WITH_CARD, INSERTED, CardRefused("CardUnresponsiveError"), READ)
    assert refused.phase is Phase.CARD_REFUSED


def test_a_touch_leads_to_the_menu_and_the_end_of_such_a_visit_waits_for_nothing():
    assert after(BEGUN).phase is Phase.MENU
    assert after(BEGUN, VisitOver()) == VisitState()
    assert after(BEGUN, Failed("123456"), VisitOver()) == VisitState()
    assert after(*CARD_IN, VisitOver()).phase is Phase.TAKE_CARD


def test_a_credential_in_a_visit_that_is_on_raises_it_where_it_is():
    raised = after(BEGUN, CHOSEN, INSERTED, READ)
    assert (raised.phase, raised.shown, raised.insertion) == (Phase.SERVICE, {Credential.CARD}, 7)
    both = after(*CARD_IN, LAID, ID_CARD_READ)
    assert both.shown == {Credential.CARD, Credential.ID_CARD}


def test_a_credential_that_cannot_be_used_leaves_a_visit_that_is_on_as_it_was():
    went_on = after(BEGUN, CHOSEN, INSERTED, CredentialRefused("CardUnresponsive"), CardTaken())
    assert (went_on.phase, went_on.insertion, went_on.shown) == (Phase.SERVICE, 0, frozenset())


def test_the_card_ends_the_visit_when_it_is_taken_whatever_else_lies_there():
    left = after(*CARD_IN, LAID, ID_CARD_READ, CardTaken())
    assert (left.phase, left.placement) == (Phase.TAKE_CARD, 3)
    assert next_state(left, IdCardTaken()) == VisitState()


def test_an_id_card_may_be_lifted_and_the_visit_goes_on():
    lifted = after(WITH_ID_CARD, LAID, ID_CARD_READ, IdCardTaken())
    assert (lifted.phase, lifted.shown) == (Phase.MENU, {Credential.ID_CARD})
    assert next_state(lifted, VisitOver()) == VisitState()


def test_both_documents_have_to_be_taken_back():
    over = after(*CARD_IN, LAID, ID_CARD_READ, VisitOver())
    assert over.phase is Phase.TAKE_CARD
    assert next_state(over, IdCardTaken()).phase is Phase.TAKE_CARD
    assert next_state(over, CardTaken()).phase is Phase.TAKE_CARD
    assert after(*CARD_IN, LAID, ID_CARD_READ, VisitOver(), *EVERYTHING_TAKEN) == VisitState()


@pytest.mark.parametrize(
    ("beginning", "credential"),
    [(BEGUN, "none"), (WITH_CARD, "card"), (WITH_ID_CARD, "id-card"), (WITH_CODE, "e-card")],
)
def test_the_record_says_what_a_visit_began_with(beginning, credential):
    assert record_of(VisitState(), after(beginning)) == VisitStarted(credential=credential)


@pytest.mark.parametrize(
    ("before", "event", "record"),
    [
        ((BEGUN, INSERTED), READ, VisitRaised(credential="card")),
        (CARD_IN, ID_CARD_READ, VisitRaised(credential="id-card")),
        ((*CARD_IN, ID_CARD_READ), ID_CARD_READ, None),
        ((WITH_ID_CARD, LAID), ID_CARD_READ, None),
        ((BEGUN, CHOSEN, INSERTED), CredentialRefused("X"), VisitCardRefused(problem="X")),
        ((WITH_CARD, INSERTED), CardRefused("X"), VisitCardRefused(problem="X")),
        (CARD_IN, Failed("123456"), None),
    ],
)
def test_the_record_says_what_was_shown_and_what_was_not_taken(before, event, record):
    assert record_of(after(*before), after(*before, event)) == record


@given(st.lists(EVENTS, max_size=30))
def test_when_everything_is_taken_and_the_visit_is_over_nothing_is_left(events):
    assert after(*events, *EVERYTHING_TAKEN, VisitOver()) == VisitState()


@given(st.lists(EVENTS, max_size=30))
def test_nobody_waits_for_what_is_not_there(events):
    state = after(*events)
    assert state.holds_documents or state.phase is not Phase.TAKE_CARD


@given(st.lists(EVENTS, max_size=30), EVENTS)
def test_an_event_changes_the_state_or_is_refused_by_name_without_its_values(events, event):
    state = after(*events)
    try:
        assert next_state(state, event) != state or type(event) in REPEATABLE
    except UnexpectedEventError as error:
        assert str(error) == f"{type(event).__name__} means nothing in {state.phase}"


@given(st.lists(EVENTS, max_size=30))
def test_nobody_is_verified_outside_a_service_or_the_menu(events):
    state = after(*events)
    is_proved = state.pin_verified or state.face_matched
    assert not is_proved or state.phase in (Phase.MENU, Phase.SERVICE)


@given(st.lists(EVENTS, max_size=30), EVENTS)
def test_every_change_that_is_recorded_is_in_the_catalogue(events, event):
    before = after(*events)
    record = record_of(before, after(*events, event))
    assert record is None or kind_of(type(record))


@given(st.lists(EVENTS, max_size=30))
def test_what_was_perhaps_done_is_told_or_forgotten_with_the_visit(events):
    state = after(*events)
    assert not state.reply_missed or state.phase in (Phase.SERVICE, Phase.TAKE_CARD, Phase.OUT_OF_SERVICE)
