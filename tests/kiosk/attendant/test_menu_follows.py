"""The menu is true while it is shown: it follows each device, the line, and what the card is found to be."""

from dataclasses import replace

import pytest

from hardware.card.social_security import PinStatus
from hardware.status import PaperState
from kiosk.credentials.pin_recovery import PIN_CHANGE, Purpose
from kiosk.dialogue import questions as dialogue
from kiosk.dialogue.questions import SEARCH
from kiosk.menu.availability import NO_CENTRE, NOT_ACTIVATED, PIN_LOCKED
from kiosk.menu.menu import GO_ON
from kiosk.paper.printing import CERTIFICATE_PRINT
from kiosk.services.service import Device, Offline, services
from sync.protocol.events import CardActivated
from tests.deadline import DEADLINE_SECONDS

CERTIFICATES = {each.name for each in services().values() if each.group == "certificates"}
PRINT = {name for name in CERTIFICATES if Device.PRINTER in services()[name].needs}
COVER = "打印机盖子没有关好，暂时不能打印证明"
WITH_PIN = {name for name in CERTIFICATES if services()[name].uses_pin}


def reasons(page):
    return {each.key: each.unavailable_reason for each in page.options if each.unavailable_reason}


def cover(scene, *, is_open):
    scene.printer.status = replace(scene.printer.status, cover_open=is_open)
    scene.attendant.device_changed(scene.printer.status)


def test_a_cover_that_is_opened_greys_what_prints_and_closed_gives_it_back(scene):
    usual = scene.group("certificates")
    cover(scene, is_open=True)
    assert reasons(scene.see(dialogue.Choose)) == dict.fromkeys(PRINT, COVER)
    cover(scene, is_open=False)
    assert scene.see(dialogue.Choose) == usual


def test_a_centre_that_goes_greys_what_needs_it_and_back_gives_it_back(scene):
    usual = scene.group("certificates")
    scene.line.note(False)
    needing = {name for name in CERTIFICATES if services()[name].offline is Offline.REFUSE}
    assert reasons(scene.see(dialogue.Choose)) == dict.fromkeys(needing, NO_CENTRE)
    scene.line.note(True)
    assert scene.see(dialogue.Choose) == usual


def test_the_hits_of_a_search_follow_too(scene):
    scene.attendant.answer(scene.menu(), SEARCH)
    scene.answer(dialogue.EnterText, "养老金")
    assert reasons(scene.see(dialogue.Choose)) == {}
    cover(scene, is_open=True)
    assert COVER in reasons(scene.see(dialogue.Choose)).values()


def test_the_idle_page_follows_too(scene):
    scene.line.note(False)
    assert scene.see(dialogue.Idle).troubles == (NO_CENTRE,)
    scene.line.note(True)
    assert scene.see(dialogue.Idle).troubles == ()


def test_what_changes_without_an_event_is_seen_all_the_same(scene):
    scene.group("certificates")
    scene.printer.status = replace(scene.printer.status, paper=PaperState.OUT)
    assert reasons(scene.see(dialogue.Choose)).keys() == PRINT


def test_what_is_no_menu_is_not_drawn_again(scene):
    scene.attendant.answer(scene.menu(), SEARCH)
    scene.see(dialogue.EnterText)
    cover(scene, is_open=True)
    scene.line.note(False)
    scene.attendant.answer(scene.attendant._window.shown, "火车票")
    assert isinstance(scene.shown.get(timeout=DEADLINE_SECONDS)[0], dialogue.Confirm)


@pytest.fixture
def locked(scene):
    scene.reader.pin = PinStatus(set=True, tries_left=0, locked=True)
    return scene


def test_a_locked_pin_is_known_before_anything_is_chosen_and_nobody_is_asked(locked):
    assert reasons(locked.group("certificates")) == dict.fromkeys(WITH_PIN, PIN_LOCKED)
    locked.attendant.answer(locked.attendant._window.shown, dialogue.WentBack())
    locked.attendant.answer(locked.see(dialogue.Home), "card")
    assert {"change-pin", "activate-card"} <= reasons(locked.see(dialogue.Choose)).keys()
    assert locked.client.asked.empty()


def test_a_service_that_is_chosen_all_the_same_is_refused_without_a_pin_and_without_the_centre(locked):
    locked.attendant.answer(locked.menu(), "print-pension-receipt")
    page = locked.see(dialogue.IntroduceService)
    assert page.unavailable_reason == PIN_LOCKED
    locked.attendant.answer(page, None)
    notice = locked.see(dialogue.Notice)
    assert notice.title == "这项业务现在不能办" and notice.text == PIN_LOCKED
    assert locked.client.asked.empty()


def test_a_card_that_the_centre_has_not_activated_is_greyed_once_it_has_said_so(scene):
    scene.client.social = "not-activated"
    page = scene.group("certificates")
    if not reasons(page):  # the centre had not answered yet when the menu was drawn
        page = scene.see(dialogue.Choose)
    assert reasons(page) == dict.fromkeys(WITH_PIN, NOT_ACTIVATED)


def test_an_activation_that_is_on_its_way_to_the_centre_counts(scene):
    scene.client.social = "not-activated"
    page = scene.group("certificates")
    if not reasons(page):
        page = scene.see(dialogue.Choose)
    visit = scene.attendant._visit.state
    scene.attendant._equipment.journal.record(
        CardActivated(act="A-1", resolved=False), visit.visit_id, scene.partition
    )
    assert reasons(scene.see(dialogue.Choose)) == {}


def test_a_line_that_is_down_keeps_nobody_waiting_for_the_state_of_the_card(scene):
    scene.line.note(False)
    scene.see(dialogue.Idle)
    assert set(reasons(scene.group("certificates")).values()) == {NO_CENTRE}


def test_what_was_left_open_with_this_card_can_be_gone_on_with_and_says_so(scene):
    journal = scene.attendant._equipment.journal
    request = {"request_id": "r1", "kind": "pension-receipt"}
    with journal.begin_act(
        CERTIFICATE_PRINT, "v0", scene.partition, {"number": "1", "copy": 1, "request": request}
    ):
        pass  # the kiosk died in the middle of it
    with journal.begin_act(PIN_CHANGE, "v0", "another card", {"purpose": Purpose.CHANGE}):
        pass
    hints = {option.key: option.hint for option in scene.menu().suggested}
    assert {name for name, hint in hints.items() if hint == GO_ON} == {"print-pension-receipt"}
