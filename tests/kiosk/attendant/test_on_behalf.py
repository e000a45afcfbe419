"""代办: announced all the way, recorded, within the law, and ended explicitly or with the visit."""

import json
from types import SimpleNamespace

import pytest

from hardware.card.social_security import PinStatus
from kiosk.credentials.identification import current_pin
from kiosk.dialogue import questions as dialogue
from kiosk.dialogue.preferences import DEFAULT_PREFERENCES
from kiosk.dialogue.questions import CitizenFinished, Confirm
from kiosk.menu.menu import ACT_FOR_HOLDER, ACT_FOR_ONESELF
from kiosk.visit.visit import VisitState


@pytest.fixture
def acting(scene):
    """Somebody has said that they act for the holder."""
    scene.attendant.answer(scene.menu(), ACT_FOR_HOLDER)
    scene.answer(Confirm, True)
    scene.acting_menu = scene.see(dialogue.Choose)
    return scene


def test_who_acts_for_the_holder_says_so_and_every_page_tells_it(acting):
    assert acting.manner.on_behalf
    acting.attendant.answer(acting.acting_menu, CitizenFinished())
    acting.see(dialogue.TakeCard)
    assert acting.manner.on_behalf


def test_who_does_not_confirm_acts_for_nobody_else(scene):
    scene.attendant.answer(scene.menu(), ACT_FOR_HOLDER)
    scene.answer(Confirm, False)
    scene.see(dialogue.Choose)
    assert not scene.manner.on_behalf
    assert "visit.on_behalf" not in scene.recorded()


def test_what_only_the_holder_may_do_is_not_offered_and_says_why_in_the_words_of_the_law(acting):
    acting.attendant.answer(acting.acting_menu, "card")
    unavailable_reason = {
        option.key: option.unavailable_reason
        for option in acting.see(dialogue.Choose).options
        if option.unavailable_reason
    }
    assert unavailable_reason.keys() == {"activate-card", "change-pin"}
    assert unavailable_reason["change-pin"] == "代办时，持卡人要在身边并通过人脸识别同意。"


def test_acting_for_the_holder_is_ended_explicitly(acting):
    assert acting.acting_menu.others[-1].key == ACT_FOR_ONESELF
    acting.attendant.answer(acting.acting_menu, ACT_FOR_ONESELF)
    assert acting.see(dialogue.Home).others[-1].key == ACT_FOR_HOLDER
    assert not acting.manner.on_behalf
    assert [json.loads(data) for data in acting.data("visit.on_behalf")] == [
        {"begins": True},
        {"begins": False},
    ]


def test_it_ends_with_the_visit(acting):
    acting.pull()
    acting.see(dialogue.Idle)
    assert acting.manner == DEFAULT_PREFERENCES


def test_every_service_that_is_begun_for_the_holder_is_recorded_as_such(acting, monkeypatch):
    service = SimpleNamespace(start=lambda _visit: iter(()))
    monkeypatch.setattr("kiosk.attendant.citizen_visit.services", lambda: {"card-information": service})
    acting.choose("card-information", acting.acting_menu)
    acting.see(dialogue.Choose)
    assert json.loads(acting.data("service.started")[0]) == {"service": "card-information", "on_behalf": True}


def test_the_holder_is_asked_to_enter_the_pin_in_person():
    visit = SimpleNamespace(
        region="610200",
        partition="p1",
        card=SimpleNamespace(pin_status=lambda: PinStatus(True, 6, locked=False)),
        journal=SimpleNamespace(unknown_outcome_acts_for=lambda *_of: []),
        state=lambda: VisitState(on_behalf=True),
    )
    assert "请持卡人本人输入" in next(current_pin(visit)).text
