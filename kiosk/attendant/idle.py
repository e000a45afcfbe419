"""What the kiosk says while nobody is here, and which services it cannot do now."""

from collections.abc import Sequence

from hardware.status import PaperState
from kiosk.dialogue.questions import BEGIN, Idle, Option, OutOfService
from kiosk.dialogue.words import TranslatableText, _
from kiosk.menu.availability import NO_CENTRE, Conditions, availabilities, printer_reason, reader_reason
from kiosk.menu.menu import menu, offered
from kiosk.services.service import services

DISK_FULL_PAGE = OutOfService(
    title=_("抱歉，本机暂停服务"),
    text=_(
        "本机的存储空间已满。没有重复办理，也没有信息丢失；没有办完的业务请到窗口办理。"
        "请取回您的卡，把下面的话告诉工作人员。"
    ),
    number=_("存储已满"),
)


def is_on_the_menu(touched: str) -> bool:
    """Return whether a visit may begin with this touch: ``BEGIN``, a group, or a service."""
    groups = (group.name for group in menu().groups)
    return touched in (BEGIN, *groups, *services())


def idle_page(now: Conditions) -> Idle:
    """Invite to put in a card, and say what can be done and what cannot."""
    here = tuple(option for option in offered(menu().services, availabilities(now)) if not option.elsewhere)
    return Idle(
        title=_("您好，请插入社会保障卡"),
        text=_what_can_be_done(here),
        services=here,
        troubles=_troubles(now),
    )


def _what_can_be_done(here: Sequence[Option]) -> TranslatableText:
    """Return what the region, the menu and this machine let people do now, by the groups that they look in."""
    can = {option.key for option in here if not option.unavailable_reason}
    groups = (group for group, listed in menu().groups.items() if can & {each.name for each in listed})
    titles = tuple(TranslatableText(group.title) for group in groups)
    if not titles:
        return _("本机现在办不了业务，请到窗口办理")
    return _("本机现在可以办：{groups}", groups=titles)


def _troubles(now: Conditions) -> tuple[TranslatableText, ...]:
    troubles = [reader_reason(now.reader), printer_reason(now.printer)]
    if now.printer.paper is PaperState.LOW and not now.printer.problem:
        troubles.append(_("打印纸快用完了，请工作人员备纸"))
    if not now.is_centre_reachable:
        troubles.append(NO_CENTRE)
    return tuple(trouble for trouble in troubles if trouble)
