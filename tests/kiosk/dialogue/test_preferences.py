"""How the machine speaks: chosen at any time, told with every question, and back to the usual for the next citizen."""

import json
from dataclasses import replace

from kiosk.attendant.timeouts import Timeouts
from kiosk.dialogue import questions as dialogue
from kiosk.dialogue.preferences import DEFAULT_PREFERENCES
from tests.kiosk.scene import at_work

ENGLISH = replace(DEFAULT_PREFERENCES, language="en")
LARGE = replace(DEFAULT_PREFERENCES, elder=True)


def test_the_question_is_shown_again_in_the_manner_that_was_chosen_and_can_still_be_answered(scene):
    menu = scene.menu()
    scene.attendant.prefer(ENGLISH)
    again = scene.see(dialogue.Choose)
    assert again == menu
    assert scene.manner == ENGLISH
    scene.attendant.answer(again, dialogue.CitizenFinished())
    scene.see(dialogue.TakeCard)
    assert scene.manner == ENGLISH


def test_the_next_citizen_is_spoken_to_in_the_usual_manner(scene):
    scene.menu()
    scene.attendant.prefer(replace(LARGE, language="en", volume=5))
    scene.pull()
    scene.see(dialogue.Idle)
    assert scene.manner == DEFAULT_PREFERENCES


def test_what_is_chosen_before_the_card_goes_in_holds_for_the_visit(scene):
    scene.attendant.prefer(ENGLISH)
    scene.menu()
    assert scene.manner == ENGLISH


def test_what_somebody_chose_who_left_without_a_card_is_forgotten_after_a_while(tmp_path):
    with at_work(tmp_path, Timeouts(rest=0.2)) as scene:
        scene.attendant.prefer(ENGLISH)
        scene.see(dialogue.Idle)
        assert scene.manner == ENGLISH
        scene.see(dialogue.Idle)
        assert scene.manner == DEFAULT_PREFERENCES


def test_the_choice_of_a_manner_is_recorded_by_what_changed(scene):
    scene.menu()
    scene.attendant.prefer(replace(ENGLISH, volume=4))
    scene.attendant.prefer(replace(ENGLISH, volume=4))
    scene.answer(dialogue.Choose, dialogue.CitizenFinished())
    scene.see(dialogue.TakeCard)
    assert [json.loads(data) for data in scene.data("preferences.changed")] == [
        {"language": "en", "volume": 4}
    ]


def test_elders_have_twice_the_time_for_everything():
    usual = Timeouts(answer=90, still_there=30, linger=12, left=30)
    assert usual.adjusted_for(LARGE) == Timeouts(answer=180, still_there=60, linger=24, left=60)
    assert usual.adjusted_for(ENGLISH) == usual


def test_the_window_cannot_say_for_whom_a_citizen_acts(scene):
    scene.menu()
    scene.attendant.prefer(replace(ENGLISH, on_behalf=True))
    scene.see(dialogue.Choose)
    assert scene.manner == ENGLISH
