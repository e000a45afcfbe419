"""What the kiosk says while nobody is here, and which services it cannot do now."""

from collections.abc import Mapping

from hardware.card.monitor import CardReaderStatus
from hardware.printer.status import PrinterStatus
from hardware.status import DeviceState, PaperState
from kiosk.attendant.error_notices import PRINTER_PROBLEMS
from kiosk.dialogue.questions import Idle, OutOfService
from kiosk.dialogue.words import TranslatableText, _
from kiosk.menu.menu import Unavailable, menu, service_option
from kiosk.services.service import services

DISK_FULL_PAGE = OutOfService(
    title=_("抱歉，本机暂停服务"),
    text=_(
        "本机的存储空间已满。没有重复办理，也没有信息丢失；没有办完的业务请到窗口办理。"
        "请取回您的卡，把下面的话告诉工作人员。"
    ),
    number=_("存储已满"),
)


def idle_page(reader: CardReaderStatus, printer: PrinterStatus, unavailable_reason: Unavailable) -> Idle:
    """Invite to put in a card, and say what can be done and what cannot."""
    return Idle(
        title=_("您好，请插入社会保障卡"),
        text=_("本机可以打印社保证明、激活社保卡、修改社保密码"),
        services=tuple(
            service_option(each, unavailable_reason.get(each.name, "")) for each in menu().services
        ),
        troubles=_troubles(reader, printer),
    )


def unavailable(printer: PrinterStatus, known: Mapping[str, str]) -> Unavailable:
    """Return why services are unavailable: those that print need the printer, others as is ``known``."""
    if not (problem := _problem(printer)):
        return known
    return {**known, **{name: problem for name, service in services().items() if service.prints}}


def _troubles(reader: CardReaderStatus, printer: PrinterStatus) -> tuple[TranslatableText, ...]:
    troubles = []
    if reader.device not in (DeviceState.ONLINE, DeviceState.STARTING):
        troubles.append(_("读卡器暂停使用，请到窗口办理"))
    if problem := _problem(printer):
        troubles.append(problem)
    elif printer.paper is PaperState.LOW:
        troubles.append(_("打印纸快用完了，请工作人员备纸"))
    return tuple(troubles)


def _problem(printer: PrinterStatus) -> TranslatableText | None:
    if printer.line is DeviceState.STARTING or not printer.problem:
        return None
    return _("{problem}，暂时不能打印证明", problem=PRINTER_PROBLEMS[printer.problem])
