"""Changing the PIN on the chip, and finding out afterwards whether a change of unknown outcome took."""

from collections.abc import Generator
from contextlib import ExitStack, suppress
from enum import StrEnum
from typing import Any

from hardware.card.errors import CardError, InvalidPin, TransportUncertain
from hardware.card.pin import Pin
from kiosk.dialogue.questions import Confirm, EnterPin, Finished, Notice, Picture, Question, Working
from kiosk.dialogue.words import _
from kiosk.paper.receipt import finish
from kiosk.record.journal import Intent, Outcome, Report
from kiosk.rules import pin as rules
from kiosk.visit.visit import Visit

PIN_CHANGE = "card.pin_change"


class Purpose(StrEnum):
    """Why the PIN is changed. To activate the card is to replace its initial PIN."""

    ACTIVATION = "activation"
    CHANGE = "change"


ACTIVATED = "card.activated"
REPORTS = {Purpose.ACTIVATION: ACTIVATED, Purpose.CHANGE: "card.pin_changed"}

DONE_WORDS = {
    Purpose.ACTIVATION: (_("社保功能已经激活"), "社保功能激活"),
    Purpose.CHANGE: (_("社保密码已经修改"), "修改社保密码"),
}
"""What the last page and the receipt, which is always in Chinese, call it."""

CHANGING = Working(
    title=_("正在设置新密码"), text=_("请不要拔出社会保障卡，马上就好。"), picture=Picture.INSERT_CARD
)
WHICH_PIN = Confirm(
    title=_("密码正确"),
    text=_("刚才输入的，是上次要设置的新密码吗？"),
    yes=_("是新密码"),
    no=_("是原来的密码"),
)


class PinChangeUncertain(Exception):
    """The card was sent the change and did not answer: nobody knows whether it took."""


class NotInitialPin(Exception):
    """The card refused the initial PIN: it has another one already. ``tries_left`` are left."""

    def __init__(self, tries_left: int) -> None:
        super().__init__(f"not the initial PIN, tries left: {tries_left}")
        self.tries_left = tries_left


def choose_new_pin(visit: Visit, old: Pin) -> Generator[Question, Any, Pin]:
    """Ask for a new PIN, twice, until it is one that the region allows; whoever gets it wipes it."""
    problem = ""
    while True:
        with ExitStack() as wiping:
            new = wiping.enter_context(
                (
                    yield EnterPin(
                        title=_("请设置新密码"),
                        text=_("6位数字。不要用生日、身份证号码后几位、连着的或相同的数字。"),
                        problem=problem,
                    )
                )
            )
            problem = _weakness(visit, old, new) or (yield from _difference(new))
            if not problem:
                wiping.pop_all()
                return new


def replace_pin(visit: Visit, purpose: Purpose, old: Pin, new: Pin) -> Generator[Question, Any, str]:
    """Replace the PIN and return the number of the act.

    The intent is on disk before the command; the outcome and its report, in one transaction, after it.

    :raises PinChangeUncertain: no answer came. CardError: the card refused, and nothing was changed.
    """
    yield CHANGING
    subject = {"purpose": purpose}
    with visit.journal.effect(PIN_CHANGE, visit.visit_id, visit.partition, subject) as effect:
        try:
            visit.card.change_pin(old, new)
        except TransportUncertain as lost:
            effect.settle(*_uncertain(effect.intent, "no-answer"))
            raise PinChangeUncertain from lost
        except CardError as refusal:
            effect.settle(Outcome.FAILED, {**subject, **_reason(refusal)})
            raise
        effect.settle(*_done(effect.intent, resolved=False))
    return effect.intent.number


def say_done(visit: Visit, purpose: Purpose, number: str) -> Generator[Question, Any, Finished]:
    """Print the receipt and say that the new PIN is good, with the tries that it has."""
    title, act = DONE_WORDS[purpose]
    text = _("新密码已经生效，请记住，不要告诉别人。{tries}", tries=_tries_of_the_new_pin(visit))
    return (yield from finish(visit, title, act, number, text))


def interrupted(intent: Intent) -> tuple[Outcome, dict[str, Any], Report]:
    """Return how to settle a change that a restart of the kiosk found without an outcome."""
    return _uncertain(intent, "kiosk-restarted")


def unfinished(visit: Visit, *purposes: Purpose) -> list[Intent]:
    """Return the changes of this card's PIN whose outcome is not known, of these purposes or of any."""
    acts = visit.journal.unresolved(PIN_CHANGE, visit.partition)
    return [act for act in acts if not purposes or act.data["purpose"] in purposes]


def number_of_the_done(visit: Visit, acts: list[Intent]) -> str:
    """Return the number of the one among these acts that turned out to be done, or "" for none."""
    return next((act.number for act in acts if visit.journal.outcome(act) is Outcome.DONE), "")


def tell_unfinished(visit: Visit, tries_left: int) -> Generator[Question, Any, None]:
    """Say, where it is so, that the last change was not finished, before a try is spent on finding out."""
    if not unfinished(visit):
        return
    initial = rules.initial_pin(visit.region, "social")
    old = _("原来的密码（没有改过的，是初始密码 {initial}）", initial=initial) if initial else _("原来的密码")
    yield Notice(
        title=_("上次设置密码没有办完"),
        text=_(
            "那时断开了，不知道新密码有没有生效。没有重复办理，信息没有丢失。\n"
            "下面请输入密码：先试新密码，不对再试{old}。还可以输入 {left} 次。",
            old=old,
            left=tries_left,
        ),
        understood=_("知道了，输入密码"),
    )


def resolve(visit: Visit, accepted: Pin) -> Generator[Question, Any, None]:
    """Close the changes of unknown outcome, now that the card has accepted a PIN."""
    for intent in unfinished(visit):
        purpose = Purpose(intent.data["purpose"])
        initial = is_initial(visit.region, accepted)
        is_new = purpose is Purpose.CHANGE and not initial and (yield WHICH_PIN)
        took = change_took(purpose, initial=initial, is_new=is_new)
        visit.journal.resolve(intent, *(_done(intent, resolved=True) if took else _unchanged(intent)))


def change_took(purpose: Purpose, *, initial: bool, is_new: bool) -> bool:
    """Say whether a change took, from the PIN that the card accepts now.

    :param initial: it is the initial PIN, which no change can have set.
    :param is_new: the citizen says that it is the one that was to be set; an activation needs no such word.
    """
    return not initial and (purpose is Purpose.ACTIVATION or is_new)


def is_initial(region: str, pin: Pin) -> bool:
    """Say whether this is the region's initial PIN, which is public."""
    digits = rules.initial_pin(region, "social")
    if digits is None:
        return False
    with Pin(bytearray(digits.encode())) as initial:
        return pin.matches(initial)


def _weakness(visit: Visit, old: Pin, new: Pin) -> str:
    judged = rules.new_pin(visit.region, old.digits, new.digits, visit.holder.id_number)
    return "" if judged.result.accepted else judged.text


def _difference(new: Pin) -> Generator[Question, Any, str]:
    with (yield EnterPin(title=_("请再输入一次新密码"), text=_("两次要一样。"))) as again:
        return "" if again.matches(new) else _("两次输入的不一样，请重新设置。")


def _tries_of_the_new_pin(visit: Visit) -> str:
    with suppress(CardError):  # the card may be gone by now
        return _("输错密码最多可以试 {tries} 次。", tries=visit.card.pin_status().tries_left or 0)
    return ""


def _done(intent: Intent, *, resolved: bool) -> tuple[Outcome, dict[str, Any], Report]:
    report = Report(REPORTS[Purpose(intent.data["purpose"])], {"act": intent.number, "resolved": resolved})
    return Outcome.DONE, {**intent.data, "resolved": resolved}, report


def _unchanged(intent: Intent) -> tuple[Outcome, dict[str, Any], Report]:
    report = Report("card.pin_unchanged", {"act": intent.number, **intent.data})
    return Outcome.FAILED, {**intent.data, "resolved": True}, report


def _uncertain(intent: Intent, reason: str) -> tuple[Outcome, dict[str, Any], Report]:
    known = {**intent.data, "reason": reason}
    return Outcome.UNCERTAIN, known, Report("card.pin_change_uncertain", {"act": intent.number, **known})


def _reason(refusal: CardError) -> dict[str, Any]:
    tries = {"tries_left": refusal.tries_left} if isinstance(refusal, InvalidPin) else {}
    return {"reason": type(refusal).__name__, **tries}
