"""长辈版: offered to whom the card says is 60 or over, six services, more time, and read back before an act."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest

from kiosk.dialogue import questions as dialogue
from kiosk.dialogue.preferences import DEFAULT_PREFERENCES
from kiosk.dialogue.questions import Confirm, WentBack
from kiosk.dialogue.words import _
from kiosk.menu.menu import ELDER_SERVICES, MORE, menu
from kiosk.menu.suggestions import is_elder
from kiosk.visit.steps import read_back
from tests.kiosk.scene import ELDER

LARGE = replace(DEFAULT_PREFERENCES, elder=True)


@pytest.mark.parametrize(
    ("today", "elder"), [(date(2008, 9, 5), False), (date(2008, 9, 6), True), (date(2026, 11, 22), True)]
)
def test_an_elder_is_who_is_60_or_over_today(today, elder):
    assert is_elder(ELDER.id_number, today) is elder


@pytest.mark.parametrize(
    "number", ["99999919480906142", "HKG194809060", "USA00194809061423", "XXA999948090609"]
)
def test_a_number_that_says_no_birth_makes_nobody_an_elder(number):
    assert not is_elder(number, date(2026, 11, 22))


def test_an_elder_is_offered_the_large_version_once_and_gets_it(scene):
    scene.reader.holder = ELDER
    scene.insert()
    offer = scene.see(Confirm)
    assert offer.title == "要用长辈版吗？"
    scene.attendant.answer(offer, True)
    menu_shown = scene.see(dialogue.Choose)
    assert scene.manner == LARGE
    assert [option.key for option in menu_shown.options] == [
        *(service.name for service in menu().elder_services[:ELDER_SERVICES]),
        MORE,
    ]
    assert scene.data("preferences.changed") == ['{"elder": true}']


def test_an_elder_who_does_not_want_it_is_served_as_usual(scene):
    scene.reader.holder = ELDER
    scene.insert()
    scene.attendant.answer(scene.see(Confirm), False)
    assert MORE not in {option.key for option in scene.see(dialogue.Home).options}
    assert scene.manner == DEFAULT_PREFERENCES


def test_who_has_chosen_it_already_is_not_offered_it(scene):
    scene.attendant.prefer(LARGE)
    scene.reader.holder = ELDER
    scene.insert()
    assert len(scene.see(dialogue.Home).options) == 6 + 1
    assert scene.shown.empty()


def test_anybody_may_switch_at_the_menu_and_back(scene):
    usual = scene.menu()
    scene.attendant.prefer(LARGE)
    assert len(scene.see(dialogue.Home).options) == 6 + 1
    scene.attendant.prefer(DEFAULT_PREFERENCES)
    assert scene.see(dialogue.Choose) == usual


def test_nothing_of_the_age_is_recorded(scene):
    scene.reader.holder = ELDER
    scene.insert()
    scene.attendant.answer(scene.see(Confirm), True)
    scene.see(dialogue.Choose)
    records = str(scene.store.rows("SELECT * FROM audit"))
    assert ELDER.id_number not in records and "1948" not in records


def visit(manner):
    return SimpleNamespace(manner=lambda: manner)


def test_what_was_chosen_is_read_back_to_an_elder_in_a_sentence():
    what = _("您要打印{year}年的权益记录单。", year="2025")
    asked = read_back(visit(LARGE), what)
    assert next(asked).text == "您要打印2025年的权益记录单。"
    with pytest.raises(StopIteration):
        asked.send(True)


def test_an_elder_who_says_no_is_led_back_with_nothing_done():
    asked = read_back(visit(LARGE), _("您要打印养老金的待遇领取证明。"))
    next(asked)
    with pytest.raises(WentBack):
        asked.send(False)


def test_nobody_else_is_asked():
    assert list(read_back(visit(DEFAULT_PREFERENCES), _("您要打印养老金的待遇领取证明。"))) == []
