"""The rating: asked of whom something was done for, voluntary, once a visit, and never in the way."""

from types import SimpleNamespace

import pytest

from kiosk.dialogue import questions as dialogue
from kiosk.dialogue.questions import CitizenFinished, Finished, TakeCard
from kiosk.dialogue.words import _


@pytest.fixture
def served(scene, monkeypatch):
    """A service was done, and the citizen takes the card."""

    def serve(_visit):
        yield from ()
        return Finished(title=_("查询完毕"))

    monkeypatch.setattr(
        "kiosk.attendant.citizen_visit.services", lambda: {"card-information": SimpleNamespace(start=serve)}
    )
    scene.choose("card-information")
    scene.answer(Finished, CitizenFinished())
    scene.page = scene.see(TakeCard)
    return scene


def test_a_rating_is_recorded_and_thanked_for_and_asked_once(served):
    assert served.page.rating
    served.attendant.answer(served.page, 5)
    thanks = served.see(TakeCard)
    assert "谢谢" in thanks.text and not thanks.rating
    served.attendant.answer(thanks, 1)
    served.pull()
    served.see(dialogue.Idle)
    assert served.data("visit.rated") == ['{"level": 5}']
    assert served.unexpected.pop() == "Answered means nothing in until-taken"


@pytest.mark.parametrize("nonsense", [0, 6, None, "5"])
def test_what_is_no_level_is_no_rating(served, nonsense):
    served.attendant.answer(served.page, nonsense)
    served.pull()
    served.see(dialogue.Idle)
    assert served.data("visit.rated") == []
    assert served.unexpected.pop() == "Answered means nothing in until-taken"


def test_taking_the_card_ends_it_without_a_rating(served):
    served.pull()
    served.see(dialogue.Idle)
    assert served.data("visit.rated") == []


def test_who_had_nothing_done_is_not_asked(scene):
    scene.attendant.answer(scene.menu(), CitizenFinished())
    assert not scene.see(TakeCard).rating
