"""The device loop: what a device tells becomes an event; what nobody wants is logged by its kind and wiped."""

import pytest
from structlog.testing import capture_logs

from hardware.id_card.reader import IdCardReaderStatus
from hardware.scanner.token import Token, TokenGoneError
from hardware.status import DeviceState, MediaState
from kiosk.attendant import unexpected
from kiosk.dialogue import questions as dialogue
from kiosk.dialogue.questions import CitizenFinished
from kiosk.visit.visit import UnexpectedEventError

CODE = b"an-invented-token-0001"


@pytest.mark.parametrize("where", ["rest", "asking"])
def test_a_code_that_is_shown_while_nobody_wants_one_is_forgotten_and_told_by_its_kind(scene, where):
    page = scene.menu() if where == "asking" else None
    token = Token(bytearray(CODE))
    scene.attendant.code_scanned(token)
    after(scene, page)
    assert scene.unexpected.pop() == f"CodeScanned means nothing in {where}"
    with pytest.raises(TokenGoneError):
        token.take()


@pytest.mark.parametrize("where", ["rest", "asking"])
def test_an_id_card_that_nobody_asked_for_is_told_once(scene, where):
    page = scene.menu() if where == "asking" else None
    laid = IdCardReaderStatus(DeviceState.ONLINE, MediaState.PRESENT, placement=1)
    scene.attendant.device_changed(laid)
    scene.attendant.device_changed(laid)
    after(scene, page)
    assert scene.unexpected == [f"IdCardLaid means nothing in {where}"]
    scene.unexpected.clear()


def after(scene, page):
    """Let something happen that shows: then what was told before has been taken."""
    if page is None:
        scene.menu()
    else:
        scene.attendant.answer(page, CitizenFinished())
        scene.see(dialogue.TakeCard)


def test_a_card_that_is_swapped_at_once_is_two_visits(scene):
    scene.menu()
    scene.reader.insertion = 2
    scene.attendant.device_changed(scene.reader.status)
    scene.see(dialogue.Choose)
    assert scene.recorded() == ["visit.started", "visit.ended", "visit.started"]


def test_what_is_unexpected_is_logged_by_kind_and_place_and_never_by_its_values():
    with capture_logs() as logs:
        unexpected.log_it(UnexpectedEventError("asking", Token(bytearray(CODE))))
    said = str(logs)
    assert "unexpected event" in said and "Token" in said and "asking" in said
    assert CODE.decode() not in said
