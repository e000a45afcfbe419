"""While the centre is asked, nobody is held; and what it may have done is told so, and asked for under the same id."""

from concurrent.futures import Future
from dataclasses import replace
from types import SimpleNamespace

import msgspec
import pytest
from structlog.testing import capture_logs
from uuid_utils import uuid7

from kiosk.attendant import citizen_visit
from kiosk.dialogue import questions as dialogue
from kiosk.dialogue.questions import (
    AwaitReply,
    CitizenFinished,
    Finished,
    WentBack,
    WentHome,
    WindowFailed,
)
from kiosk.dialogue.words import _
from kiosk.visit import open_requests
from kiosk.visit.asking import ask
from kiosk.visit.person import Credential
from kiosk.visit.proofs import UnprovenError
from kiosk.visit.visit import PinVerified, VisitState
from sync.client import AnswerLostError, CentralFailedError, CentralRefusedError, CentralUnreachableError
from sync.protocol.applications import APPLICATION_STATE, ApplicationQuery
from sync.protocol.cards import CARD_STATE, REPORT_LOSS, CardStateRequest, LossReport
from sync.protocol.certificates import ISSUE_CERTIFICATE
from sync.store.personal import PersonalRecords
from tests.deadline import DEADLINE_SECONDS
from tests.kiosk.talking import result
from tests.people import LI, WANG

PERHAPS = "可能已经办成"
NOT_DONE = "没有办理"
ANSWER = object()
REFUSED = CentralRefusedError("card-unknown", "no")


def loss(person=WANG, kind="oral"):
    return LossReport(request_id=str(uuid7()), region="610200", id_number=person.id_number, kind=kind)


def act(visit):
    visit.happened(PinVerified())
    yield from ask(visit, REPORT_LOSS, loss())
    return Finished(title=_("查询完毕"))


def query(visit):
    visit.happened(PinVerified())
    yield from ask(visit, APPLICATION_STATE, ApplicationQuery(number="1", id_number=WANG.id_number))
    return Finished(title=_("查询完毕"))


def begin(scene, monkeypatch, run):
    """Choose a service that asks the centre, which does not answer; return the page that waits."""
    service = SimpleNamespace(start=run)
    monkeypatch.setattr(citizen_visit, "services", lambda: {"card-information": service})
    scene.choose("card-information")
    page = scene.see(AwaitReply)
    scene.first = scene.client.asked.get(timeout=DEADLINE_SECONDS)
    return page


def words(page):
    return f"{page.title}\n{page.text}"


LEAVING = {
    "back": (lambda scene, page: scene.attendant.answer(page, WentBack()), dialogue.Notice),
    "home": (lambda scene, page: scene.attendant.answer(page, WentHome()), dialogue.Notice),
    "finish": (lambda scene, page: scene.attendant.answer(page, CitizenFinished()), dialogue.TakeCard),
    "card pulled": (lambda scene, _page: scene.pull(), dialogue.Notice),
    "reader gone": (lambda scene, _page: scene.lose_reader(), dialogue.Notice),
}


@pytest.mark.parametrize("way", LEAVING)
def test_who_does_not_wait_for_an_act_is_told_at_once_that_it_is_perhaps_done(scene, monkeypatch, way):
    leave, next_page = LEAVING[way]
    page = begin(scene, monkeypatch, act)
    leave(scene, page)
    told = words(scene.see(next_page))
    assert not scene.client.may_answer.is_set(), "the centre has not answered yet"
    assert PERHAPS in told and NOT_DONE not in told


def test_a_window_that_fails_meanwhile_is_no_reason_to_call_it_not_done(scene, monkeypatch):
    page = begin(scene, monkeypatch, act)
    with capture_logs():
        scene.attendant.answer(page, WindowFailed())
        told = words(scene.see(dialogue.OutOfService))
    assert PERHAPS in told and "没有办完" not in told


@pytest.mark.parametrize("way", ["back", "home"])
def test_who_does_not_wait_for_a_query_is_at_the_menu_again(scene, monkeypatch, way):
    page = begin(scene, monkeypatch, query)
    LEAVING[way][0](scene, page)
    scene.see(dialogue.Choose)
    assert not scene.client.may_answer.is_set()
    assert scene.recorded()[-1] == "service.ended"


def test_a_kiosk_that_is_stopped_does_not_wait_for_the_centre(scene, monkeypatch):
    begin(scene, monkeypatch, act)
    scene.attendant.stop()
    scene.thread.join(DEADLINE_SECONDS)
    assert not scene.thread.is_alive() and not scene.client.may_answer.is_set()


def test_an_answer_that_comes_in_time_is_what_the_service_goes_on_with(scene, monkeypatch):
    begin(scene, monkeypatch, act)
    scene.client.may_answer.set()
    assert scene.see(Finished).title == "查询完毕"


def test_asked_again_it_is_the_same_request_and_once_answered_a_new_one(scene, monkeypatch):
    page = begin(scene, monkeypatch, act)
    scene.attendant.answer(page, WentBack())
    scene.answer(dialogue.Notice, None)
    scene.client.may_answer.set()
    asked = [scene.first.request_id]
    for _again in range(2):
        scene.choose("card-information", scene.see(dialogue.Home))
        scene.answer(Finished, None)
        asked.append(scene.client.asked.get(timeout=DEADLINE_SECONDS).request_id)
    first, second, third = asked
    assert first == second != third


def test_it_is_the_same_request_in_the_next_visit_too(scene, monkeypatch):
    ids = []
    for _visit in range(2):
        begin(scene, monkeypatch, act)
        ids.append(scene.first.request_id)
        scene.pull()
        scene.see(dialogue.Idle)
    assert len(set(ids)) == 1


def test_an_answer_that_is_late_changes_no_page_and_is_no_surprise(scene, monkeypatch):
    page = begin(scene, monkeypatch, act)
    scene.attendant.answer(page, WentBack())
    notice = scene.see(dialogue.Notice)
    scene.client.may_answer.set()
    page.reply.result(timeout=DEADLINE_SECONDS)
    scene.attendant.answer(notice, None)
    scene.see(dialogue.Choose)


def test_a_page_that_waits_is_shown_in_other_words_and_still_waits(scene, monkeypatch):
    page = begin(scene, monkeypatch, act)
    scene.attendant.prefer(replace(scene.manner, language="en"))
    assert scene.see(AwaitReply) is page
    scene.client.may_answer.set()
    scene.see(Finished)


@pytest.mark.parametrize(
    ("outcome", "reachable"),
    [
        (None, True),
        (REFUSED, True),
        (CentralFailedError("500"), True),
        (CentralUnreachableError("nobody"), False),
        (AnswerLostError("half"), False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_reply_tells_whether_the_centre_can_be_reached(scene, monkeypatch, outcome, reachable):
    page = begin(scene, monkeypatch, query)
    scene.client.answer = outcome
    scene.client.may_answer.set()
    page.reply.exception(timeout=DEADLINE_SECONDS)
    assert scene.line.is_reachable is reachable


# What is kept of a request, without a session.


class Client:
    """A centre that gives these answers in turn."""

    def __init__(self, *answers):
        self.answers, self.ids = list(answers), []

    def start(self, _call, request):
        self.ids.append(request.request_id)
        reply, answer = Future(), self.answers.pop(0)
        if isinstance(answer, Exception):
            reply.set_exception(answer)
        elif answer is not None:
            reply.set_result(answer)
        return reply


@pytest.fixture
def visit(tmp_path):
    return SimpleNamespace(
        visit_id="v1",
        partition="p1",
        personal=PersonalRecords(tmp_path, bytes(32)),
        state=lambda: VisitState(shown=frozenset({Credential.CARD}), pin_verified=True),
    )


@pytest.mark.parametrize(
    ("outcome", "is_open"),
    [
        (ANSWER, False),
        (REFUSED, False),
        (CentralUnreachableError("nobody"), False),
        (AnswerLostError("half"), True),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_request_stays_open_only_while_nobody_knows_what_became_of_it(visit, outcome, is_open):
    visit.centre = Client(outcome, ANSWER)
    if outcome is ANSWER:
        result(ask(visit, REPORT_LOSS, loss()))
    else:
        with pytest.raises(type(outcome)):
            result(ask(visit, REPORT_LOSS, loss()))
    result(ask(visit, REPORT_LOSS, loss()))
    first, second = visit.centre.ids
    assert (first == second) is is_open


def test_the_id_is_on_disk_before_anything_is_sent(visit):
    request, seen = loss(), []
    visit.centre = SimpleNamespace(start=lambda *_: seen.append(open_requests._all(visit)) or done())
    result(ask(visit, REPORT_LOSS, request))
    assert [list(each.values()) for each in seen] == [[request.request_id]]
    assert open_requests._all(visit) == {}


def done():
    reply = Future()
    reply.set_result(ANSWER)
    return reply


@pytest.mark.parametrize("other", [loss(LI), loss(kind="formal")])
def test_what_is_asked_for_otherwise_is_another_request(visit, other):
    visit.centre = Client(AnswerLostError("half"), ANSWER)
    with pytest.raises(AnswerLostError):
        result(ask(visit, REPORT_LOSS, loss()))
    result(ask(visit, REPORT_LOSS, other))
    assert len(set(visit.centre.ids)) == 2


def test_several_may_be_open_and_the_oldest_of_too_many_is_let_go(visit):
    people = [f"9999991975031700{number:02}" for number in range(open_requests.MOST + 1)]
    requests = [msgspec.structs.replace(loss(), id_number=person) for person in people]
    for request in requests:
        open_requests.remember(visit, REPORT_LOSS, request)
    again = [msgspec.structs.replace(each, request_id="new") for each in requests]
    found = [open_requests.with_open_id(visit, REPORT_LOSS, each).request_id for each in again]
    same = [request.request_id == id_ for request, id_ in zip(requests, found, strict=True)]
    assert same == [False, *[True] * open_requests.MOST]


def test_a_worker_that_hangs_is_an_answer_that_was_lost(visit):
    visit.centre = SimpleNamespace(start=lambda *_: Future())
    conversation = ask(visit, REPORT_LOSS, loss())
    assert isinstance(next(conversation), AwaitReply)
    with pytest.raises(AnswerLostError):
        next(conversation)


def test_what_needs_the_pin_is_not_asked_without_it(visit):
    visit.centre, visit.state = Client(), VisitState
    with pytest.raises(UnprovenError):
        result(ask(visit, ISSUE_CERTIFICATE, SimpleNamespace(request_id="r")))
    assert visit.centre.ids == []


def test_nothing_personal_is_kept_beside_the_ids(visit):
    open_requests.remember(visit, REPORT_LOSS, loss())
    assert WANG.id_number not in str(open_requests._all(visit))


def test_a_state_query_needs_no_request_id(visit):
    visit.centre = SimpleNamespace(start=lambda *_: done())
    request = CardStateRequest(region="610200", card_identity="0" * 32)
    assert result(ask(visit, CARD_STATE, request)) is ANSWER


def test_what_is_asked_in_a_visit_says_in_which(visit):
    sent = []
    visit.centre = SimpleNamespace(start=lambda _call, request: sent.append(request) or done())
    for request in (loss(), CardStateRequest(region="610200", card_identity="0" * 32)):
        result(ask(visit, REPORT_LOSS if isinstance(request, LossReport) else CARD_STATE, request))
    assert [request.visit_id for request in sent] == ["v1", "v1"]


def test_a_request_is_open_also_in_the_next_visit(visit):
    visit.centre = Client(AnswerLostError("half"), ANSWER)
    with pytest.raises(AnswerLostError):
        result(ask(visit, REPORT_LOSS, loss()))
    visit.visit_id = "v2"
    result(ask(visit, REPORT_LOSS, loss()))
    assert len(set(visit.centre.ids)) == 1
