"""证明核验: a code that is scanned or typed, with the centre and without it; the centre's answers are told here."""

from contextlib import suppress
from datetime import UTC, datetime
from types import SimpleNamespace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.scanner.token import Token
from kiosk.dialogue.questions import EnterCode, Finished, Notice, ShowArticle, WentBack
from kiosk.paper.certificates.shown_code import (
    MistypedCodeError,
    NotOurCodeError,
    scanned_code,
    typed_code,
)
from kiosk.services.certificates.verify_certificate import AGAIN, NOT_OUR_CODE, TRIES, UNKNOWN, WITHOUT_CENTRE
from kiosk.services.service import services
from kiosk.visit.centre import Centre
from kiosk.visit.visit import Visit, VisitState
from sync.client import CentralRefusedError, CentralUnreachableError
from sync.protocol.verification import CODE_LETTERS, PageSection, Verified
from tests.keys import a_key, known
from tests.kiosk.paper.documents import KEYS, example
from tests.kiosk.talking import talk
from tools.sign_examples import KEY_ID

DOCUMENT = example("participation")
PAGE = Verified(
    number=DOCUMENT.number,
    state="good",
    sections=(
        PageSection("", "本系统开具过这份文书"),
        PageSection(DOCUMENT.title, "姓名：王*国"),
    ),
)


class Line:
    """What the centre answers: a page, or an error; ``asked`` are the codes that it was asked for."""

    def __init__(self, answer):
        self.answer, self.asked = answer, []

    def call(self, _call, request):
        self.asked.append(request.code)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def a_visit(answer=PAGE, *, reachable=True, keys=KEYS):
    line = Line(answer)
    visit = Visit(
        visit_id="v1",
        kiosk_id="610200-001",
        region="610200",
        centre=Centre(line, SimpleNamespace(is_reachable=reachable, note=lambda _reached: None)),
        journal=None,
        printer=None,
        state=VisitState,
        happened=lambda _event: None,
        centre_keys=lambda: tuple(keys.values()),
    )
    return visit, line


def scan(text):
    return Token(bytearray(text.encode()))


def verified(visit, *answers):
    """Run the service, ending it where its answers end; return its pages of verdicts and its last question."""
    return talk(services()["verify-certificate"].start(visit), *answers)


def article(visit, shown):
    pages, finished = verified(visit, shown, "done")
    assert isinstance(finished, Finished)
    [found] = [page for page in pages if isinstance(page, ShowArticle)]
    return found


def problem(visit, shown):
    """Return why a code led to no verdict: it is said where the next is asked for."""
    pages, _ = verified(visit, shown, DOCUMENT.code, "done")
    return [page.problem for page in pages if isinstance(page, EnterCode)][1]


def test_a_typed_code_brings_what_the_public_page_says():
    visit, line = a_visit()

    page = article(visit, DOCUMENT.code)

    assert line.asked == [DOCUMENT.code]
    assert page.title == "这份证明是社保中心开具的"
    assert [(each.heading, each.text) for each in page.sections] == [
        ("核验结果", "本系统开具过这份文书"),
        (DOCUMENT.title, "姓名：王*国"),
    ]


def test_a_scanned_code_is_checked_here_and_at_the_centre():
    visit, line = a_visit()
    assert article(visit, scan(DOCUMENT.qr)).title == "这份证明是社保中心开具的"
    assert line.asked == [DOCUMENT.code]


@pytest.mark.parametrize(
    ("state", "title"), [("expired", "这份证明已过有效期"), ("revoked", "这份证明已经作废")]
)
def test_what_became_of_a_document_stands_above_it(state, title):
    visit, _ = a_visit(msgspec.structs.replace(PAGE, state=state))
    assert article(visit, scan(DOCUMENT.qr)).title == title


@pytest.mark.parametrize(
    ("answer", "reachable"),
    [(PAGE, False), (CentralUnreachableError("gone"), True)],
    ids=["known", "found out"],
)
def test_without_the_centre_the_signature_is_verified_and_the_rest_is_left_to_it(answer, reachable):
    visit, _ = a_visit(answer, reachable=reachable)

    page = article(visit, scan(DOCUMENT.qr))

    assert page.title == "签名正确，金额等内容请联网核对"
    [section] = page.sections
    assert "姓名：王*国" in section.text and DOCUMENT.holder_name not in section.text
    assert "610200" in section.text
    assert DOCUMENT.id_number not in section.text


def test_without_the_centre_a_typed_code_cannot_be_verified_and_is_told_so():
    visit, _line = a_visit(reachable=False)
    pages, _ = verified(visit, DOCUMENT.code, scan(DOCUMENT.qr), "done")
    assert pages[0].text == WITHOUT_CENTRE
    assert [page.problem for page in pages if isinstance(page, EnterCode)][1] == WITHOUT_CENTRE


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ({}, "密钥不是社保中心现在公布的"),
        ({KEY_ID: known(a_key(), number=KEY_ID)}, "二维码的签名不对"),
        (
            {KEY_ID: msgspec.structs.replace(KEYS[KEY_ID], withdrawn=datetime(2020, 1, 1, tzinfo=UTC))},
            "那天已经作废",
        ),
        (
            {KEY_ID: msgspec.structs.replace(KEYS[KEY_ID], not_before=datetime(2099, 1, 1, tzinfo=UTC))},
            "还没有启用",
        ),
        (
            {KEY_ID: msgspec.structs.replace(KEYS[KEY_ID], not_after=datetime(2020, 1, 1, tzinfo=UTC))},
            "已经换下",
        ),
    ],
    ids=["unknown key", "wrong signature", "withdrawn key", "key not yet used", "retired key"],
)
@pytest.mark.parametrize("reachable", [True, False], ids=["online", "offline"])
def test_a_code_whose_signature_is_not_to_be_trusted_is_refused_in_its_words(keys, why, reachable):
    visit, line = a_visit(reachable=reachable, keys=keys)

    page = article(visit, scan(DOCUMENT.qr))

    assert page.title == "这份证明没有通过核验"
    assert why in page.sections[0].text
    assert "请不要采用" in page.text
    assert line.asked == []


def test_a_key_that_was_withdrawn_later_is_told_without_the_centre():
    key = msgspec.structs.replace(KEYS[KEY_ID], withdrawn=datetime(2099, 1, 1, tzinfo=UTC))
    page = article(a_visit(reachable=False, keys={KEY_ID: key})[0], scan(DOCUMENT.qr))
    assert page.title == "签名正确，金额等内容请联网核对"
    assert "后来作废" in page.text


def test_a_code_put_together_from_two_papers_is_found_out():
    other = msgspec.structs.replace(PAGE, number="610200202600009999")
    page = article(a_visit(other)[0], scan(DOCUMENT.qr))
    assert "拼起来的" in page.sections[0].text


def test_a_signed_document_that_the_centre_does_not_know_is_refused():
    page = article(a_visit(CentralRefusedError("certificate-unknown", ""))[0], scan(DOCUMENT.qr))
    assert "没有查到这份证明" in page.sections[0].text


@pytest.mark.parametrize(
    "text", ["https://rs.examp1e.gov.cn/verify/TQY6MUFKBZNN", "WIFI:T:WPA;S:hall;P:12345678;;", "\xff\xfe"]
)
def test_a_foreign_code_is_told_and_asked_for_again(text):
    assert problem(a_visit()[0], scan(text)) == NOT_OUR_CODE


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("TQY6MUFKBZN0", "校验码里没有“0”：没有数字0、1，也没有字母I、L、O。请看清楚再输一次。"),
        ("TQY6MUFKBZNI", "校验码里没有“I”：没有数字0、1，也没有字母I、L、O。请看清楚再输一次。"),
        ("TQY6MUFK", "校验码是12位，这里有8位。请看清楚再输一次。"),
    ],
)
def test_what_is_no_code_is_told_in_its_words_and_asked_for_again(typed, why):
    assert problem(a_visit()[0], typed) == why


def test_a_code_that_is_too_old_to_be_taken_is_to_be_shown_again():
    gone = scan(DOCUMENT.qr)
    gone.forget()
    assert problem(a_visit()[0], gone) == AGAIN


def test_after_some_codes_in_vain_the_visit_may_try_no_more():
    visit, line = a_visit(CentralRefusedError("certificate-unknown", ""))
    wrong = "2222222222ZZ"

    pages, finished = verified(visit, *[wrong] * TRIES, None)

    assert [page.problem for page in pages if isinstance(page, EnterCode)][1:] == [UNKNOWN] * (TRIES - 1)
    assert isinstance(pages[-1], Notice) and finished is None
    assert isinstance(verified(visit, None)[0][0], Notice)
    assert len(line.asked) == TRIES


def test_what_was_never_looked_up_is_no_try_in_vain():
    visit, line = a_visit(CentralUnreachableError("gone"))
    gone = scan(DOCUMENT.qr)
    gone.forget()
    harmless = (gone, "TQY6MUFK", "TQY6MUFKBZN0", DOCUMENT.code, scan("WIFI:T:WPA;S:hall;P:12345678;;"))

    with pytest.raises(WentBack):
        verified(visit, *harmless * TRIES, WentBack())
    line.answer = PAGE

    assert article(visit, DOCUMENT.code).title == "这份证明是社保中心开具的"


def test_one_after_the_other_may_be_verified():
    pages, _ = verified(a_visit()[0], DOCUMENT.code, "another", scan(DOCUMENT.qr), "done")
    assert len([page for page in pages if isinstance(page, ShowArticle)]) == 2


@given(st.text(CODE_LETTERS, min_size=12, max_size=12), st.sampled_from(["", " ", "-", "·"]))
def test_a_code_may_be_typed_in_any_case_and_in_groups(code, between):
    written = between.join((code[:4], code[4:8], code[8:])).lower()
    assert typed_code(written).code == scanned_code(written).code == code


@given(st.text(max_size=400))
def test_anything_else_is_refused(text):
    for read, error in ((typed_code, MistypedCodeError), (scanned_code, NotOurCodeError)):
        with suppress(error):
            assert read(text).code
