"""Short form of ``./run bench soak``: visits leave nothing behind, neither in the window nor in the attendant."""

import gc
from collections import Counter
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from kiosk.dialogue import questions as dialogue
from kiosk.dialogue.preferences import Preferences
from tests.kiosk.scene import Reader, Scene, at_work

VISITS = 16
"""Each sixteen see the same pages in the same manners, so that after the first of them all caches are full."""
MANNERS = (
    Preferences(),
    Preferences(language="en"),
    Preferences(elder=True),
    Preferences(high_contrast=True),
)


class CardReader(Reader):
    """Its card says when it was issued."""

    @contextmanager
    def session(self, insertion):
        with super().session(insertion) as card:
            card.read_basic = lambda: SimpleNamespace(card_number="999999001", issued=None, valid_until=None)
            yield card


class Lobby:
    """An attendant at work, the window that shows what it asks, and citizens who touch it."""

    def __init__(self, scene: Scene, eyes) -> None:
        from screens.gallery.pages import shots

        self.scene, self.eyes = scene, eyes
        self.insertion = 0
        self.pages = {manner: list(shots(manner)) for manner in MANNERS}

    def visit(self) -> None:
        """Have one citizen see what is on the card, in the next manner, and two pages of other services."""
        self.insertion += 1
        self.scene.insert(self.insertion)
        manner, served = MANNERS[self.insertion % len(MANNERS)], False
        pages = self.pages[manner]
        first = self.insertion % VISITS * len(pages) // VISITS
        for page in pages[first : first + 2]:
            self.eyes.show(page.question, manner)
        while True:
            question = self.scene.see(dialogue.Question)
            self.eyes.show(question, self.scene.manner)
            match question:
                case dialogue.Choose():
                    self.answer(question, dialogue.CitizenFinished() if served else "card-information")
                    served = True
                case dialogue.IntroduceService() | dialogue.ShowTable() | dialogue.Finished():
                    self.answer(question, None)
                case dialogue.TakeCard():
                    self.scene.pull()
                    self.eyes.show(self.scene.see(dialogue.Idle))
                    return

    def answer(self, question, value) -> None:
        self.scene.attendant.answer(question, value)


def held(eyes) -> Counter:
    for _ in range(4):  # what a destructor lets go is found by the next pass, and freed in the frame after it
        gc.collect()
        eyes.look()
    gc.collect()
    return Counter(type(each).__name__ for each in gc.get_objects())


@pytest.fixture
def lobby(eyes, tmp_path):
    with at_work(tmp_path, reader=CardReader()) as scene:
        yield Lobby(scene, eyes)


# Counting holds tuples that the attendant's thread is still making, which Python then cannot finish (1 run of 3).
@pytest.mark.slow
def test_visits_leave_nothing_behind(lobby):
    counts = []
    for _ in range(3):
        for _ in range(VISITS):
            lobby.visit()
        counts.append(held(lobby.eyes))
    warm, once, twice = counts
    grown = {
        name: more
        for name, more in (twice - once).items()
        if more >= VISITS and (once - warm)[name] >= VISITS
    }
    assert grown == {}, "objects of these types stay, one a visit or more"
