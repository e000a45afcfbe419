"""证明核验 in a visit of nobody: what is shown to the scanner answers the question that asks for a code."""

import pytest

from hardware.scanner.token import TokenGoneError
from hardware.status import DeviceState
from kiosk.dialogue import questions as dialogue
from sync.protocol.verification import PageSection, Verified
from tests.kiosk.paper.documents import example

DOCUMENT = example("participation")
PAGE = Verified(number=DOCUMENT.number, state="good", sections=(PageSection("", "本系统开具过这份文书"),))


def ask_for_code(scene):
    scene.attendant.answer(scene.attendant._window.shown, "verify-certificate")
    scene.answer(dialogue.IntroduceService, None)
    return scene.see(dialogue.EnterCode)


def test_a_document_is_scanned_in_a_visit_of_nobody_and_judged(scene):
    question = ask_for_code(scene)
    assert question.title == "请扫描证明上的二维码，或输入校验码"

    token = scene.scan(DOCUMENT.qr.encode())

    # This kiosk has learnt no key of any centre.
    page = scene.see(dialogue.ShowArticle)
    assert "密钥不是社保中心现在公布的" in page.sections[0].text
    with pytest.raises(TokenGoneError):
        token.take()
    assert scene.data("visit.started") == ['{"credential": "none"}']


def test_a_typed_code_brings_the_public_page(scene):
    scene.client.answer = PAGE
    scene.client.may_answer.set()
    scene.attendant.answer(ask_for_code(scene), DOCUMENT.code)

    page = scene.see(dialogue.ShowArticle)
    assert page.sections[0].text == "本系统开具过这份文书"
    assert scene.client.asked.get_nowait().code == DOCUMENT.code
    scene.attendant.answer(page, "done")
    assert scene.see(dialogue.Finished).title == "核验完毕"


def test_a_machine_without_a_scanner_asks_for_the_code_alone(scene):
    scene.scanner.state = DeviceState.NO_DEVICE
    assert ask_for_code(scene).title == "请输入证明上的校验码"


def test_a_foreign_code_is_told_and_asked_for_again(scene):
    ask_for_code(scene)
    scene.scan(b"WIFI:T:WPA;S:hall;;")
    asked = scene.see(dialogue.EnterCode)
    assert asked.problem.startswith("这不是本系统证明的二维码")
