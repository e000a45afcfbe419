"""Changing the PIN on the chip."""

from collections.abc import Generator
from contextlib import ExitStack, suppress
from typing import Any

from hardware.card.errors import CardError, InvalidPinError, TransportUncertainError
from hardware.card.pin import Pin
from kiosk.credentials.card_permission import bank_of
from kiosk.credentials.pin_recovery import PIN_CHANGE, Purpose, done, uncertain
from kiosk.dialogue.questions import EnterPin, Finished, Picture, Question, Working
from kiosk.dialogue.words import TranslatableText, _
from kiosk.paper.receipt import finish
from kiosk.record.journal import Outcome
from kiosk.rules import pin as rules
from kiosk.visit.visit import Visit

DONE_WORDS = {
    Purpose.ACTIVATION: (_("社保功能已经激活"), "社保功能激活"),
    Purpose.CHANGE: (_("社保密码已经修改"), "修改社保密码"),
}
"""What the last page and the receipt, which is always in Chinese, call it."""
NOT_DONE = {
    Purpose.ACTIVATION: _("金融功能没有激活，请本人带身份证到{bank}办理。"),
    Purpose.CHANGE: _("银行卡的密码没有改。金融功能没有激活的，请本人带身份证到{bank}办理。"),
}
"""What an act on the social security function does not do; said before it, after it, and on the receipt."""

CHANGING = Working(
    title=_("正在设置新密码"), text=_("请不要拔出社会保障卡，马上就好。"), picture=Picture.INSERT_CARD
)


class PinChangeUncertainError(Exception):
    """The card was sent the change and did not answer: the outcome is unknown."""


class NotInitialPinError(Exception):
    """The card refused the initial PIN: it has another one already. ``tries_left`` are left."""

    def __init__(self, tries_left: int) -> None:
        super().__init__(f"not the initial PIN, tries left: {tries_left}")
        self.tries_left = tries_left


def choose_new_pin(visit: Visit, old: Pin) -> Generator[Question, Any, Pin]:
    """Ask for a new PIN, twice, until it is one that the region allows; the caller wipes it."""
    problem = ""
    while True:
        with ExitStack() as wiping:
            new: Pin = wiping.enter_context(
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

    :raises PinChangeUncertainError: no answer came. CardError: the card refused, and nothing was changed.
    """
    yield CHANGING
    subject = {"purpose": purpose}
    with visit.journal.begin_act(PIN_CHANGE, visit.visit_id, visit.partition, subject) as act:
        try:
            visit.card.change_pin(old, new)
        except TransportUncertainError as lost:
            act.settle(*uncertain(act.intent, "no-answer"))
            raise PinChangeUncertainError from lost
        except CardError as refusal:
            act.settle(Outcome.FAILED, {**subject, **_reason(refusal)})
            raise
        act.settle(*done(act.intent, resolved=False))
    return act.intent.number


def finish_with_receipt(visit: Visit, purpose: Purpose, number: str) -> Generator[Question, Any, Finished]:
    """Print the receipt and say that the new PIN is good, with the tries that it has."""
    title, act = DONE_WORDS[purpose]
    left_out = not_done(purpose, visit.region)
    text = _(
        "新密码已经生效，请记住，不要告诉别人。{tries}\n{not_done}",
        tries=_tries_of_the_new_pin(visit),
        not_done=left_out,
    )
    return (yield from finish(visit, title, act, number, text, left_out))


def not_done(purpose: Purpose, region: str) -> TranslatableText:
    """Return what the act does not do for the bank function, and where that is done."""
    return TranslatableText(NOT_DONE[purpose].msgid, bank=bank_of(region))


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


def _reason(refusal: CardError) -> dict[str, Any]:
    tries = {"tries_left": refusal.tries_left} if isinstance(refusal, InvalidPinError) else {}
    return {"reason": type(refusal).__name__.removesuffix("Error"), **tries}
