"""A card proves to the centre that it is genuine before anybody is greeted; one that cannot is refused."""

from types import SimpleNamespace

import pytest

from kiosk.attendant import citizen_visit
from kiosk.dialogue import questions as dialogue
from kiosk.dialogue.words import _
from kiosk.menu.availability import NOT_CHECKED
from kiosk.services.service import services
from kiosk.visit.asking import ask
from kiosk.visit.visit import PinVerified
from sync.client import CentralRefusedError, CentralUnreachableError
from sync.protocol.cards import REPORT_LOSS, LossReport
from sync.store.alarms import alarms
from tests.deadline import DEADLINE_SECONDS
from tests.kiosk.scene import LIMITED, PROVEN, UNPROVEN
from tests.people import WANG

WRONG = CentralRefusedError("proof-wrong", "no")
EXPIRED = CentralRefusedError("proof-expired", "no")
PAGE = "这张卡没有通过核验，请到窗口办理"
PERSONAL = {"print-annual-record", "print-pension-receipt", "print-transfer-voucher", "who-read-my-record"}


def refused(scene) -> dialogue.RefuseCard:
    scene.insert()
    return scene.see(dialogue.RefuseCard)


def raised(scene) -> list[dict]:
    return [{key: alarm[key] for key in alarm if key != "at"} for alarm in alarms(scene.store)]


@pytest.mark.parametrize(("judgement", "reason"), [(WRONG, "wrong-answer"), (UNPROVEN, "unproven")])
def test_a_card_that_does_not_prove_itself_is_refused_before_anybody_is_greeted(scene, judgement, reason):
    scene.client.judgements = [judgement]
    page = refused(scene)
    assert page.title == PAGE and "没有被收走" in page.text
    assert scene.recorded() == ["visit.started", "card.not_proven", "visit.card_refused"]
    assert raised(scene) == [{"event": "card.not_proven", "reason": reason}]
    [sent] = scene.store.rows("SELECT partition FROM outbox WHERE type = 'card.not_proven'")
    assert sent["partition"] == scene.partition
    scene.pull()
    scene.see(dialogue.Idle)


def test_an_answer_that_contacts_garbled_is_asked_for_once_more(scene):
    scene.client.judgements = [WRONG, PROVEN]
    scene.menu()
    assert len(scene.client.proved) == len(scene.client.begun) == 2
    assert raised(scene) == []


def test_a_wrong_answer_has_no_third_try(scene):
    scene.client.judgements = [WRONG]
    refused(scene)
    assert len(scene.client.proved) == 2


def test_a_card_that_cannot_be_checked_does_what_the_region_lets_it(scene):
    scene.client.judgements = [LIMITED]
    page = scene.group("certificates")
    limited = {each.key for each in page.options if each.unavailable_reason == NOT_CHECKED}
    offered = {each.key for each in page.options}
    assert limited == PERSONAL & offered and limited
    assert {name for name, service in services().items() if service.genuine_card} == PERSONAL


def test_without_the_centre_the_visit_goes_on_and_nothing_is_proven(scene):
    scene.line.note(False)
    scene.see(dialogue.Idle)
    scene.menu()
    assert scene.client.begun == []


def test_a_centre_that_is_back_while_the_menu_is_shown_proves_the_card_at_the_next_menu(scene, monkeypatch):
    scene.line.note(False)
    scene.see(dialogue.Idle)
    scene.client.judgements = [WRONG]
    scene.menu()
    scene.line.note(True)
    menu = scene.see(dialogue.Choose)
    monkeypatch.setattr(
        citizen_visit, "services", lambda: {"card-information": SimpleNamespace(start=nothing)}
    )
    scene.choose("card-information", menu)
    assert scene.see(dialogue.RefuseCard).title == PAGE


def nothing(_visit):
    yield from ()


def test_a_centre_that_does_not_answer_in_a_moment_holds_nobody_and_is_not_asked_twice(scene):
    scene.client.may_judge.clear()
    scene.menu()
    scene.client.may_judge.set()
    assert len(scene.client.begun) == len(scene.client.proved) == 1


def act(visit):
    visit.happened(PinVerified())
    request = LossReport(request_id="1", region="610200", id_number=WANG.id_number, kind="oral")
    yield from ask(visit, REPORT_LOSS, request)
    return dialogue.Finished(title=_("查询完毕"))


class Expiring:
    """Answers an act only after the card has proved itself so many times."""

    def __init__(self, client, proofs: int) -> None:
        self.client, self.proofs, self.acts, self._call = client, proofs, [], client.call

    def call(self, call, request):
        if call is not REPORT_LOSS:
            return self._call(call, request)
        self.acts.append(request)
        if len(self.client.proved) < self.proofs:
            raise EXPIRED
        return self.client.answer


def chosen(scene, monkeypatch, proofs: int) -> Expiring:
    expiring = Expiring(scene.client, proofs)
    monkeypatch.setattr(scene.client, "call", expiring.call)
    monkeypatch.setattr(citizen_visit, "services", lambda: {"card-information": SimpleNamespace(start=act)})
    scene.choose("card-information")
    return expiring


def test_a_visit_that_outlasts_the_proof_proves_the_card_again_and_does_it_once(scene, monkeypatch):
    expiring = chosen(scene, monkeypatch, proofs=2)
    assert scene.see(dialogue.Finished).title == "查询完毕"
    assert len({request.request_id for request in expiring.acts}) == 1 and len(expiring.acts) == 2
    assert len({request.visit_id for request in scene.client.begun}) == 1


def test_what_is_refused_after_the_second_proof_is_told(scene, monkeypatch):
    expiring = chosen(scene, monkeypatch, proofs=9)
    assert "没有办理" in scene.see(dialogue.Notice).text
    assert len(expiring.acts) == 2


def test_a_card_that_fails_in_the_middle_of_a_service_ends_the_visit(scene, monkeypatch):
    scene.client.judgements = [PROVEN, WRONG]
    chosen(scene, monkeypatch, proofs=9)
    assert scene.see(dialogue.RefuseCard).title == PAGE
    assert scene.recorded()[-3:] == ["service.ended", "card.not_proven", "visit.card_refused"]
    scene.pull()
    scene.see(dialogue.Idle)


def test_a_card_that_is_pulled_meanwhile_is_nobodys_counterfeit(scene, monkeypatch):
    scene.client.may_judge.clear()
    scene.insert()
    page = scene.see(dialogue.AwaitReply)
    scene.pull()
    scene.see(dialogue.Idle)
    scene.client.may_judge.set()
    assert page.reply is not None
    assert "card.not_proven" not in scene.recorded()


def test_what_the_centre_cannot_say_is_no_verdict(scene):
    scene.client.judgements = [CentralUnreachableError("away")]
    scene.menu()
    assert raised(scene) == []
    assert scene.client.proved[0].answer == "00" * 8 and DEADLINE_SECONDS
