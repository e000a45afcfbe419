"""The page and the slip that say where something is done: of every errand, in every region, without a promise."""

from datetime import date
from types import SimpleNamespace

import pytest

from kiosk.dialogue.language import catalogue
from kiosk.dialogue.questions import Choose, ShowArticle
from kiosk.rules import regions
from kiosk.services import redirect as redirects
from kiosk.services.redirect import article, redirect, slip
from kiosk.services.service import services
from tests.kiosk.saying import said

TODAY = date(2026, 11, 27)


def text(page):
    return "\n".join([page.text, *(f"{section.heading}\n{section.text}" for section in page.sections)])


def page(region, errand, why=None):
    return article(region, errand, "题目", why, TODAY)


def conversation(region, errand, monkeypatch):
    printed = []

    def note(_visit, answer):
        printed.append(answer)
        yield from ()

    monkeypatch.setattr(redirects, "print_answer", note)
    return redirect(SimpleNamespace(region=region), errand, "补卡换卡"), printed


def test_the_reason_is_asked_for_first_and_the_page_is_printed_at_each_touch_only(monkeypatch):
    talk, printed = conversation("420100", "replace-card", monkeypatch)
    why = next(talk)
    assert isinstance(why, Choose) and [option.label for option in why.options][:2] == ["卡丢了", "卡坏了"]
    shown = talk.send("damaged")
    assert isinstance(shown, ShowArticle) and printed == []
    assert talk.send("print") == shown and len(printed) == 1
    assert talk.send("print") == shown and len(printed) == 2


def test_what_is_done_in_one_way_only_asks_nothing(monkeypatch):
    talk, _printed = conversation("610200", "reset-pin", monkeypatch)
    assert isinstance(next(talk), ShowArticle)


def test_the_slip_says_what_the_page_says_and_whom_to_call():
    shown = page("371003", "report-loss")
    paper = slip(shown, "371003", "report-loss", None, TODAY)
    assert paper.phone == "0631-8468753" and "文登" in paper.sources[0]
    for section in shown.sections:
        assert f"{section.heading}：{section.text}" in paper.answer


def test_a_loss_report_says_that_the_bank_has_to_be_told_too():
    for region in ("610200", "371003", "210000", "440200"):
        assert "银行里的钱没有挂失" in text(page(region, "report-loss"))
    assert "(024)95533" in text(page("210000", "report-loss"))


def test_a_reason_that_the_rules_do_not_know_is_not_answered_with_another_reasons_place():
    shown = page("610200", "replace-card", "damaged")
    assert "没有写明“卡坏了”怎样办" in shown.text
    assert "发卡银行网点" not in text(shown) and "要带" not in text(shown)


def test_old_rules_say_that_the_counter_is_right():
    assert "以窗口为准" in text(page("440200", "replace-card", "lost"))
    assert "以窗口为准" not in text(page("420100", "replace-card", "lost"))


def test_who_needs_a_card_at_once_elsewhere_is_told_whom_to_call():
    assert "029-82282995" in text(page("610200", "card-progress"))
    assert "029-82282995" not in text(page("610200", "certify"))


def pages():
    for region in regions.codes():
        for service in services().values():
            for why in (None, "lost", "death", "child"):
                if region != "000000" and service.errand:
                    yield page(region, service.errand, why)


def test_every_page_can_be_said_in_english():
    heard = [said(each) for each in pages()]
    assert {msgid for each in heard for msgid in each.msgids} <= catalogue("en").keys()


@pytest.mark.parametrize("promise", ["本机可以", "可以在本机", "在这里办", "自助终端"])
def test_no_page_promises_that_this_machine_does_it(promise):
    assert not [each for each in pages() if promise in text(each)]
