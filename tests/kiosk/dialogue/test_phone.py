"""Whom to call is the region's own number, and the national one only where no source gives one."""

import pytest

from kiosk.attendant.error_notices import notice_of, refusal_of
from kiosk.dialogue.phone import local_page, local_text
from kiosk.dialogue.words import _
from kiosk.menu.availability import PIN_LOCKED
from kiosk.published.state import CardListedError
from sync.answers import CentralRefusedError
from sync.client import CentralUnreachableError
from sync.protocol.card_status_list import Listed

NUMBERS = {"371003": "0631-8468753", "210000": "(024)12333", "610200": "12333", "440200": "12333"}


@pytest.mark.parametrize(("region", "number"), NUMBERS.items())
def test_a_notice_a_refused_card_and_a_reason_on_the_menu_name_the_regions_number(region, number):
    assert local_page(notice_of(CentralUnreachableError("")), region).phone == number
    assert local_page(refusal_of(CardListedError(Listed.CANCELLED)), region).phone == number
    assert local_text(PIN_LOCKED, region) == f"社保密码已锁定，请到窗口或拨打{number}"


def test_what_the_centre_refuses_names_it_too():
    page = local_page(notice_of(CentralRefusedError("no-pension", "")), "371003")
    assert page.phone == "0631-8468753" and "或拨打0631-8468753查询" in page.text


def test_a_page_that_tells_nobody_to_call_stays_as_it_is():
    page = notice_of(CentralUnreachableError(""))
    assert local_text(_("请稍候。"), "371003") == "请稍候。"
    assert local_page(page, "440200") == page
