"""The menu leads to every service, and only to services."""

import pytest

from kiosk.events import UnknownEvent, catalogue, kind_of
from kiosk.menu import menu, menu_question
from kiosk.services import services


def test_every_service_is_on_the_menu_once():
    listed = [item.service for group in menu().group for item in group.item]
    assert sorted(listed) == sorted(services())


def test_the_menu_greets_and_has_nothing_to_go_back_to():
    question = menu_question("王*国，您好")
    assert question.title == "王*国，您好"
    assert question.home


def test_an_event_outside_the_catalogue_cannot_be_recorded():
    with pytest.raises(UnknownEvent):
        kind_of("certificate.invented", {})


def test_a_value_outside_the_catalogue_cannot_be_recorded():
    with pytest.raises(UnknownEvent):
        kind_of("pin.verified", {"pin": "000000"})


def test_no_event_holds_personal_data():
    assert {kind.personal for kind in catalogue().values()} == {"none"}
