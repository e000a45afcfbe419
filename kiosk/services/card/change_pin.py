"""修改社保密码: the holder replaces the PIN by another one."""

from collections.abc import Generator
from typing import Any

from hardware.card.pin import Pin
from kiosk.card_acts.pin_change import choose_new_pin, finish_with_receipt, replace_pin
from kiosk.credentials.card_permission import ask_centre, require_permission
from kiosk.credentials.identification import current_pin
from kiosk.credentials.pin_recovery import Purpose, completed_act_number, is_change_for, unfinished
from kiosk.dialogue.questions import Notice, Question
from kiosk.dialogue.words import _
from kiosk.services.service import CARD, Conversation, Gets, Offline, Proof, service
from kiosk.visit.steps import Steps, read_back
from kiosk.visit.visit import Visit

STEPS = Steps(_("输入原密码"), _("设置新密码"), _("完成"))
WHAT = _("您要把社保卡密码换成刚才输入的新密码。")
ACTIVATE_FIRST = Notice(
    title=_("请先激活社保功能"),
    text=_("您的社保功能还没有激活。请回到首页选“社保功能激活”，在那里设置您自己的密码。"),
)


@service(
    "change-pin",
    group="card",
    position=3,
    label=_("修改社保密码"),
    hint=_("换社保密码；银行功能和银行密码到银行办"),
    words=("改密码", "换密码", "修改密码", "密码"),
    minutes=3,
    accepts=CARD,
    proof=Proof.PIN_IN_SERVICE,
    offline=Offline.REFUSE,
    gets=Gets.RECEIPT,
    left_open=is_change_for(Purpose.CHANGE),
    operation="change-pin",
    elder=5,
)
def change_pin(visit: Visit) -> Conversation:
    """Ask the centre, have the old PIN and a new one entered, and change it."""
    state = yield from STEPS.at(0, ask_centre(visit))
    if state == "not-activated":
        yield ACTIVATE_FIRST
        return None
    require_permission(visit.region, "change-pin", state)
    before = unfinished(visit, Purpose.CHANGE)
    with (yield from STEPS.at(0, current_pin(visit, _("请输入原密码")))) as old:
        number = completed_act_number(visit, before) or (yield from _change(visit, old))
    return (yield from STEPS.at(2, finish_with_receipt(visit, Purpose.CHANGE, number)))


def _change(visit: Visit, old: Pin) -> Generator[Question, Any, str]:
    with (yield from STEPS.at(1, choose_new_pin(visit, old))) as new:
        yield from STEPS.at(1, read_back(visit, WHAT))
        return (yield from STEPS.at(2, replace_pin(visit, Purpose.CHANGE, old, new)))
