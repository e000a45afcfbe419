"""ID card and card in one visit: each begins or raises it, of one person only, and each is taken back."""

import json
from dataclasses import replace
from datetime import date

import pytest
from msgspec import structs

from hardware.card.errors import AuthenticationRequiredError, CardUnresponsiveError, ContentKind
from hardware.card.social_security import PinStatus
from hardware.face.matcher import Likeness, NobodyError
from hardware.face.service import FaceMatcherStatus
from hardware.id_card.errors import IdCardContentError, ReaderSilentError, UnreadableIdCardError
from hardware.once import GoneError
from hardware.scanner.token import TokenGoneError
from hardware.status import DeviceState, MediaState
from kiosk.attendant.events import IdCardLaid
from kiosk.attendant.timeouts import Timeouts
from kiosk.dialogue import questions as dialogue
from kiosk.dialogue.questions import BEGIN, CitizenFinished, Finished, WentBack
from kiosk.dialogue.words import _
from kiosk.services import service as declarations
from kiosk.services.service import Gets, Offline, Proof
from kiosk.visit.asking import ask as asking
from kiosk.visit.person import Credential
from kiosk.visit.visit import VisitState
from sync.client import CentralRefusedError, CentralUnreachableError
from sync.protocol.call import Proof as CentralProof
from sync.protocol.cards import REPORT_LOSS, LossReport
from tests.deadline import DEADLINE_SECONDS
from tests.kiosk.scene import ELDER, HOLDER, LI_ID_CARD, WANG_ID_CARD, at_work, e_card

GREETED = "王*国，您好"
ID_CARD = frozenset({Credential.ID_CARD})
EITHER = frozenset({Credential.CARD, Credential.ID_CARD})


def begin(scene, touched=BEGIN):
    scene.attendant.answer(scene.attendant._window.shown, touched)
    if touched != BEGIN:
        scene.answer(dialogue.IntroduceService, None)


def offer(monkeypatch, run, accepts=ID_CARD):
    """Have another service under the name of one on the menu."""
    all_services = declarations.services()
    declared = replace(
        all_services["card-information"],
        run=run,
        accepts=accepts,
        proof=Proof.NOTHING,
        offline=Offline.SERVE,
        gets=Gets.ANSWER,
    )
    for user in ("kiosk.attendant.citizen_visit.services", "kiosk.menu.availability.services"):
        monkeypatch.setattr(user, lambda: {**all_services, "card-information": declared})


def tell_who(visit):
    yield dialogue.Confirm(title=f"{visit.person}", text="", yes="", no="")
    yield dialogue.Confirm(title=f"{visit.person}", text="", yes="", no="")
    return Finished(title=_("查询完毕"))


def details(scene, event):
    return [json.loads(data) for data in scene.data(event)]


def test_only_who_put_a_card_in_is_told_to_take_it_in_the_end(scene):
    begin(scene)
    scene.see(dialogue.Choose)
    assert not scene.attendant.holds_card
    scene.lay()
    home = scene.see(dialogue.Choose)
    assert not scene.attendant.holds_card
    scene.attendant.answer(home, CitizenFinished())
    page = scene.see(dialogue.TakeCard)
    assert "卡" not in page.text and "身份证" in page.title
    scene.lift()
    scene.see(dialogue.Idle)
    scene.menu()
    assert scene.attendant.holds_card


def left_nothing(scene):
    """Whether nothing is left of anybody."""
    visit = scene.attendant._visit
    return visit.state == VisitState() and visit._reception is None


# What a visit begins with.


def test_an_id_card_that_is_laid_down_begins_a_visit_that_greets_by_name(scene):
    scene.lay()
    assert scene.see(dialogue.Choose).title == GREETED
    assert details(scene, "visit.started") == [{"credential": "id-card"}]


def test_an_id_card_that_is_told_of_late_is_not_read_again(scene):
    scene.lay()
    home = scene.see(dialogue.Choose)
    scene.id_reader.card = UnreadableIdCardError("it was read before")
    scene.attendant._events.put(IdCardLaid(scene.id_reader.status.placement))
    scene.attendant.answer(home, CitizenFinished())
    scene.see(dialogue.TakeCard)
    assert "visit.card_refused" not in scene.recorded()


def test_an_id_card_in_a_visit_of_nobody_greets_by_name(scene):
    begin(scene)
    assert scene.see(dialogue.Choose).title == "您好"
    scene.lay()
    assert scene.see(dialogue.Choose).title == GREETED
    assert details(scene, "visit.raised") == [{"credential": "id-card"}]


def test_a_card_in_a_visit_of_nobody_greets_its_holder_in_the_same_visit(scene):
    begin(scene)
    scene.see(dialogue.Choose)
    scene.insert()
    assert scene.see(dialogue.Choose).title == GREETED
    assert scene.recorded() == ["visit.started", "visit.raised"]


def test_elders_are_offered_their_mode_once_whenever_they_are_known(scene):
    begin(scene)
    scene.see(dialogue.Choose)
    scene.lay(LI_ID_CARD)
    scene.attendant.answer(scene.see(dialogue.Confirm), False)
    menu = scene.see(dialogue.Choose)
    scene.reader.holder = ELDER
    scene.insert()
    assert scene.see(dialogue.Choose).title == menu.title == "李*英，您好"


@pytest.mark.parametrize("begun", [True, False], ids=["in a visit", "between visits"])
def test_an_electronic_card_that_is_shown_greets_by_name_and_its_code_is_gone(scene, begun):
    if begun:
        begin(scene)
        scene.see(dialogue.Choose)
    token = scene.scan()
    assert scene.see(dialogue.Choose).title == GREETED
    with pytest.raises(TokenGoneError):
        token.take()
    assert scene.attendant._visit.state.shown == {Credential.E_CARD}


def test_all_three_of_one_person_are_taken_in_one_visit(scene):
    scene.scan()
    scene.see(dialogue.Choose)
    scene.lay()
    scene.see(dialogue.Choose)
    scene.insert()
    scene.see(dialogue.Choose)
    assert details(scene, "visit.raised") == [{"credential": "id-card"}, {"credential": "card"}]
    assert scene.recorded().count("visit.started") == 1


def ask_for_certificate(scene):
    """Choose what prints a certificate, and return the page that asks who it is."""
    scene.printer.settle = lambda _seconds: scene.printer.status
    begin(scene, "print-participation-certificate")
    return scene.see(dialogue.PresentCredential)


@pytest.mark.parametrize(
    ("camera", "ways"), [(True, ["card", "id-card", "e-card"]), (False, ["card", "e-card"])]
)
def test_a_certificate_takes_an_id_card_only_where_faces_can_be_compared(tmp_path, camera, ways):
    with at_work(tmp_path, camera=camera) as scene:
        assert [way.key for way in ask_for_certificate(scene).accepted] == ways


@pytest.mark.parametrize(
    ("state", "enough"),
    [(DeviceState.ONLINE, True), (DeviceState.STARTING, True), (DeviceState.NO_DEVICE, False)],
)
def test_an_id_card_is_taken_and_named_only_while_the_camera_can_be_used(scene, state, enough):
    scene.faces.status = FaceMatcherStatus(state)
    scene.printer.settle = lambda _seconds: scene.printer.status
    scene.lay()
    scene.attendant.answer(scene.see(dialogue.Home), "print-participation-certificate")
    page = scene.see(dialogue.IntroduceService)
    assert ("居民身份证" in f"{page.facts}") is enough
    scene.attendant.answer(page, None)
    asked = scene.see(dialogue.Confirm if enough else dialogue.PresentCredential)
    assert enough or [way.key for way in asked.accepted] == ["card", "e-card"]


@pytest.mark.parametrize("camera", [True, False])
def test_what_a_certificate_needs_names_an_id_card_only_where_it_is_enough(tmp_path, camera):
    with at_work(tmp_path, camera=camera) as scene:
        scene.attendant.answer(scene.attendant._window.shown, "print-participation-certificate")
        assert ("居民身份证" in f"{scene.see(dialogue.IntroduceService).facts}") is camera


def test_with_an_id_card_the_face_proves_who_is_here(scene):
    ask_for_certificate(scene)
    scene.faces.seen = [Likeness(0.93, live=True)]
    scene.lay()
    scene.answer(dialogue.Confirm, True)
    assert scene.see(dialogue.Choose).title == "请选择打印几个月"
    assert scene.attendant._visit.state.face_matched


def test_a_face_that_is_not_theirs_may_be_tried_with_the_card_laid_down_once_more(scene):
    ask_for_certificate(scene)
    scene.faces.seen = [NobodyError(), Likeness(0.3, live=True), Likeness(0.93, live=True)]
    scene.lay()
    scene.answer(dialogue.Confirm, True)
    scene.answer(dialogue.Notice, None)
    scene.answer(dialogue.Confirm, True)
    failed = scene.see(dialogue.Notice)
    assert "还可以试 2 次" in failed.text
    scene.attendant.answer(failed, None)
    scene.answer(dialogue.Confirm, True)
    assert [way.key for way in scene.see(dialogue.PresentCredential).accepted] == ["id-card"]
    scene.lift()
    scene.lay()
    scene.see(dialogue.Choose)
    assert scene.attendant._visit.state.face_matched


def test_a_face_that_failed_too_often_today_prints_nothing(scene):
    scene.client.face_tries = 0
    ask_for_certificate(scene)
    scene.lay()
    assert scene.see(dialogue.Notice).title == "今天不能再比对人脸"


def test_a_photo_that_nobody_compared_is_gone_with_the_visit(scene):
    scene.lay()
    scene.attendant.answer(scene.see(dialogue.Choose), CitizenFinished())
    scene.lift()
    scene.see(dialogue.Idle)
    with pytest.raises(GoneError):
        scene.id_reader.photo.take()


def test_an_electronic_card_is_enough_for_a_certificate(scene):
    ask_for_certificate(scene)
    scene.scan()
    assert scene.see(dialogue.Choose).title == "请选择打印几个月", "an electronic card needs no PIN"


# What a service asks for.


def test_a_service_asks_once_for_what_it_accepts_and_goes_on_with_it(scene, monkeypatch):
    offer(monkeypatch, tell_who, EITHER)
    begin(scene, "card-information")
    asked = scene.see(dialogue.PresentCredential)
    assert [way.key for way in asked.accepted] == ["card", "id-card"]
    scene.lay()
    page = scene.see(dialogue.Confirm)
    assert "王*国" in page.title
    scene.attendant.answer(page, WentBack())
    scene.choose("card-information", scene.see(dialogue.Home))
    assert "王*国" in scene.see(dialogue.Confirm).title, "it is not asked again"


def test_what_is_not_accepted_raises_the_visit_and_the_page_stays(scene, monkeypatch):
    offer(monkeypatch, tell_who, ID_CARD)
    begin(scene, "card-information")
    scene.see(dialogue.PresentCredential)
    scene.insert()
    scene.see(dialogue.PresentCredential)
    assert scene.attendant._visit.state.shown == {Credential.CARD}
    scene.lay()
    scene.see(dialogue.Confirm)


def test_what_this_machine_has_not_is_told_on_the_page(scene, monkeypatch):
    offer(monkeypatch, tell_who, EITHER)
    scene.id_reader.status = replace(scene.id_reader.status, device=DeviceState.OFFLINE)
    begin(scene, "card-information")
    ways = {way.key: way.unavailable_reason for way in scene.see(dialogue.PresentCredential).accepted}
    assert ways == {"card": "", "id-card": "身份证读卡器暂停使用，请到窗口办理"}


def test_a_service_that_nothing_can_be_shown_for_says_so_before_any_question(scene, monkeypatch):
    offer(monkeypatch, tell_who, ID_CARD)
    scene.id_reader.status = replace(scene.id_reader.status, device=DeviceState.OFFLINE)
    begin(scene, "card-information")
    assert scene.see(dialogue.Notice).text == "身份证读卡器暂停使用，请到窗口办理"


def test_a_credential_that_is_shown_while_a_service_asks_leaves_its_question_as_it_was(scene, monkeypatch):
    offer(monkeypatch, tell_who, EITHER)
    begin(scene, "card-information")
    scene.see(dialogue.PresentCredential)
    scene.insert()
    page = scene.see(dialogue.Confirm)
    scene.lay()
    assert scene.see(dialogue.Confirm) is page
    assert scene.attendant._visit.state.shown == EITHER


# Two people.


def test_an_electronic_card_of_another_person_ends_the_visit(scene):
    scene.client.e_card = e_card(ELDER)
    scene.menu()
    scene.scan()
    assert scene.see(dialogue.Notice).title == "这是另一个人的证件，请先结束上一位的办理"
    scene.pull()
    scene.see(dialogue.Idle)
    assert left_nothing(scene)


def test_another_person_that_only_the_centre_knows_of_ends_the_visit_too(scene):
    scene.client.e_card = CentralRefusedError("other-person", "no")
    scene.menu()
    scene.scan()
    assert scene.see(dialogue.Notice).title == "这是另一个人的证件，请先结束上一位的办理"


def test_another_persons_card_that_opens_only_to_the_centre_ends_the_visit_too(scene):
    def closed():
        raise AuthenticationRequiredError("EF06")

    scene.scan()
    scene.see(dialogue.Choose)
    scene.reader.read_holder = closed
    scene.client.judgements = [CentralRefusedError("other-person", "no")]
    scene.insert()
    assert scene.see(dialogue.Notice).title == "这是另一个人的证件，请先结束上一位的办理"
    scene.pull()
    scene.see(dialogue.Idle)
    assert left_nothing(scene)


@pytest.mark.parametrize("first", ["card", "id-card"])
def test_a_credential_of_another_person_ends_the_visit_and_leaves_nothing(scene, first):
    if first == "card":
        scene.menu()
        scene.lay(LI_ID_CARD)
    else:
        scene.lay(LI_ID_CARD)
        scene.answer(dialogue.Confirm, False)
        scene.see(dialogue.Choose)
        scene.insert()
    assert scene.see(dialogue.Notice).title == "这是另一个人的证件，请先结束上一位的办理"
    scene.lift()
    assert scene.see(dialogue.TakeCard).title == "请取回您的社会保障卡"
    scene.pull()
    scene.see(dialogue.Idle)
    assert left_nothing(scene)


def test_another_person_in_a_service_ends_that_too(scene, monkeypatch):
    offer(monkeypatch, tell_who, EITHER)
    scene.lay()
    scene.choose("card-information", scene.see(dialogue.Home))
    scene.see(dialogue.Confirm)
    scene.lift()
    scene.lay(LI_ID_CARD)
    scene.see(dialogue.Notice)
    scene.lift()
    scene.see(dialogue.Idle)
    assert left_nothing(scene)
    assert scene.recorded()[-2:] == ["visit.card_refused", "visit.ended"]
    assert details(scene, "visit.card_refused") == [{"problem": "AnotherPerson"}]


# Two devices at once.


def test_the_card_ends_the_visit_when_it_is_taken_and_the_id_card_is_called_after(scene):
    scene.menu()
    scene.lay()
    scene.see(dialogue.Choose)
    scene.pull()
    assert scene.see(dialogue.TakeCard).title == "请取走您的身份证"
    scene.lift()
    scene.see(dialogue.Idle)
    assert left_nothing(scene)


def test_an_id_card_may_be_lifted_in_between_and_nobody_asks_for_it_at_the_end(scene):
    scene.lay()
    menu = scene.see(dialogue.Choose)
    scene.lift()
    scene.attendant.answer(menu, CitizenFinished())
    question, _manner = scene.shown.get(timeout=DEADLINE_SECONDS)
    assert isinstance(question, dialogue.Idle)


def test_at_the_end_both_are_asked_for_in_turn(scene):
    scene.menu()
    scene.lay()
    scene.attendant.answer(scene.see(dialogue.Choose), CitizenFinished())
    assert scene.see(dialogue.TakeCard).title == "请取回您的社会保障卡和身份证"
    scene.pull()
    assert scene.see(dialogue.TakeCard).title == "请取走您的身份证"
    scene.lift()
    scene.see(dialogue.Idle)


def test_an_id_card_whose_reader_is_gone_is_not_waited_for(scene):
    scene.lay()
    scene.attendant.answer(scene.see(dialogue.Choose), CitizenFinished())
    scene.see(dialogue.TakeCard)
    scene._id_reader_is(device=DeviceState.NO_DEVICE)
    scene.see(dialogue.Idle)


def test_an_id_card_that_stays_does_not_begin_another_visit(scene):
    scene.lay()
    scene.attendant.answer(scene.see(dialogue.Choose), CitizenFinished())
    scene.see(dialogue.TakeCard)
    scene.lift()
    scene.see(dialogue.Idle)
    scene.lay()
    assert scene.see(dialogue.Choose).title == GREETED
    assert scene.recorded().count("visit.started") == 2


@pytest.mark.parametrize(("show", "document"), [("menu", "card"), ("lay", "id-card")])
def test_a_document_that_is_left_raises_the_alarm_once(tmp_path, show, document):
    with at_work(tmp_path, Timeouts(answer=DEADLINE_SECONDS, left=0.1)) as scene:
        getattr(scene, show)()
        page = scene.attendant._window.shown if show == "menu" else scene.see(dialogue.Choose)
        scene.attendant.answer(page, CitizenFinished())
        assert not scene.see(dialogue.TakeCard).alarm
        assert scene.see(dialogue.TakeCard).alarm
        assert details(scene, "document.left") == [{"document": document}]
        scene.pull() if document == "card" else scene.lift()
        scene.see(dialogue.Idle)


# What cannot be used.

EXPIRED = replace(WANG_ID_CARD, valid_until=date(2020, 1, 1))
UNUSABLE = [
    (UnreadableIdCardError("select"), "没能读出身份证"),
    (IdCardContentError("birth", ContentKind.INVALID_ITEM), "这张证件请到窗口办理"),
    (IdCardContentError("号码", ContentKind.FOREIGN_NUMBER), "这张证件请到窗口办理"),
    (EXPIRED, "这张身份证不在有效期内"),
    (ReaderSilentError("silence"), "身份证读卡器出了问题"),
]
IDS = ["unreadable", "content", "foreigner", "expired", "reader"]


@pytest.mark.parametrize(("card", "title"), UNUSABLE, ids=IDS)
def test_an_id_card_that_cannot_be_used_begins_no_visit(tmp_path, card, title):
    with at_work(tmp_path, Timeouts(answer=DEADLINE_SECONDS, linger=0.2)) as scene:
        scene.lay(card)
        assert scene.see(dialogue.RefuseCard).title == title
        scene.lift()
        scene.see(dialogue.Idle)
        assert scene.recorded() == ["visit.started", "visit.card_refused"]
        assert left_nothing(scene)


@pytest.mark.parametrize(("card", "title"), UNUSABLE, ids=IDS)
def test_an_id_card_that_cannot_be_used_is_told_and_the_visit_goes_on(scene, card, title):
    menu = scene.menu()
    scene.lay(card)
    scene.answer(dialogue.Notice, None)
    assert scene.see(dialogue.Choose) == menu
    assert scene.attendant._visit.state.shown == {Credential.CARD}


def test_an_id_card_that_is_laid_down_again_needs_no_answer_to_the_notice(scene):
    begin(scene)
    scene.see(dialogue.Choose)
    scene.lay(UnreadableIdCardError("select"))
    scene.see(dialogue.Notice)
    scene.lift()
    scene.lay()
    assert scene.see(dialogue.Choose).title == GREETED


def test_a_card_that_cannot_be_used_is_given_back_and_the_visit_goes_on(scene):
    begin(scene)
    scene.see(dialogue.Choose)
    scene.reader.trouble = CardUnresponsiveError()
    scene.insert()
    assert scene.see(dialogue.RefuseCard).title == "读不出这张卡"
    scene.pull()
    assert scene.see(dialogue.Choose).title == "您好"
    scene.reader.trouble = None
    scene.insert(2)
    assert scene.see(dialogue.Choose).title == GREETED


def test_a_card_that_cannot_be_used_and_is_left_ends_the_visit_of_who_went_away(tmp_path):
    with at_work(tmp_path, Timeouts(answer=DEADLINE_SECONDS, left=0.1)) as scene:
        scene.client.e_card = e_card(HOLDER)
        scene.scan()
        scene.see(dialogue.Choose)
        scene.reader.trouble = CardUnresponsiveError()
        scene.insert()
        scene.see(dialogue.RefuseCard)
        assert not scene.see(dialogue.TakeCard).alarm
        assert scene.see(dialogue.TakeCard).alarm
        scene.pull()
        scene.see(dialogue.Idle)
        assert left_nothing(scene)
        assert details(scene, "document.left") == [{"document": "card"}]


E_CARD_TROUBLES = [
    (CentralRefusedError("e-card-unusable", "no"), "实体卡不可用，电子社保卡也不可用"),
    (CentralRefusedError("token-used", "no"), ""),
    (CentralUnreachableError("away"), "电子社保卡要社保中心核对，现在不能用"),
]


@pytest.mark.parametrize(("trouble", "words"), E_CARD_TROUBLES, ids=["unusable", "used", "away"])
def test_an_electronic_card_that_cannot_be_used_is_told(tmp_path, trouble, words):
    with at_work(tmp_path, Timeouts(answer=DEADLINE_SECONDS, linger=0.2)) as scene:
        scene.client.e_card = trouble
        scene.scan()
        assert words in scene.see(dialogue.RefuseCard).text
        scene.see(dialogue.Idle)
        assert left_nothing(scene)
        begin(scene)
        scene.see(dialogue.Choose)
        scene.scan()
        scene.answer(dialogue.Notice, None)
        assert scene.see(dialogue.Choose).title == "您好"


def test_codes_that_cannot_be_used_are_told_however_many_are_shown(scene):
    scene.client.e_card = CentralRefusedError("token-unknown", "no")
    begin(scene)
    scene.see(dialogue.Choose)
    for _time in range(300):
        scene.scan()
        page = scene.see(dialogue.Notice)
    scene.attendant.answer(page, None)
    assert scene.see(dialogue.Choose).title == "您好"


def be_refused_a_card(scene):
    scene.reader.trouble = CardUnresponsiveError()
    scene.insert()
    scene.see(dialogue.RefuseCard)


def test_an_id_card_that_is_laid_down_beside_a_refused_card_is_taken_when_the_visit_goes_on(scene):
    begin(scene)
    scene.see(dialogue.Choose)
    be_refused_a_card(scene)
    scene.lay()
    scene.pull()
    scene.see(dialogue.Working)
    assert scene.see(dialogue.Choose).title == GREETED


def test_an_id_card_that_is_lifted_again_before_the_visit_goes_on_is_not_read(scene):
    begin(scene)
    scene.see(dialogue.Choose)
    be_refused_a_card(scene)
    scene.lay()
    scene.lift()
    scene.id_reader.card = UnreadableIdCardError("nothing lies there")
    scene.pull()
    scene.attendant.answer(scene.see(dialogue.Choose), CitizenFinished())
    scene.see(dialogue.Idle)
    assert details(scene, "visit.card_refused") == [{"problem": "CardUnresponsive"}]


def test_an_id_card_that_lies_there_when_a_card_begins_the_visit_is_taken_too(scene):
    lies = replace(scene.id_reader.status, media=MediaState.PRESENT, placement=1)
    scene.id_reader.card, scene.id_reader.status = WANG_ID_CARD, lies
    scene.insert()
    scene.wait_until(lambda: scene.attendant._visit.state.shown == EITHER)
    assert scene.recorded().count("visit.started") == 1


# What was proved too long ago.

EXPIRED_PROOF = CentralRefusedError("proof-expired", "no")


def ask_to_expiry(scene, monkeypatch, proof):
    """Have a service ask the centre, to which the proof of this visit was too long ago, and return the page."""

    def run(visit):
        request = LossReport(
            request_id="report-1",
            region=visit.region,
            id_number=visit.holder.id_number,
            kind="temporary",
            verified_by=proof,
        )
        answer = yield from asking(visit, replace_proof(REPORT_LOSS), request)
        yield dialogue.Confirm(title=f"{answer}", text="", yes="", no="")
        return None

    scene.client.may_answer.set()
    scene.client.answer = EXPIRED_PROOF
    offer(monkeypatch, run, frozenset({Credential.ID_CARD, Credential.E_CARD}))
    scene.choose("card-information", scene.see(dialogue.Home))
    page = scene.see(dialogue.PresentCredential)
    scene.client.answer = "answered"
    return page


def replace_proof(call):
    return structs.replace(call, proof=frozenset(CentralProof))


@pytest.mark.parametrize(("show", "proof"), [("lay", "id-card"), ("scan", "e-card")])
def test_what_was_proved_too_long_ago_is_proved_once_more_and_the_service_goes_on(
    scene, monkeypatch, show, proof
):
    getattr(scene, show)()
    page = ask_to_expiry(scene, monkeypatch, proof)
    assert [way.key for way in page.accepted] == [proof]
    assert not scene.attendant._visit.state.shown
    getattr(scene, show)()
    assert scene.see(dialogue.Confirm).title == "answered"


def test_a_face_that_was_compared_too_long_ago_is_compared_once_more(scene, monkeypatch):
    scene.faces.seen = [Likeness(0.93, live=True)]
    scene.lay()
    ask_to_expiry(scene, monkeypatch, "id-card+face")
    scene.lay()
    scene.answer(dialogue.Confirm, True)
    assert scene.see(dialogue.Confirm).title == "answered"
    assert scene.attendant._visit.state.face_matched


def test_another_persons_id_card_does_not_renew_what_was_proved(scene, monkeypatch):
    scene.lay()
    ask_to_expiry(scene, monkeypatch, "id-card")
    scene.lay(LI_ID_CARD)
    assert scene.see(dialogue.Notice).title == "这是另一个人的证件，请先结束上一位的办理"


# A card whose PIN can prove nobody.

LOCKED = PinStatus(set=True, tries_left=0, locked=True)


def be_unable(scene, state):
    """Have the card be one whose PIN can prove nobody."""
    if state == "pin-locked":
        scene.reader.pin = LOCKED
    else:
        scene.client.social = state


@pytest.mark.parametrize("state", ["pin-locked", "not-activated"])
@pytest.mark.parametrize("first", ["lay", "scan"])
def test_a_card_whose_pin_proves_nobody_is_no_hindrance_to_what_else_was_shown(scene, state, first):
    be_unable(scene, state)
    scene.printer.settle = lambda _seconds: scene.printer.status
    scene.faces.seen = [Likeness(0.93, live=True)]
    getattr(scene, first)()
    scene.see(dialogue.Choose)
    scene.insert()
    scene.choose("print-participation-certificate", scene.see(dialogue.Home))
    if first == "lay":
        scene.answer(dialogue.Confirm, True)
    assert scene.see(dialogue.Choose).title == "请选择打印几个月"


def test_a_face_does_not_replace_the_pin_of_a_card_that_is_put_in_later(scene):
    ask_for_certificate(scene)
    scene.faces.seen = [Likeness(0.93, live=True)]
    scene.lay()
    scene.answer(dialogue.Confirm, True)
    scene.attendant.answer(scene.see(dialogue.Choose), dialogue.WentHome())
    scene.see(dialogue.Home)
    scene.insert()
    scene.choose("print-participation-certificate", scene.see(dialogue.Home))
    scene.see(dialogue.EnterPin)


# What is left.


@pytest.mark.parametrize("show", ["insert", "lay", "scan"])
def test_nothing_of_a_person_is_left_after_a_visit_by_whatever_credential(scene, show):
    getattr(scene, show)()
    scene.attendant.answer(scene.see(dialogue.Choose), CitizenFinished())
    scene.pull()
    scene.lift()
    scene.see(dialogue.Idle)
    assert left_nothing(scene)
    tables = ("journal", "audit", "outbox", "meta")
    kept = [str(row) for table in tables for row in scene.store.rows(f"SELECT * FROM {table}")]
    shown = repr(scene.attendant._window.shown)
    assert not [secret for secret in (HOLDER.name, HOLDER.id_number) if secret in shown + "".join(kept)]
