"""The questions of every calculator, on the smallest panel in the largest letters: none has more than two pages."""

import random

import pytest

from kiosk.config import Panel
from kiosk.dialogue.preferences import Preferences
from tests.kiosk.services.asking import at_random, walk
from tests.kiosk.services.calculators import ALL

SMALL = Panel(width=800, height=480, width_mm=152)
MOST = 2
WALKS = 10


@pytest.fixture(scope="module")
def questions():
    """Every question that a calculator asks, as far as its words differ."""
    found = {}
    for name in ALL:
        some = random.Random(name)
        for _ in range(WALKS):
            asked, _article = walk(name, at_random(some))
            found |= {(question.title, len(getattr(question, "options", ()))): question for question in asked}
    return list(found.values())


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_question_of_a_calculator_has_more_than_two_pages(window, questions, language):
    from screens.gallery.studio import ScreenshotRig

    studio = ScreenshotRig(SMALL)
    pages = {}
    for question in questions:
        studio.frame.show(question, Preferences(language=language, elder=True))
        pages[question.title] = studio.frame.page.pages
    studio.close()
    assert {title: count for title, count in pages.items() if count > MOST} == {}
