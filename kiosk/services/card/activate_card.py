"""社保功能激活: the card's initial PIN is replaced by the holder's own."""

from collections.abc import Generator
from typing import Any

from hardware.card.errors import InvalidPinError
from hardware.card.pin import Pin
from kiosk.card_acts.pin_change import NotInitialPinError, choose_new_pin, finish_with_receipt, replace_pin
from kiosk.credentials.card_permission import NotPermittedError, ask_centre, bank_of, require_permission
from kiosk.credentials.identification import current_pin, tries_left
from kiosk.credentials.pin_recovery import Purpose, completed_act_number, is_change_for, unfinished
from kiosk.dialogue.questions import Confirm, Notice, Picture, Question
from kiosk.dialogue.words import _
from kiosk.rules.pin import pin_policy
from kiosk.services.service import CARD, Conversation, Gets, Offline, Proof, service
from kiosk.visit.steps import Steps, ask
from kiosk.visit.visit import Visit

STEPS = Steps(_("核对卡"), _("设置新密码"), _("完成"))
ALREADY = Notice(
    title=_("您的社保功能已经激活，可以直接使用"),
    text=_("不用再办。要换密码，请选“修改社保密码”；忘了密码，请到窗口重置。"),
    picture=Picture.DONE,
)
LAST_TRY = _(
    "\n注意：只剩最后一次机会。如果卡上的密码已经改过，再办一次就会锁住。不能确定的，请先不办，到窗口问清楚。"
)


@service(
    "activate-card",
    group="card",
    position=2,
    label=_("社保功能激活"),
    hint=_("新卡第一次使用前设置密码；银行功能要到银行激活"),
    words=("激活", "启用", "新卡", "开通", "不能用"),
    minutes=3,
    accepts=CARD,
    proof=Proof.INITIAL_PIN,
    offline=Offline.REFUSE,
    gets=Gets.RECEIPT,
    left_open=is_change_for(Purpose.ACTIVATION),
    operation="activate",
    elder=8,
)
def activate_card(visit: Visit) -> Conversation:
    """Ask the centre, have a PIN chosen, and replace the initial one by it."""
    state = yield from STEPS.at(0, ask_centre(visit))
    if state == "normal":
        yield ALREADY
        return None
    require_permission(visit.region, "activate", state)
    number = (yield from STEPS.at(0, _find_out_about_the_last_time(visit))) or (yield from _activate(visit))
    return (
        (yield from STEPS.at(2, finish_with_receipt(visit, Purpose.ACTIVATION, number))) if number else None
    )


def _find_out_about_the_last_time(visit: Visit) -> Generator[Question, Any, str]:
    acts = unfinished(visit, Purpose.ACTIVATION)
    if acts:
        with (yield from current_pin(visit)):
            pass
    return completed_act_number(visit, acts)


def _activate(visit: Visit) -> Generator[Question, Any, str]:
    with _initial_pin(visit.region) as initial:
        if not (yield from STEPS.at(0, ask(_explanation(tries_left(visit), visit.region)))):
            return ""
        with (yield from STEPS.at(1, choose_new_pin(visit, initial))) as new:
            try:
                return (yield from STEPS.at(2, replace_pin(visit, Purpose.ACTIVATION, initial, new)))
            except InvalidPinError as refusal:
                raise NotInitialPinError(refusal.tries_left) from None


def _initial_pin(region: str) -> Pin:
    policy = pin_policy(region, "social")
    if policy.result.initial is None:
        raise NotPermittedError(policy.text)
    return Pin(bytearray(policy.result.initial.encode()))


def _explanation(tries: int, region: str) -> Confirm:
    return Confirm(
        title=_("激活社保功能"),
        text=_(
            "激活就是把卡的初始密码换成您自己的密码，换好就能用。\n"
            "这里只激活社保功能；金融功能请本人带身份证到{bank}激活。\n"
            "本机会用初始密码试一次；现在还可以试 {tries} 次。{warning}",
            bank=bank_of(region),
            tries=tries,
            warning=LAST_TRY if tries == 1 else "",
        ),
        yes=_("开始设置密码"),
        no=_("先不办"),
    )
