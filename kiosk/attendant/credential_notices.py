"""User-facing notices for an ID card or an electronic card that cannot be used: why, and what to do."""

from functools import singledispatch

from hardware.id_card.errors import IdCardContentError, IdCardError, NoIdCardError, ReaderError
from hardware.scanner.token import TokenGoneError
from kiosk.credentials.id_card import IdCardExpiredError
from kiosk.dialogue.phone import HOTLINE
from kiosk.dialogue.questions import Notice, Picture, RefuseCard
from kiosk.dialogue.refusals import refusal_sentence
from kiosk.dialogue.words import _
from kiosk.published.state import KioskOutOfServiceError
from sync.client import CentralRefusedError, CentralUnreachableError

UNSOUND = _("证件已经读出来了，但上面的信息不合规定，本机认不准是谁。请本人带证件到窗口办理。")


@singledispatch
def credential_notice(trouble: Exception) -> Notice:
    """Return the notice for an ID card or an electronic card that cannot be used."""
    raise trouble


@credential_notice.register
def _unreadable(trouble: IdCardError) -> Notice:
    return Notice(
        title=_("没能读出身份证"),
        text=_("请拿开身份证，再放一次：平放在读卡区，不要移动。如果还是不行，请用其他证件，或到窗口办理。"),
        picture=Picture.LAY_ID_CARD,
    )


@credential_notice.register
def _gone(trouble: NoIdCardError) -> Notice:
    return Notice(
        title=_("身份证拿开得太快了"),
        text=_("请把身份证平放在读卡区，等本机读完再拿开。"),
        picture=Picture.LAY_ID_CARD,
    )


@credential_notice.register
def _expired(trouble: IdCardExpiredError) -> Notice:
    return Notice(
        title=_("这张身份证不在有效期内"),
        text=_("本机不能用它办理，什么都没有办理。请用有效的证件，或到窗口办理。"),
        picture=Picture.STAFF,
    )


@credential_notice.register
def _content(trouble: IdCardContentError) -> Notice:
    return Notice(
        title=_("这张证件请到窗口办理"),
        text=UNSOUND,
        picture=Picture.PHONE,
        phone=HOTLINE,
    )


@credential_notice.register
def _reader(trouble: ReaderError) -> Notice:
    return Notice(
        title=_("身份证读卡器出了问题"),
        text=_("您的证件没有问题，什么都没有办理。请取走证件，用其他证件办理，或到窗口办理。"),
        picture=Picture.STAFF,
    )


@credential_notice.register
def _token_gone(trouble: TokenGoneError) -> Notice:
    return Notice(
        title=_("这个二维码已经过期"),
        text=_("请在手机上刷新电子社保卡，再出示新的二维码。"),
        picture=Picture.SHOW_CODE,
    )


@credential_notice.register
def _refused(trouble: CentralRefusedError) -> Notice:
    return Notice(
        title=_("这张电子社保卡现在不能用"),
        text=refusal_sentence(trouble),
        picture=Picture.PHONE,
        phone=HOTLINE,
    )


@credential_notice.register
def _unreachable(trouble: CentralUnreachableError) -> Notice:
    return Notice(
        title=_("暂时连不上社保中心"),
        text=_("电子社保卡要社保中心核对，现在不能用。请用社会保障卡或身份证，或到窗口办理。"),
        picture=Picture.PHONE,
        phone=HOTLINE,
    )


@credential_notice.register
def _out_of_service(trouble: KioskOutOfServiceError) -> Notice:
    return Notice(title=_("本机暂停服务"), text=str(trouble), picture=Picture.STAFF)


def refusal_by(notice: Notice) -> RefuseCard:
    """Return a notice as the page of a visit that does not begin."""
    return RefuseCard(title=notice.title, text=notice.text, picture=notice.picture, phone=notice.phone)
