"""证明核验: whether a document is genuine, and what it says; anybody may ask, and without the centre too."""

from collections.abc import Generator
from dataclasses import replace
from datetime import datetime
from typing import Any

from hardware.scanner.token import Token, TokenGoneError
from kiosk.dialogue.questions import (
    EnterCode,
    Finished,
    Notice,
    Option,
    Picture,
    Question,
    Section,
    ShowArticle,
)
from kiosk.dialogue.words import TranslatableText, _
from kiosk.paper.certificates.shown_code import (
    MistypedCodeError,
    NotOurCodeError,
    ShownCode,
    scanned_code,
    typed_code,
)
from kiosk.paper.certificates.verification import Certified, Reason, Verdict, verify
from kiosk.services.service import ANYBODY, Conversation, Gets, Offline, Proof, service
from kiosk.visit.asking import ask
from kiosk.visit.visit import Visit
from sync.client import CentralRefusedError, CentralUnreachableError
from sync.protocol.centre_keys import of_role
from sync.protocol.certificate_kinds import CHINA
from sync.protocol.certificate_number import grouped
from sync.protocol.verification import (
    CODE_LENGTH,
    CODE_LETTERS,
    VERIFY_CERTIFICATE,
    VerificationRequest,
    Verified,
)
from text.masking import mask_name

NAME = "verify-certificate"
TRIES = 5
"""How many codes in one visit may be unknown to the centre: so nobody finds one by guessing."""
ANOTHER = "another"
ASK_FOR_CODE = EnterCode(
    title=_("请扫描证明上的二维码，或输入校验码"),
    text=_("校验码是12位，里面没有数字0、1，也没有字母I、L、O。"),
    letters=CODE_LETTERS,
    longest=CODE_LENGTH,
)
TYPE_CODE = _("请输入证明上的校验码")
WITHOUT_CENTRE = _("现在连不上社保中心，校验码查不了。可以扫描证明上的二维码，先核对签名。")
AGAIN = _("没有扫清楚，请再扫一次。")
NOT_OUR_CODE = _("这不是本系统证明的二维码。请扫描证明上的二维码，或输入校验码。")
UNKNOWN = _("没有查到这个校验码。请和纸上逐个字符核对；没有错的，不是本系统开具的，请不要采用。")
NO_MORE_TRIES = Notice(
    title=_("这次的核验次数用完了"),
    text=_("已经有{tries}次没有查到，谁的信息都没有变化。请带证明到窗口核对，也可以拨打电话。", tries=TRIES),
    picture=Picture.STAFF,
    phone="12333",
)
FORGED = {
    Reason.NOT_OUR_CODE: NOT_OUR_CODE,
    Reason.UNKNOWN_KEY: _(
        "签名用的密钥不是社保中心现在公布的：这份证明不是本系统开具的，或者本机还没有收到新的密钥。"
    ),
    Reason.WRONG_SIGNATURE: _("二维码的签名不对：内容被改过，或者是伪造的。"),
    Reason.KEY_NOT_YET: _("签名用的密钥在开具那天还没有启用：日期被改过，或者是伪造的。"),
    Reason.KEY_RETIRED: _("签名用的密钥在开具那天已经换下：日期被改过，或者是伪造的。"),
    Reason.KEY_WITHDRAWN: _("签名用的密钥在开具那天已经作废：可能是伪造的。"),
}
OTHER_NUMBER = _("二维码里的校验码和签了名的编号不是同一份证明：二维码是拼起来的。")
NOT_IN_RECORDS = _("二维码的签名是对的，但社保中心没有查到这份证明。")
DO_NOT_USE = _("请不要采用这份证明，并可以拨打 12333 反映。")
STATES = {
    "good": (
        _("这份证明是社保中心开具的"),
        _("请把纸上的每一项和屏幕上的逐项核对：有一项不一致，就不是原件。"),
    ),
    "expired": (_("这份证明已过有效期"), _("社保中心开具过这份证明。请持有人重新开具。")),
    "revoked": (_("这份证明已经作废"), _("社保中心开具过这份证明，后来作废了。请不要采用。")),
}
SIGNATURE_RIGHT = _("签名正确，金额等内容请联网核对")
COMPARE = _("现在没有联网。请把纸上的内容和下面的逐项核对，有一项不一致就不是原件。")
KEY_WITHDRAWN_LATER = _("签名用的密钥后来作废了，偷到密钥的人能写以前的日期。联网核对以前，请不要采用。")
ACTIONS = (Option("done", _("看完了")), Option(ANOTHER, _("再核验一份")))
FINISHED = Finished(title=_("核验完毕"), text=_("如需办理其他业务，请点“继续办理”。"))

Judged = ShowArticle | TranslatableText
"""A verdict to be shown, or why there is none: the next code is asked for with that."""


@service(
    NAME,
    group="certificates",
    position=9,
    label=_("证明核验"),
    hint=_("扫二维码或输校验码，看证明是真是假"),
    words=("证明是真是假", "扫码验真", "查校验码", "验证明", "证明真伪"),
    minutes=1,
    accepts=ANYBODY,
    proof=Proof.NOTHING,
    offline=Offline.SERVE,
    gets=Gets.ANSWER,
)
def verify_certificate(visit: Visit) -> Conversation:
    """Take codes, scanned or typed, and say of each document what is to be thought of it."""
    problem = ""
    while visit.misses[NAME] < TRIES:
        shown = yield _question(visit, problem)
        judged = yield from _judge(visit, shown)
        if isinstance(judged, ShowArticle):
            problem = ""
            if (yield judged) != ANOTHER:
                return FINISHED
        else:
            problem = judged
    yield NO_MORE_TRIES
    return None


def _question(visit: Visit, problem: str) -> EnterCode:
    """Return what asks for the next code: how it can be given here and now."""
    question = replace(ASK_FOR_CODE, problem=problem)
    if not visit.can_scan():
        return replace(question, title=TYPE_CODE)
    return question if visit.centre.is_reachable else replace(question, text=WITHOUT_CENTRE)


def _judge(visit: Visit, shown: str | Token) -> Generator[Question, Any, Judged]:
    try:
        code = _read(shown)
    except TokenGoneError:
        return AGAIN
    except NotOurCodeError:
        return NOT_OUR_CODE
    except MistypedCodeError as mistyped:
        return _mistyped(mistyped)
    if not code.signed:
        return (yield from _by_code(visit, code))
    keys = of_role(visit.centre_keys(), "certificate")
    verdict = verify(code.signed, keys, datetime.now(CHINA).date())
    if verdict.reason:
        return _not_genuine(FORGED[verdict.reason])
    return (yield from _by_signature(visit, code, verdict))


def _read(shown: str | Token) -> ShownCode:
    if isinstance(shown, str):
        return typed_code(shown)
    return scanned_code(shown.take().decode("utf-8", "replace"))


def _mistyped(code: MistypedCodeError) -> TranslatableText:
    if code.strange:
        return _(
            "校验码里没有“{strange}”：没有数字0、1，也没有字母I、L、O。请看清楚再输一次。",
            strange=code.strange,
        )
    return _("校验码是12位，这里有{count}位。请看清楚再输一次。", count=code.length)


def _by_code(visit: Visit, code: ShownCode) -> Generator[Question, Any, Judged]:
    if not visit.centre.is_reachable:
        return WITHOUT_CENTRE
    try:
        return _page_of((yield from ask(visit, VERIFY_CERTIFICATE, VerificationRequest(code.code))))
    except CentralUnreachableError:
        return WITHOUT_CENTRE
    except CentralRefusedError as refusal:
        if refusal.code != "certificate-unknown":
            raise
        visit.misses[NAME] += 1
        return UNKNOWN


def _by_signature(visit: Visit, code: ShownCode, verdict: Verdict) -> Generator[Question, Any, ShowArticle]:
    """Show what the centre says of a document whose signature is right; without the centre, what was signed."""
    assert verdict.certificate
    if not (code.code and visit.centre.is_reachable):
        return _signed_page(verdict.certificate, withdrawn=bool(verdict.key_withdrawn))
    try:
        told = yield from ask(visit, VERIFY_CERTIFICATE, VerificationRequest(code.code))
    except CentralUnreachableError:
        return _signed_page(verdict.certificate, withdrawn=bool(verdict.key_withdrawn))
    except CentralRefusedError as refusal:
        if refusal.code != "certificate-unknown":
            raise
        return _not_genuine(NOT_IN_RECORDS)
    return _page_of(told) if told.number == verdict.certificate.number else _not_genuine(OTHER_NUMBER)


def _page_of(told: Verified) -> ShowArticle:
    title, text = STATES[told.state]
    sections = (Section(each.heading or _("核验结果"), each.text) for each in told.sections)
    return ShowArticle(
        title=title, text=text, sections=tuple(sections), actions=ACTIONS, source=_("社保中心的开具记录")
    )


def _signed_page(found: Certified, *, withdrawn: bool) -> ShowArticle:
    section = Section(_("二维码里签了名的内容"), _content(found))
    return ShowArticle(
        title=SIGNATURE_RIGHT,
        text=KEY_WITHDRAWN_LATER if withdrawn else COMPARE,
        sections=(section,),
        actions=ACTIONS,
        source=_("证明二维码里社保中心的签名"),
    )


def _content(found: Certified) -> TranslatableText:
    return _(
        "种类：{title}\n编号：{number}\n姓名：{name}\n开具时间：{time}\n有效期至：{day}{over}\n月数：{months}，最后月份：{last}",
        title=found.title or _("本机不认识的新种类"),
        number=grouped(found.number),
        name=mask_name(found.name),
        time=f"{found.issued_at:%Y-%m-%d %H:%M}",
        day=found.valid_until.isoformat() if found.valid_until else _("长期有效"),
        over=_("，已过有效期，请持有人重新开具") if found.expired else "",
        months=found.months,
        last=found.last_month or _("无"),
    )


def _not_genuine(why: TranslatableText) -> ShowArticle:
    return ShowArticle(
        title=_("这份证明没有通过核验"),
        text=DO_NOT_USE,
        sections=(Section(_("为什么"), why),),
        actions=ACTIONS,
    )
