"""The centre issues a certificate and its answer is held up: whoever leaves is let go at once, and nothing is lost."""

from urllib.parse import urlsplit

import pytest

from central.store import tables as models
from tests.people import PINS
from tests.visit.held_centre import HeldCentre
from tests.visit.windowless import Plan

SERVICE = "print-pension-receipt"
CITIZEN = "li-xiuying"
NEXT = {"back": "Notice", "finish": "TakeCard", "pull": "Notice"}


@pytest.fixture
def held(branch):
    """A branch whose centre does what it is asked for, and whose answers do not come."""
    place = urlsplit(branch.centre.url)
    with HeldCentre((place.hostname, place.port), "/v1/certificates") as held:
        branch.held = held
        branch.bring(CITIZEN)
        yield held


def plan(leaves=""):
    return Plan(SERVICE, known=(PINS[CITIZEN],), leaves=leaves)


def certificates(branch):
    return branch.centre.count(models.certificates)


@pytest.mark.parametrize("way", ["back", "finish", "pull", "stop"])
def test_who_leaves_is_let_go_before_the_answer_is_there_and_gets_the_same_certificate_later(
    branch, held, way
):
    shown = branch.visit(plan(leaves=way))
    assert held.is_holding, "the end of the wait came before the answer"
    if way in NEXT:
        told = next(page for page in shown[at(shown, "AwaitReply") :] if page.kind == NEXT[way])
        assert "可能已经办成" in told.words and "没有办理" not in told.words
    assert certificates(branch) == 1

    held.release()
    branch.put_back()
    shown = branch.visit(plan())
    assert "证明已打印" in shown[at(shown, "Finished")].words
    assert certificates(branch) == 1, "asked again, it is the same one"


def at(shown, kind):
    """Return the place of the last page of a kind."""
    return max(place for place, page in enumerate(shown) if page.kind == kind)
