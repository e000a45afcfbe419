"""User-facing notices for expected errors: what happened, what was not lost, what to do."""

from functools import singledispatch

from hardware.card import errors as card
from hardware.printer.encoder import UnprintableDocumentError
from hardware.printer.receipt_printer import PrinterNotReadyError
from kiosk.card_acts.pin_change import NotInitialPinError, PinChangeUncertainError
from kiosk.credentials.card_permission import NotPermittedError, where_to_unlock
from kiosk.credentials.card_proof import CardNotProvenError
from kiosk.credentials.face import FaceNotMatchedError, FacesUnavailableError
from kiosk.dialogue.phone import HOTLINE
from kiosk.dialogue.questions import Notice, Picture, RefuseCard
from kiosk.dialogue.refusals import refusal_sentence
from kiosk.dialogue.words import _
from kiosk.paper.genuine import NotGenuineError
from kiosk.paper.issuing import NameDiffersError
from kiosk.paper.printer_words import PRINTER_PROBLEMS
from kiosk.paper.printing import CertificateNotHandedOverError
from kiosk.published.state import CardListedError, KioskOutOfServiceError
from kiosk.rules.contacts import phone_of
from kiosk.services.service import UnavailableError
from sync.client import AnswerLostError, CentralRefusedError, CentralUnreachableError
from sync.protocol.card_status_list import Listed
from sync.protocol.certificate_number import grouped

CARD_PULLED = Notice(
    title=_("卡已取出，业务没有办完"),
    text=_("没有重复办理，也没有信息丢失。如需继续，请重新插入社会保障卡。"),
    picture=Picture.INSERT_CARD,
)
READER_LOST = Notice(
    title=_("读卡器出了问题，业务没有办完"),
    text=_("您的卡没有问题，没有重复办理，也没有信息丢失。请取回您的卡，点“呼叫工作人员”，或到窗口办理。"),
    picture=Picture.STAFF,
)

PERHAPS_DONE = Notice(
    title=_("可能已经办成，但没有收到社保中心的答复"),
    text=_(
        "什么都没有丢。请稍后用刚才的证件在这里再办一次：如果已经办成，会拿到同一份，不会重复办理。"
        "也可以拨打电话查询，或到窗口办理。"
    ),
    picture=Picture.PHONE,
    phone=HOTLINE,
)

CONTENT = {
    card.ContentKind.FOREIGN_NUMBER: _(
        "卡没有坏，已经读出来了。卡上的社会保障号码有字母，但不是公布的编制规则里的样子，本机认不准持卡人。"
        "业务没有办理，信息没有变化。请取出卡，本人带证件到窗口办理。"
    ),
    card.ContentKind.OLD_NUMBER: _(
        "卡没有坏，已经读出来了。卡上是15位的旧号码，本机认不准持卡人。"
        "业务没有办理，信息没有变化。请取出卡，本人带证件到窗口办理。"
    ),
}
UNSOUND_CONTENT = _(
    "卡已经读出来了，但卡上写的信息不合规定，本机认不准持卡人。"
    "业务没有办理，信息没有变化。请取出卡，本人带证件到窗口办理。"
)

EXPECTED_ERRORS = (
    card.CardError,
    PrinterNotReadyError,
    UnprintableDocumentError,
    CertificateNotHandedOverError,
    NameDiffersError,
    NotGenuineError,
    CentralUnreachableError,
    CentralRefusedError,
    UnavailableError,
    NotPermittedError,
    NotInitialPinError,
    PinChangeUncertainError,
    FaceNotMatchedError,
    FacesUnavailableError,
)


@singledispatch
def notice_of(trouble: Exception) -> Notice:
    """Return the notice for an expected trouble that ended a service."""
    raise trouble


@notice_of.register
def _printer_not_ready(trouble: PrinterNotReadyError) -> Notice:
    return Notice(
        title=_("{problem}，暂时不能打印", problem=PRINTER_PROBLEMS[trouble.problem]),
        text=_("您的业务还没有办理，没有任何影响。请点“呼叫工作人员”，或到窗口打印。"),
        picture=Picture.STAFF,
    )


@notice_of.register
def _unprintable(trouble: UnprintableDocumentError) -> Notice:
    return Notice(
        title=_("证明上有打印机打不出的字"),
        text=_("为避免打错，没有打印。请到窗口办理，工作人员会为您打印。"),
        picture=Picture.STAFF,
    )


@notice_of.register
def _not_handed_over(trouble: CertificateNotHandedOverError) -> Notice:
    return Notice(
        title=_("证明没有打印好"),
        text=_(
            "证明已经开具，编号 {number}，仍然有效。可以稍后在这里再打，也可以到窗口打印。",
            number=grouped(str(trouble)),
        ),
        picture=Picture.STAFF,
    )


@notice_of.register
def _name_differs(trouble: NameDiffersError) -> Notice:
    return Notice(
        title=_("卡上的姓名和社保中心的不一致"),
        text=_(
            "为避免打错，证明没有打印。请带身份证和社保卡到窗口核对姓名，证明编号 {number}。",
            number=grouped(str(trouble)),
        ),
        picture=Picture.STAFF,
    )


@notice_of.register
def _not_genuine(trouble: NotGenuineError) -> Notice:
    return Notice(
        title=_("证明没有通过核对，没有打印"),
        text=_(
            "本机核对不了这份证明是不是社保中心签发的，为保护您，没有打印。您的信息没有变化，这件事已经记下，会报告社保中心。"
            "请稍后再试，或到窗口打印。"
        ),
        picture=Picture.STAFF,
    )


@notice_of.register
def _face_not_matched(trouble: FaceNotMatchedError) -> Notice:
    return Notice(
        title=_("今天不能再比对人脸"),
        text=_(
            "比对没有成功的次数已满，业务没有办理，信息没有变化。请用社会保障卡和密码办理，明天再试，或到窗口。"
        ),
        picture=Picture.STAFF,
    )


@notice_of.register
def _no_faces(trouble: FacesUnavailableError) -> Notice:
    return Notice(
        title=_("摄像头出了问题"),
        text=_("业务没有办理，信息没有变化。请用社会保障卡或电子社保卡办理，或到窗口。"),
        picture=Picture.STAFF,
    )


@notice_of.register
def _unreachable(trouble: CentralUnreachableError) -> Notice:
    return Notice(
        title=_("暂时连不上社保中心"),
        text=_("这项业务没有办理，您的信息没有变化。请稍后再试，或拨打电话咨询，也可以到窗口办理。"),
        picture=Picture.PHONE,
        phone=HOTLINE,
    )


@notice_of.register
def _answer_lost(trouble: AnswerLostError) -> Notice:
    return PERHAPS_DONE


@notice_of.register
def _refused(trouble: CentralRefusedError) -> Notice:
    return Notice(
        title=_("社保中心没有受理"),
        text=refusal_sentence(trouble),
        picture=Picture.PHONE,
        phone=HOTLINE,
    )


@notice_of.register
def _unavailable(trouble: UnavailableError) -> Notice:
    return Notice(title=_("这项业务现在不能办"), text=trouble.reason, phone=HOTLINE)


@notice_of.register
def _not_permitted(trouble: NotPermittedError) -> Notice:
    return Notice(
        title=_("这项业务现在不能在这里办"), text=trouble.words, picture=Picture.PHONE, phone=HOTLINE
    )


@notice_of.register
def _not_initial_pin(trouble: NotInitialPinError) -> Notice:
    return Notice(
        title=_("卡上的密码已经不是初始密码"),
        text=_(
            "社保功能没有激活，密码没有改变，还可以输入 {left} 次。"
            "如果您设置过密码，请本人带身份证和社保卡到窗口办理激活。",
            left=trouble.tries_left,
        ),
        phone=HOTLINE,
    )


@notice_of.register
def _uncertain(trouble: PinChangeUncertainError) -> Notice:
    return Notice(
        title=_("没有办完，不知道新密码有没有生效"),
        text=_(
            "卡没有回答，本机不会自动重办，信息没有丢失。请取出卡，重新插入，再选这项业务，按提示试一次密码就能查清；"
            "也可以到窗口办理。"
        ),
        picture=Picture.INSERT_CARD,
        phone=HOTLINE,
    )


@notice_of.register
def _wrong_pin(trouble: card.InvalidPinError) -> Notice:
    return Notice(
        title=_("密码不对"),
        text=_("业务没有办理，密码没有改变，还可以输入 {left} 次。", left=trouble.tries_left),
        picture=Picture.ATTENTION,
    )


def locked_notice(region: str) -> Notice:
    """Return the notice for a card that takes no more tries, with the place that helps in ``region``."""
    return Notice(
        title=_("社保卡密码已锁定"),
        text=_(
            "密码连续输错次数已满，为保护您的权益，卡上的密码不能再用。{help}", help=where_to_unlock(region)
        ),
        picture=Picture.ATTENTION,
        phone=phone_of(region),
    )


@notice_of.register
def _card_trouble(trouble: card.CardError) -> Notice:
    return Notice(
        title=_("读卡出了问题"),
        text=_("业务没有办完，没有任何信息丢失。请取出卡，重新插入后再试；如果还不行，请到窗口办理。"),
        picture=Picture.CARD_WRONG_WAY,
    )


def refusal_of(trouble: Exception) -> RefuseCard:
    """Return what to show for a card that cannot be used at all."""
    match trouble:
        case CardNotProvenError():
            return RefuseCard(
                title=_("这张卡没有通过核验，请到窗口办理"),
                text=_("卡没有被收走，什么都没有办理。请取出卡，本人带身份证和社保卡到窗口核对。"),
                picture=Picture.STAFF,
            )
        case CardListedError(listed=Listed.CANCELLED):
            return RefuseCard(
                title=_("这张社保卡登记为已注销"),
                text=_("为保护持卡人，本机不能办理。请取出卡，本人带身份证到窗口核实，也可以拨打电话咨询。"),
                picture=Picture.PHONE,
                phone=HOTLINE,
            )
        case CardListedError():
            return RefuseCard(
                title=_("这张社保卡登记为已挂失"),
                text=_(
                    "为保护持卡人，本机不能办理，卡没有被收走。请取出卡，本人带身份证到窗口核实，也可以拨打电话咨询。"
                ),
                picture=Picture.PHONE,
                phone=HOTLINE,
            )
        case KioskOutOfServiceError():
            return RefuseCard(
                title=_("本机暂停服务"),
                text=_("{why}请取出您的卡。", why=str(trouble)),
                picture=Picture.STAFF,
            )
        case card.CardUnresponsiveError():
            return RefuseCard(
                title=_("读不出这张卡"),
                text=_("请取出卡，芯片朝上、朝里，再插一次。如果还是读不出，请到窗口检查卡片。"),
            )
        case card.NotSocialSecurityCardError():
            return RefuseCard(
                title=_("这不是社会保障卡"),
                text=_("这里只能用社会保障卡，银行卡不能办理。请取出卡，换成社会保障卡。"),
                picture=Picture.ATTENTION,
            )
        case card.ApplicationBlockedError():
            return RefuseCard(
                title=_("这张社保卡的社保功能已停用"),
                text=_("请取出卡，本人带身份证到窗口办理，也可以拨打电话咨询。"),
                picture=Picture.PHONE,
                phone=HOTLINE,
            )
        case card.CardContentError(kind=kind):
            return RefuseCard(
                title=_("这张卡请到窗口办理"),
                text=CONTENT.get(kind, UNSOUND_CONTENT),
                picture=Picture.PHONE,
                phone=HOTLINE,
            )
        case card.AuthenticationRequiredError():
            return RefuseCard(
                title=_("这张卡现在读不出持卡人"),
                text=_(
                    "第三代社保卡要社保中心核对后才能读。请取出卡，过一会儿再试，或本人带身份证到窗口办理。"
                ),
            )
        case _:
            return RefuseCard(
                title=_("这张卡没能读完整"),
                text=_("请取出卡，擦干净芯片，再插一次。如果还是不行，请到窗口办理。"),
            )


def problem_of(trouble: Exception) -> str:
    """Return in one word for staff, without anything personal, why a card cannot be used: ``CardListed``."""
    if isinstance(trouble, card.CardContentError):
        return str(trouble.kind)
    return type(trouble).__name__.removesuffix("Error")
