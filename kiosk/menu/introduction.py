"""What is said of a service before it begins: what it needs, takes and gives, and where else it is done."""

from kiosk.dialogue.questions import Fact, IntroduceService
from kiosk.dialogue.words import TranslatableText, _
from kiosk.menu.menu import icon_of, menu
from kiosk.services.service import Gets, Proof, Service
from kiosk.visit.person import Credential

FREE = _("本项服务免费（《社会保险经办条例》第三十二条）")
GETS = {
    Gets.ANSWER: _("屏幕上的结果"),
    Gets.CERTIFICATE: _("一份纸质证明，当场打印"),
    Gets.RECEIPT: _("办好后打印一张回执"),
}
NEEDS_NOTHING = _("不用证件")
NEEDS = {
    Credential.CARD: _("社会保障卡"),
    Credential.ID_CARD: _("居民身份证"),
    Credential.E_CARD: _("电子社保卡"),
}
WITH_PROOF = {
    Credential.CARD: _("社会保障卡（要输密码）"),
    Credential.ID_CARD: _("居民身份证（要刷脸）"),
}
"""What each is together with what proves that the person themselves is here."""
WITH_PIN = _("社会保障卡和6位社保密码")
ELSEWHERE = _("也可以到人工窗口，或拨打 {phone}")


def introduction(
    service: Service,
    phone: str,
    reason: str = "",
    *,
    has_shown: bool = False,
    asks_pin: bool = False,
    faces: bool = True,
) -> IntroduceService:
    """Return the page before ``service``.

    :param phone: whom to call about it. :param reason: why it cannot be done now.
    :param has_shown: the credential that it needs has been shown already. :param asks_pin: its PIN is entered next.
    :param faces: the machine can compare faces, without which an ID card alone may not be enough.
    """
    groups = {group.name: group for group in menu().groups}
    return IntroduceService(
        group=TranslatableText(groups[service.group].title),
        title=service.label,
        text=service.hint,
        facts=(
            Fact(_("要用"), needs(service, faces=faces), "badge"),
            Fact(_("时间"), _("大约 {minutes} 分钟", minutes=service.minutes), "time"),
            Fact(_("拿到"), GETS[service.gets], "paper"),
            Fact(_("费用"), FREE, "fee"),
            Fact(_("别处"), TranslatableText(ELSEWHERE.msgid, phone=phone), "elsewhere", details=True),
        ),
        go_on=go_on(service, has_shown=has_shown, asks_pin=asks_pin),
        unavailable_reason=reason,
        icon=icon_of(service),
        tint=service.group,
    )


def needs(service: Service, *, faces: bool = True) -> TranslatableText:
    """Return what one has to show and to know."""
    if Credential.NONE in service.accepts:
        return NEEDS_NOTHING
    if service.proof in (Proof.PIN, Proof.PIN_IN_SERVICE):
        return WITH_PIN
    usable = service.usable(faces=faces)
    names = NEEDS | WITH_PROOF if service.proof is Proof.IN_PERSON else NEEDS
    shown = tuple(name for credential, name in names.items() if credential in usable)
    if len(shown) == 1:
        return shown[0]
    return _("{credentials}，有一样就行", credentials=shown)


def go_on(service: Service, *, has_shown: bool, asks_pin: bool) -> TranslatableText:
    """Return the name of the button, which says what comes next."""
    if Credential.NONE in service.accepts:
        return _("开始")
    if not has_shown:
        return _("下一步：出示证件")
    return _("下一步：输入密码") if asks_pin else _("开始办理")
