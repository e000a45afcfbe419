"""A PIN change that was left open: what is unfinished on this card, and what the card's next accepted PIN settles."""

from collections.abc import Callable, Generator
from enum import StrEnum
from typing import Any

from msgspec import Struct

from hardware.card.pin import Pin
from kiosk.dialogue.questions import Confirm, Notice, Question
from kiosk.dialogue.words import _
from kiosk.record.journal import Act, Intent, Outcome, Settlement
from kiosk.rules import pin as rules
from kiosk.visit.visit import Visit
from sync.protocol.events import (
    CardActivated,
    CardPinChanged,
    CardPinChangeUncertain,
    CardPinUnchanged,
    TriesLeft,
)
from sync.protocol.messages import Word


class Purpose(StrEnum):
    """Why the PIN is changed. To activate the card is to replace its initial PIN."""

    ACTIVATION = "activation"
    CHANGE = "change"


REPORTS: dict[Purpose, type[CardActivated | CardPinChanged]] = {
    Purpose.ACTIVATION: CardActivated,
    Purpose.CHANGE: CardPinChanged,
}

WHICH_PIN = Confirm(
    title=_("密码正确"),
    text=_("刚才输入的，是上次要设置的新密码吗？"),
    yes=_("是新密码"),
    no=_("是原来的密码"),
)


def settlement_after_restart(intent: Intent) -> Settlement:
    """Return how to settle a change that a restart of the kiosk found without an outcome."""
    return uncertain(intent, "kiosk-restarted")


class PinChange(Struct, frozen=True, forbid_unknown_fields=True):
    """What the journal holds of a change of the PIN; never a PIN."""

    purpose: Purpose
    reason: Word = ""
    tries_left: TriesLeft | None = None
    resolved: bool = False


PIN_CHANGE = Act("card.pin_change", PinChange, settlement_after_restart)


def unfinished(visit: Visit, *purposes: Purpose) -> list[Intent]:
    """Return the changes of this card's PIN whose outcome is not known, of these purposes or of any."""
    acts = visit.journal.unknown_outcome_acts_for(PIN_CHANGE, visit.partition)
    return [act for act in acts if not purposes or act.data["purpose"] in purposes]


def is_change_for(purpose: Purpose) -> Callable[[Intent], bool]:
    """Return what tells whether an act is a change of the PIN for this purpose."""
    return lambda act: act.act == PIN_CHANGE.name and act.data["purpose"] == purpose


def completed_act_number(visit: Visit, acts: list[Intent]) -> str:
    """Return the number of the one among these acts that turned out to be done, or "" for none."""
    return next((act.number for act in acts if visit.journal.outcome(act) is Outcome.DONE), "")


def warn_of_uncertain_change(visit: Visit, tries_left: int) -> Generator[Question, Any, None]:
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
        took = change_succeeded(purpose, initial=initial, is_new=is_new)
        visit.journal.resolve(intent, *(done(intent, resolved=True) if took else _unchanged(intent)))


def change_succeeded(purpose: Purpose, *, initial: bool, is_new: bool) -> bool:
    """Return whether a change took, from the PIN that the card accepts now.

    :param initial: it is the initial PIN, which no change can have set.
    :param is_new: the citizen says that it is the one that was to be set; an activation needs no such word.
    """
    return not initial and (purpose is Purpose.ACTIVATION or is_new)


def is_initial(region: str, pin: Pin) -> bool:
    """Return whether this is the region's initial PIN, which is public."""
    digits = rules.initial_pin(region, "social")
    if digits is None:
        return False
    with Pin(bytearray(digits.encode())) as initial:
        return pin.matches(initial)


def done(intent: Intent, *, resolved: bool) -> Settlement:
    """Return how to settle a change that happened; ``resolved``: found out after the change itself."""
    report = REPORTS[Purpose(intent.data["purpose"])](act=intent.number, resolved=resolved)
    return Outcome.DONE, {**intent.data, "resolved": resolved}, report


def uncertain(intent: Intent, reason: str) -> Settlement:
    """Return how to settle a change whose outcome is unknown, for this reason."""
    known = {**intent.data, "reason": reason}
    return Outcome.UNCERTAIN, known, CardPinChangeUncertain(act=intent.number, **known)


def _unchanged(intent: Intent) -> Settlement:
    report = CardPinUnchanged(act=intent.number, **intent.data)
    return Outcome.FAILED, {**intent.data, "resolved": True}, report
