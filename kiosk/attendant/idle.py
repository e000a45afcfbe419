"""What the kiosk says while nobody is here, and which services it cannot do now."""

from functools import partial

from hardware.status import PaperState
from kiosk.dialogue.questions import BEGIN, SEARCH, Idle, OutOfService, Picture
from kiosk.dialogue.words import TranslatableText, _
from kiosk.menu.availability import NO_CENTRE, Conditions, availabilities, printer_reason, reader_reason
from kiosk.menu.menu import group_options, menu, offered
from kiosk.services.service import services

WORKING = _("本机工作正常：打印纸充足，与社保中心连接正常")
DISK_FULL_PAGE = OutOfService(
    title=_("抱歉，本机暂停服务"),
    text=_(
        "本机的存储空间已满。没有重复办理，也没有信息丢失；没有办完的业务请到窗口办理。"
        "请取回您的卡，把下面的话告诉工作人员。"
    ),
    number=_("存储已满"),
)


def is_on_the_menu(touched: str) -> bool:
    """Return whether a visit may begin with this touch: ``BEGIN``, ``SEARCH``, a group, or a service."""
    groups = (group.name for group in menu().groups)
    return touched in (BEGIN, SEARCH, *groups, *services())


def idle_page(now: Conditions, notices: tuple[str, ...] = ()) -> Idle:
    """Invite to touch what one came for, and say what can be done and what cannot."""
    offer = partial(offered, now=availabilities(now))
    can_read = not reader_reason(now.reader)
    return Idle(
        title=_("您好，请选择要办的事，或直接插卡") if can_read else _("您好，请选择要办的事"),
        text=_("插卡时芯片朝上、朝里") if can_read else _("本机暂时读不了卡，要用卡的业务请到窗口"),
        groups=group_options(offer),
        services=tuple(option for option in offer(menu().services) if not option.elsewhere),
        working=WORKING,
        troubles=troubles(now),
        notices=notices,
        picture=Picture.INSERT_CARD if can_read else Picture.CARD_NOT_READ,
    )


def troubles(now: Conditions) -> tuple[TranslatableText, ...]:
    """Return what does not work now; each cause is told once."""
    found = [reader_reason(now.reader), printer_reason(now.printer)]
    if now.printer.paper is PaperState.LOW and not now.printer.problem:
        found.append(_("打印纸快用完了，请工作人员备纸"))
    if not now.is_centre_reachable:
        found.append(NO_CENTRE)
    return tuple(trouble for trouble in found if trouble)
