"""What a change of unknown outcome turns out to be, what a new PIN must be, and what is said where."""

from datetime import datetime
from types import SimpleNamespace

import pytest

from hardware.card.items import Holder, Sex
from hardware.card.pin import Pin
from kiosk.card_acts.pin_change import choose_new_pin, not_done
from kiosk.credentials.card_permission import NotPermittedError, require_permission, where_to_unlock
from kiosk.credentials.pin_recovery import Purpose, change_succeeded, is_initial, settlement_after_restart
from kiosk.dialogue.questions import EnterPin, InactivityTimeout
from kiosk.paper.certificates.card_act_receipt import card_act_receipt
from kiosk.record.journal import Intent, Outcome
from sync.protocol.certificate_kinds import CHINA
from sync.protocol.events import CardPinChangeUncertain
from tests.people import ID_NUMBERS, NEW_PIN, PINS

ACTIVATION, CHANGE = Purpose.ACTIVATION, Purpose.CHANGE
HOLDER = Holder("欧阳晴", ID_NUMBERS[2], Sex.FEMALE, None, None)
VISIT = SimpleNamespace(region="610200", holder=HOLDER)


def pin(digits):
    return Pin(bytearray(digits.encode()))


@pytest.mark.parametrize(
    ("purpose", "initial", "is_new", "took"),
    [
        (ACTIVATION, False, False, True),  # the card has a PIN of the holder's own
        (ACTIVATION, True, False, False),  # it still has the one it came with
        (ACTIVATION, True, True, False),  # whatever the citizen believes
        (CHANGE, False, True, True),
        (CHANGE, False, False, False),
        (CHANGE, True, True, False),  # no change can have set the initial PIN
    ],
)
def test_the_pin_that_the_card_accepts_tells_whether_the_change_took(purpose, initial, is_new, took):
    assert change_succeeded(purpose, initial=initial, is_new=is_new) is took


def test_a_change_that_a_restart_finds_open_is_uncertain_and_told_to_the_centre():
    intent = Intent(
        7, "01a2012d-9378-72c7-a7d3-de254deae6ff", "card.pin_change", "card", {"purpose": "change"}
    )
    outcome, details, report = settlement_after_restart(intent)
    assert (outcome, details["reason"]) == (Outcome.UNCERTAIN, "kiosk-restarted")
    assert (type(report), report.act) == (CardPinChangeUncertain, "4DEAE6FF-7")


@pytest.mark.parametrize(("region", "digits"), [("610200", "666666"), ("210100", "123456")])
def test_the_initial_pin_is_that_of_the_region(region, digits):
    with pin(digits) as initial, pin(NEW_PIN) as other:
        assert is_initial(region, initial)
        assert not is_initial(region, other)


def test_where_no_initial_pin_is_laid_down_none_is_taken_for_one():
    with pin("666666") as some:
        assert not is_initial("420100", some)


def answers(conversation, *digits):
    """Answer one EnterPin after the other; return the PINs that were given and the last question or the result."""
    given = []
    question = next(conversation)
    for each in digits:
        assert isinstance(question, EnterPin)
        given.append(pin(each))
        try:
            question = conversation.send(given[-1])
        except StopIteration as end:
            return given, end.value
    return given, question


def is_wiped(pin):
    return not any(pin.digits)


def test_the_new_pin_is_returned_and_its_repetition_wiped():
    with pin(PINS["ouyang-qing"]) as old:
        (first, second), new = answers(choose_new_pin(VISIT, old), NEW_PIN, NEW_PIN)
    assert new is first and not is_wiped(new)
    assert is_wiped(second)
    new.wipe()


@pytest.mark.parametrize(
    ("digits", "problem"),
    [
        (("111111",), "相同"),
        ((NEW_PIN, "394029"), "不一样"),
    ],
)
def test_refused_pins_are_wiped_and_asked_for_again(digits, problem):
    with pin(PINS["ouyang-qing"]) as old:
        given, question = answers(choose_new_pin(VISIT, old), *digits)
    assert question.title == "请设置新密码" and problem in question.problem
    assert all(map(is_wiped, given))


def test_a_pin_is_wiped_when_the_citizen_leaves_before_repeating_it():
    with pin(PINS["ouyang-qing"]) as old:
        conversation = choose_new_pin(VISIT, old)
        [first], _ = answers(conversation, NEW_PIN)
        with pytest.raises(InactivityTimeout):
            conversation.throw(InactivityTimeout())
    assert is_wiped(first)


@pytest.mark.parametrize(
    ("region", "place"),
    [
        ("610200", "社保卡服务网点"),
        ("210100", "合作银行(建行)社会保障卡服务网点"),
        ("420100", "社会保险经办机构"),
        ("440200", "12333"),
    ],
)
def test_a_locked_card_is_sent_to_the_place_of_its_region(region, place):
    assert place in where_to_unlock(region)


@pytest.mark.parametrize(
    ("region", "operation", "state", "words"),
    [
        ("210100", "activate", "not-activated", "定点医院"),
        ("440200", "change-pin", "normal", "没有写明"),
        ("610200", "change-pin", "lost-oral", "解除挂失"),
        ("610200", "change-pin", "lost-formal", "补卡"),
        ("610200", "activate", "cancelled", "窗口"),
    ],
)
def test_what_is_not_permitted_says_why_and_what_to_do(region, operation, state, words):
    with pytest.raises(NotPermittedError, match=words):
        require_permission(region, operation, state)


def test_in_tongchuan_a_kiosk_may_activate_and_change():
    require_permission("610200", "activate", "not-activated")
    require_permission("610200", "change-pin", "normal")


def test_the_receipt_says_what_was_done_and_masks_whose_card_it_is():
    receipt = card_act_receipt(
        HOLDER,
        "社保功能激活",
        "4DEAE6FF-7",
        "610200-001",
        datetime(2026, 11, 22, 9, 30, tzinfo=CHINA),
        not_done=not_done(Purpose.ACTIVATION, "610200"),
        phone="0631-8468753",
    )
    words = str(
        [
            getattr(block, "text", [cell.text for cell in getattr(block, "cells", ())])
            for block in receipt.blocks
        ]
    )
    for expected in (
        "业务回执",
        "社保功能激活",
        "4DEAE6FF-7",
        "2026-11-22 09:30",
        "610200-001",
        "0631-8468753",
        "金融功能没有激活，请本人带身份证到社保卡发卡银行网点办理。",
        "欧*晴",
    ):
        assert expected in words
    assert HOLDER.id_number not in words and "欧阳晴" not in words
