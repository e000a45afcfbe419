"""The device loop: what a device tells becomes an event; what nobody wants is logged by its kind and wiped."""

import pytest
from structlog.testing import capture_logs

from hardware.scanner.token import Token, TokenGoneError
from kiosk.attendant import unexpected
from kiosk.dialogue import questions as dialogue
from kiosk.dialogue.questions import CitizenFinished
from kiosk.visit.visit import UnexpectedEventError

CODE = b"an-invented-token-0001"


def test_a_code_that_nobody_can_take_now_is_forgotten(scene):
    menu = scene.menu()
    scene.attendant.answer(menu, CitizenFinished())
    scene.see(dialogue.TakeCard)
    token = scene.scan(CODE)
    scene.pull()
    scene.see(dialogue.Idle)
    with pytest.raises(TokenGoneError):
        token.take()


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
