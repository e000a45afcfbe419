"""The idle screen: what can be done here, and which of it not now, and why."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from hardware.printer.status import PrinterStatus
from hardware.status import DeviceState, PaperState
from kiosk.attendant.idle import idle_page
from kiosk.attendant.rest import Rest
from kiosk.attendant.timeouts import Timeouts
from kiosk.attendant.window import Window
from kiosk.dialogue.questions import Picture
from kiosk.guidance.library import Library
from kiosk.menu.availability import NO_CENTRE, NO_READER, Conditions
from kiosk.menu.menu import menu
from kiosk.services.service import Device, Offline, Placement
from kiosk.visit.person import Credential

HEALTHY = Conditions(
    region="610200",
    reader=DeviceState.ONLINE,
    printer=PrinterStatus(line=DeviceState.ONLINE, paper=PaperState.FULL),
    is_centre_reachable=True,
    too_old={},
)
PRINTED = {each.name for each in menu().services if Device.PRINTER in each.needs}


def reasons(page):
    return {each.key: each.unavailable_reason for each in page.services if each.unavailable_reason}


def test_all_services_that_are_done_here_are_named_and_nothing_ails_a_healthy_kiosk():
    page = idle_page(HEALTHY)
    here = [each.name for each in menu().services if each.placement("610200") is Placement.HERE]
    assert [option.key for option in page.services] == here
    assert reasons(page) == {} and page.troubles == ()


def test_without_paper_what_prints_cannot_be_done_and_says_so():
    page = idle_page(replace(HEALTHY, printer=PrinterStatus(line=DeviceState.ONLINE, paper=PaperState.OUT)))
    assert reasons(page) == dict.fromkeys(PRINTED, "打印机缺纸，暂时不能打印证明")
    assert page.troubles == ("打印机缺纸，暂时不能打印证明",)


def test_without_the_centre_only_what_the_card_and_this_machine_know_can_be_done():
    page = idle_page(replace(HEALTHY, is_centre_reachable=False))
    asking = {service.name for service in menu().services if service.offline is Offline.REFUSE}
    assert reasons(page).keys() == asking
    assert page.troubles == (NO_CENTRE,)


def test_without_a_card_reader_only_what_needs_no_card_can_be_done():
    page = idle_page(replace(HEALTHY, reader=DeviceState.NO_DEVICE))
    needing = {service.name for service in menu().services if Credential.NONE not in service.accepts}
    assert reasons(page) == dict.fromkeys(needing, NO_READER)


def test_devices_that_are_still_looked_for_are_not_called_broken():
    starting = replace(HEALTHY, reader=DeviceState.STARTING, printer=PrinterStatus())
    assert reasons(idle_page(starting)) == {}


def hints(page):
    return {group.key: group.hint for group in page.groups}


def test_each_group_says_how_much_of_it_cannot_be_done_now():
    usual = hints(idle_page(HEALTHY))
    assert usual.keys() == {service.group for service in menu().services}
    broken = hints(
        idle_page(replace(HEALTHY, printer=PrinterStatus(line=DeviceState.ONLINE, paper=PaperState.OUT)))
    )
    assert broken["certificates"] == f"{len(PRINTED)} 项现在不能办" and broken["card"] == usual["card"]


def test_who_comes_reads_the_two_most_important_notices_that_were_published():
    feed = {
        "a": '{"title": "放假通知"}',
        "b": '{"title": "停电通知", "priority": 2}',
        "c": '{"title": "新通知", "valid_from": "2026-01-01", "priority": 1}',
        "d": '{"title": "过期通知", "valid_until": "2026-01-01", "priority": 9}',
    }
    library = Library(lambda name: feed if name == "notices" else {})
    published = SimpleNamespace(load_latest_rules=lambda: None, out_of_service=lambda: "")
    equipment = SimpleNamespace(conditions=lambda: HEALTHY, library=library, published=published)
    window = Window(lambda _page, _manner: None, lambda _event: None)
    Rest(equipment, window, Timeouts, placement=0).begin()
    assert window.shown.notices == ("停电通知", "新通知")


def test_title_and_picture_follow_the_reader():
    page = idle_page(HEALTHY)
    assert "插卡" in page.title and page.picture is Picture.INSERT_CARD
    page = idle_page(replace(HEALTHY, reader=DeviceState.NO_DEVICE))
    assert "插卡" not in page.title and page.picture is Picture.CARD_NOT_READ and "读不了卡" in page.text


@pytest.mark.parametrize("region", ["210000", "210200", "371003", "420100", "440200", "650200"])
def test_where_the_rules_have_it_done_elsewhere_nothing_is_promised(region):
    names = {each.key for each in idle_page(replace(HEALTHY, region=region)).services}
    assert not names & {"activate-card", "change-pin"}


def test_a_group_of_which_the_rules_say_nothing_is_not_offered():
    def groups(region):
        return [option.key for option in idle_page(replace(HEALTHY, region=region)).groups]

    assert "card" in groups("371003") and "certificates" in groups("110000")
    silent = [each for each in menu().services if each.placement("371003") is Placement.UNSPECIFIED]
    assert {"replace-card", "change-pin"} <= {each.name for each in silent}
