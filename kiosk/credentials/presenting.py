"""Asking for a credential that a service needs and nobody has shown yet: one page, with all that would do."""

from collections.abc import Generator, Mapping
from typing import Any

from kiosk.dialogue.questions import Option, PresentCredential, Question
from kiosk.dialogue.words import TranslatableText, _
from kiosk.visit.person import Credential
from kiosk.visit.visit import Visit

WAYS: Mapping[Credential, tuple[TranslatableText, TranslatableText]] = {
    Credential.CARD: (_("插入社会保障卡"), _("芯片朝上、朝里，办完再取")),
    Credential.ID_CARD: (_("放上身份证"), _("平放在读卡区，不要移动")),
    Credential.E_CARD: (_("出示电子社保卡"), _("打开手机上的二维码，对准扫码窗口")),
}
"""How each is shown."""


def require_credential(visit: Visit, accepted: frozenset[Credential]) -> Generator[Question, Any, None]:
    """Have one of the ``accepted`` credentials shown, unless one was in this visit already."""
    while not accepted & {Credential.NONE, *visit.state().shown}:
        yield PresentCredential(
            title=_("这项业务要核实您是谁"),
            text=_("请用下面的任意一种，本次办理只要一次。"),
            accepted=tuple(_way(each, visit) for each in Credential if each in accepted),
        )


def present_again(visit: Visit, credential: Credential) -> PresentCredential:
    """Ask for a credential once more, because its reading has been used up."""
    return PresentCredential(
        title=_("请重新放一次"),
        text=_("请拿开身份证，再放一次。"),
        accepted=(_way(credential, visit),),
    )


def present_after_expiry(visit: Visit, credential: Credential) -> Generator[Question, Any, None]:
    """Have the same credential shown once more, because what it proved was too long ago."""
    while credential not in visit.state().shown:
        yield PresentCredential(
            title=_("请再核实一次您是谁"),
            text=_("上次核实已经超过十分钟。业务还没有办理，核实以后接着办。"),
            accepted=(_way(credential, visit),),
        )


def _way(credential: Credential, visit: Visit) -> Option:
    label, hint = WAYS[credential]
    return Option(credential.value, label, hint, visit.missing_credential(credential))
