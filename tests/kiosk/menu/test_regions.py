"""Every service × region × card × machine: done here, sent to a place of the region, or not laid down there."""

from dataclasses import replace
from itertools import product
from typing import get_args

import pytest

from hardware.printer.status import PrinterStatus
from hardware.status import DeviceState, PaperState
from kiosk.credentials.card_condition import CardCondition
from kiosk.menu.availability import availabilities, best_conditions
from kiosk.menu.menu import ELDER_SERVICES, menu, offered
from kiosk.rules import regions
from kiosk.rules.card_operation import card_operation
from kiosk.rules.texts import catalogue
from kiosk.rules.words import Channel
from kiosk.services.service import Placement, services

REGIONS = ["110000", *(code for code in regions.codes() if code != "000000")]
CARDS = [
    None,
    *(CardCondition(social=state) for state in ("normal", "not-activated", "lost-oral", "cancelled")),
]
CARDS.append(CardCondition(is_pin_locked=True))
READERS = [DeviceState.ONLINE, DeviceState.NO_DEVICE]
PRINTERS = [
    PrinterStatus(line=DeviceState.ONLINE, paper=paper) for paper in (PaperState.FULL, PaperState.OUT)
]
MACHINES = list(product(CARDS, (True, False), READERS, PRINTERS, (True, False)))


def conditions(region):
    for card, reachable, reader, printer, on_behalf in MACHINES:
        yield replace(
            best_conditions(region),
            card=card,
            is_centre_reachable=reachable,
            reader=reader,
            printer=printer,
            on_behalf=on_behalf and card is not None,
        )


def places_of(region):
    """Return every place that the region's pack, or the law's own words for a channel, name."""
    pack = regions.find(region)
    names = [*(way.called for way in pack.way), *(pack.names[channel] for channel in get_args(Channel))]
    named = [each.value for each in names if each]
    advised = [place for each in pack.advice if each.places for place in each.places.value]
    return {*named, *advised, *catalogue()["channel"].values()}


@pytest.mark.parametrize("region", REGIONS)
def test_whatever_else_is_amiss_the_region_has_its_say_first_and_promises_nothing(region):
    """So that no round trip, no device and no PIN stands before a refusal that the pack knows."""
    best = availabilities(best_conditions(region))
    for now in conditions(region):
        for name, each in availabilities(now).items():
            assert each.placement is best[name].placement
            if each.placement is not Placement.HERE:
                assert each == best[name] and each.elsewhere and not each.reason


@pytest.mark.parametrize("region", REGIONS)
def test_each_service_is_done_here_or_elsewhere_in_the_regions_own_words_or_said_not_to_be_laid_down(region):
    for name, each in availabilities(best_conditions(region)).items():
        match each.placement:
            case Placement.HERE:
                operation = services()[name].operation
                refused = operation and card_operation(region, "kiosk", operation, "social").result.reason
                assert refused not in ("channel", "unspecified"), name
            case Placement.ELSEWHERE:
                place = each.elsewhere.removeprefix("请到").removesuffix("办理")
                assert place in places_of(region) - {"自助终端"}, name
            case Placement.UNSPECIFIED:
                assert each.elsewhere.startswith(f"{regions.find(region).name}的规定没有写明"), name


@pytest.mark.parametrize("region", REGIONS)
def test_menu_and_the_elders_page_offer_only_what_the_region_knows_of(region):
    now = availabilities(best_conditions(region))
    known = {name for name, each in now.items() if each.placement is not Placement.UNSPECIFIED}
    assert {option.key for option in offered(menu().services, now)} == known
    elders = offered(menu().elder_services, now)[:ELDER_SERVICES]
    assert len(elders) == ELDER_SERVICES and {option.key for option in elders} <= known


@pytest.mark.parametrize("region", REGIONS)
def test_what_is_marked_can_be_chosen_and_says_where(region):
    for option in offered(menu().services, availabilities(best_conditions(region))):
        assert not (option.elsewhere and option.unavailable_reason)
        assert not option.elsewhere or option.elsewhere.startswith("请到")
