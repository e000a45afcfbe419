"""What can be done now: devices × the line to the centre × the region's rules × the card that is in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hardware.printer.status import PrinterStatus
from hardware.status import DeviceState, PaperState
from kiosk.credentials.card_condition import UNUSABLE_PIN, CardCondition
from kiosk.credentials.card_permission import refusal
from kiosk.credentials.card_proof import Standing
from kiosk.dialogue.phone import HOTLINE, local_text
from kiosk.dialogue.words import TranslatableText, _
from kiosk.paper.printer_words import PRINTER_PROBLEMS
from kiosk.rules.card_operation import card_operation
from kiosk.rules.guidance import guidance
from kiosk.services.service import Device, Offline, Placement, Proof, Service, services
from kiosk.visit.person import Credential

Unavailable = Mapping[str, str]
"""Why a service, by its name, cannot be done now."""


@dataclass(frozen=True)
class Availability:
    """What becomes of a service here and now.

    ``elsewhere`` says where to go, where the region does not let kiosks do it. ``reason`` says why what is done here
    cannot be done now; '' if it can.
    """

    placement: Placement = Placement.HERE
    elsewhere: str = ""
    reason: str = ""


HERE_AND_NOW = Availability()
Availabilities = Mapping[str, Availability]
"""Of every service, by its name."""

NO_CENTRE = _("暂时连不上社保中心，请到窗口办理")
NO_READER = _("读卡器暂停使用，请到窗口办理")
NO_ID_CARD_READER = _("本机没有身份证读卡器，请到窗口")
ID_CARD_READER_DOWN = _("身份证读卡器暂停使用，请到窗口办理")
NO_SCANNER = _("本机没有扫码器，请到窗口")
SCANNER_DOWN = _("扫码器暂停使用，请到窗口办理")
OTHER_CREDENTIAL = _("这项业务不能用这种证件办理")
PIN_LOCKED = _("社保密码已锁定，请到窗口或拨打{phone}", phone=HOTLINE)
NOT_ACTIVATED = _("请先激活社保功能")
NOT_CHECKED = _("这张卡无法核验，这项业务请到窗口办理")
CARD_NOT_VALID = _("社保卡已挂失或注销，请到窗口或拨打{phone}", phone=HOTLINE)


@dataclass(frozen=True)
class Conditions:
    """Everything that decides what can be done, as of now.

    ``too_old`` are the services whose feeds are too old, with the reason. ``card`` is None where none is in, ``shown``
    is empty while nobody has shown anything; ``on_behalf`` is True while somebody acts for its holder (代办).
    ``id_card_reader``, ``scanner`` and ``faces`` are None on a machine without.
    """

    region: str
    reader: DeviceState
    printer: PrinterStatus
    is_centre_reachable: bool
    too_old: Unavailable
    card: CardCondition | None = None
    on_behalf: bool = False
    shown: frozenset[Credential] = frozenset()
    id_card_reader: DeviceState | None = None
    scanner: DeviceState | None = None
    faces: DeviceState | None = None

    @property
    def can_compare_faces(self) -> bool:
        """Return whether faces can be compared now; a camera that is being looked for may be there."""
        return self.faces in (DeviceState.ONLINE, DeviceState.STARTING)


def best_conditions(region: str) -> Conditions:
    """Return the conditions of a machine in ``region`` on which everything works."""
    printer = PrinterStatus(line=DeviceState.ONLINE, paper=PaperState.FULL)
    return Conditions(
        region,
        DeviceState.ONLINE,
        printer,
        is_centre_reachable=True,
        too_old={},
        id_card_reader=DeviceState.ONLINE,
        scanner=DeviceState.ONLINE,
        faces=DeviceState.ONLINE,
    )


def availabilities(now: Conditions) -> Availabilities:
    """Return what becomes of each service."""
    return {name: availability(service, now) for name, service in services().items()}


def availability(service: Service, now: Conditions) -> Availability:
    """Return what becomes of a service: what the region says of it is told before what ails the machine."""
    placement = service.placement(now.region)
    if placement is Placement.HERE:
        return Availability(reason=_reason(service, now))
    assert service.errand  # a region has its say only about what its rules have a word for
    return Availability(placement, elsewhere=guidance(now.region, service.errand).text)


def unavailable(now: Conditions) -> Unavailable:
    """Return why services that are done here cannot be done now, in words for citizens."""
    return {name: each.reason for name, each in availabilities(now).items() if each.reason}


def _reason(service: Service, now: Conditions) -> str:
    """Return why a service cannot be done now; what lasts longest is told first, '' when it can be done."""
    found = (judge(service, now) for judge in JUDGES)
    return local_text(next((reason for reason in found if reason), ""), now.region)


def printer_reason(printer: PrinterStatus) -> TranslatableText | None:
    """Return why nothing can be printed now; a printer that is being looked for may be there."""
    if printer.line is DeviceState.STARTING or not printer.problem:
        return None
    return _("{problem}，暂时不能打印证明", problem=PRINTER_PROBLEMS[printer.problem])


def reader_reason(reader: DeviceState) -> TranslatableText | None:
    """Return why no card can be read now; a reader that is being looked for may be there."""
    return None if reader in (DeviceState.ONLINE, DeviceState.STARTING) else NO_READER


def missing_credential(credential: Credential, now: Conditions) -> str:
    """Return why a credential cannot be shown at this machine now, or ''; a device that is looked for may be there."""
    match credential:
        case Credential.CARD:
            return reader_reason(now.reader) or ""
        case Credential.ID_CARD:
            return _device_reason(now.id_card_reader, NO_ID_CARD_READER, ID_CARD_READER_DOWN)
        case Credential.E_CARD:
            down = _device_reason(now.scanner, NO_SCANNER, SCANNER_DOWN)
            return down or ("" if now.is_centre_reachable else NO_CENTRE)
        case _:
            return ""


def _device_reason(device: DeviceState | None, missing: str, down: str) -> str:
    if device is None:
        return missing
    return "" if device in (DeviceState.ONLINE, DeviceState.STARTING) else down


def _credential(service: Service, now: Conditions) -> str:
    """Return why nothing that the service accepts can be shown here; what was shown already need not be."""
    accepted = _usable(service, now)
    if not accepted:
        return OTHER_CREDENTIAL
    if Credential.NONE in accepted or accepted & now.shown:
        return ""
    reasons = [missing_credential(each, now) for each in Credential if each in accepted]
    return "" if "" in reasons else reasons[0]


def _usable(service: Service, now: Conditions) -> frozenset[Credential]:
    return service.usable(faces=now.can_compare_faces)


def _needs_no_card(service: Service, now: Conditions) -> bool:
    """Return whether something that was shown beside the card is enough, so that the card's PIN need not be."""
    others = _usable(service, now) & now.shown - {Credential.CARD}
    return service.proof is Proof.IN_PERSON and bool(others)


def _agent(service: Service, now: Conditions) -> str:
    """Return the law's words where this may not be done for somebody else."""
    if service.operation is None or not now.on_behalf:
        return ""
    answer = card_operation(now.region, "kiosk", service.operation, "social", agent=True)
    return "" if answer.result.allowed else answer.text


def _card(service: Service, now: Conditions) -> str:
    """Return what the card's own state forbids, as far as it is known; of an operation, in the law's words."""
    if now.card is None or not service.uses_pin or now.card.state in (None, "normal"):
        return ""
    if now.card.state in UNUSABLE_PIN and _needs_no_card(service, now):
        return ""
    if now.card.state == "not-activated":
        return _not_activated(now.region) if service.operation != "activate" else ""
    if service.operation:
        return refusal(now.region, service.operation, now.card.state)
    return PIN_LOCKED if now.card.state == "pin-locked" else CARD_NOT_VALID


def _not_activated(region: str) -> str:
    """Return that the card is to be activated first; and what the region's rules say of where, if it is not here."""
    if services()["activate-card"].placement(region) is Placement.HERE:
        return NOT_ACTIVATED
    return _("社保功能还没有激活。{where}", where=guidance(region, "activate").text)


def _standing(service: Service, now: Conditions) -> str:
    """Return what a card that the centre cannot check may not do."""
    limited = now.card is not None and now.card.standing is Standing.LIMITED
    return NOT_CHECKED if limited and service.genuine_card else ""


def _feeds(service: Service, now: Conditions) -> str:
    return now.too_old.get(service.name, "")


def _printer(service: Service, now: Conditions) -> str:
    return (printer_reason(now.printer) or "") if Device.PRINTER in service.needs else ""


def _centre(service: Service, now: Conditions) -> str:
    return NO_CENTRE if service.offline is Offline.REFUSE and not now.is_centre_reachable else ""


JUDGES: tuple[Callable[[Service, Conditions], str], ...] = (
    *(_agent, _card, _standing, _feeds, _credential, _printer, _centre),
)
"""The checks, in the order in which their reasons are told: the most lasting one first."""
