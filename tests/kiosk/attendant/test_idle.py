"""The idle screen: what can be done here, and which of it not now, and why."""

from hardware.card.monitor import CardReaderStatus
from hardware.printer.status import PrinterStatus
from hardware.status import ChipState, DeviceState, MediaState, PaperState
from kiosk.attendant.idle import idle_page, unavailable
from kiosk.menu.menu import menu

READER = CardReaderStatus(DeviceState.ONLINE, MediaState.NOT_PRESENT, ChipState.ONLINE, "reader", 0)
HEALTHY = PrinterStatus(line=DeviceState.ONLINE, paper=PaperState.FULL)
EMPTY = PrinterStatus(line=DeviceState.ONLINE, paper=PaperState.OUT)
PRINTS = {service.name for service in menu().services if service.group == "certificates"}


def test_all_services_are_named_and_nothing_ails_a_healthy_kiosk():
    page = idle_page(READER, HEALTHY, unavailable(HEALTHY, {}))
    assert [option.key for option in page.services] == [service.name for service in menu().services]
    assert not any(option.unavailable_reason for option in page.services) and page.troubles == ()


def test_without_paper_what_prints_cannot_be_done_and_says_so():
    page = idle_page(READER, EMPTY, unavailable(EMPTY, {}))
    unavailable_reason = {
        option.key: option.unavailable_reason for option in page.services if option.unavailable_reason
    }
    assert unavailable_reason == dict.fromkeys(PRINTS, "打印机缺纸，暂时不能打印证明")


def test_what_is_known_from_elsewhere_is_told_too():
    assert unavailable(HEALTHY, {"change-pin": "连不上"}) == {"change-pin": "连不上"}
    assert unavailable(EMPTY, {"change-pin": "连不上"}).keys() == PRINTS | {"change-pin"}
