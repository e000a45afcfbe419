"""A certificate that was issued before can be printed again without the centre, for a day."""

import time
from types import SimpleNamespace

import pytest

from kiosk.attendant.error_notices import notice_of
from kiosk.paper.issuing import KEPT, KEPT_SECONDS, _request
from kiosk.paper.issuing import _issue as issuing
from kiosk.visit.centre import Centre
from kiosk.visit.person import Credential
from kiosk.visit.visit import VisitState
from sync.client import AnswerLostError, CentralFailedError, CentralUnreachableError
from sync.store.personal import PersonalRecords
from tests.kiosk.paper.documents import KEYS, answered, example
from tests.kiosk.talking import result
from tests.people import WANG

REQUEST = {"request_id": "r1", "kind": "participation", "months": 12}


class Line:
    """The centre, until the line breaks."""

    def __init__(self) -> None:
        self.broken, self.deaf, self.asked = False, False, []

    def call(self, _call, request):
        self.asked.append(request.request_id)
        if self.deaf:
            raise AnswerLostError("half an answer")
        if self.broken:
            raise CentralUnreachableError("away")
        return answered(example("participation"))


def _issue(visit, request):
    return result(issuing(visit, request, again=False))


@pytest.fixture
def visit(tmp_path):
    line = Line()
    return SimpleNamespace(
        visit_id="v1",
        region="610200",
        partition="a1b2c3",
        card=SimpleNamespace(identity="61" * 16),
        holder=SimpleNamespace(id_number=WANG.id_number, name=example("participation").holder_name),
        line=line,
        centre=Centre(line),
        state=lambda: VisitState(shown=frozenset({Credential.CARD}), pin_verified=True),
        record=lambda *_, **__: None,
        centre_keys=lambda: tuple(KEYS.values()),
        personal=PersonalRecords(tmp_path, bytes(32)),
    )


def test_the_same_request_brings_the_kept_certificate_when_the_centre_is_away(visit):
    issued = _issue(visit, REQUEST)
    visit.line.broken = True
    assert _issue(visit, REQUEST) == issued


def test_another_request_needs_the_centre(visit):
    _issue(visit, REQUEST)
    visit.line.broken = True
    with pytest.raises(CentralUnreachableError):
        _issue(visit, REQUEST | {"request_id": "r2"})


def test_another_card_gets_nothing_of_it(visit):
    _issue(visit, REQUEST)
    visit.line.broken = True
    visit.partition = "another"
    with pytest.raises(CentralUnreachableError):
        _issue(visit, REQUEST)


def test_it_is_kept_for_a_day(visit, tmp_path):
    _issue(visit, REQUEST)
    late = PersonalRecords(tmp_path, bytes(32), clock=lambda: time.time() + KEPT_SECONDS + 1)
    assert late.get(KEPT, visit.partition) is None


WANTED = {"kind": "participation", "months": 12}


def test_what_was_perhaps_issued_is_asked_for_again_by_the_same_number_until_it_is_heard(visit):
    visit.line.deaf = True
    for _ in range(2):
        with pytest.raises(AnswerLostError):
            _issue(visit, _request(visit, WANTED))
    visit.line.deaf = False
    _issue(visit, _request(visit, WANTED))
    _issue(visit, _request(visit, WANTED))
    first, second, third, new = visit.line.asked
    assert first == second == third
    assert new != first, "what was heard is done"


def test_something_else_is_another_request(visit):
    visit.line.deaf = True
    for wanted in (WANTED, WANTED | {"months": 24}):
        with pytest.raises(AnswerLostError):
            _issue(visit, _request(visit, wanted))
    assert len(set(visit.line.asked)) == 2


@pytest.mark.parametrize("trouble", [AnswerLostError("cut"), CentralFailedError("500")])
def test_a_lost_answer_is_told_as_perhaps_done(trouble):
    said = str(notice_of(trouble))
    assert "可能已经办成" in said
    assert "没有办理" not in said


def test_a_request_that_never_left_is_told_as_not_done():
    said = str(notice_of(CentralUnreachableError("nobody there")))
    assert "没有办理" in said
    assert "可能" not in said
