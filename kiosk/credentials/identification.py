"""Proving to the card that the person at the kiosk is its holder."""

from collections.abc import Generator
from contextlib import ExitStack
from typing import Any

from hardware.card.errors import InvalidPinError, PinLockedError, TransportUncertainError
from hardware.card.pin import Pin
from kiosk.credentials.pin_recovery import resolve, warn_of_uncertain_change
from kiosk.dialogue.questions import CitizenFinished, Confirm, EnterPin, Question
from kiosk.dialogue.words import TranslatableText, _
from kiosk.visit.visit import PinVerified, Visit
from sync.protocol.events import PinRefused


def prove_identity(visit: Visit) -> Generator[Question, Any, None]:
    """Ask for the PIN until the card accepts it; once a visit is enough.

    :raises PinLockedError: the card takes no more tries.
    """
    if not visit.state().pin_verified:
        with (yield from current_pin(visit)):
            pass


def current_pin(visit: Visit, title: str = _("请输入社保卡密码")) -> Generator[Question, Any, Pin]:
    """Ask for the PIN until the card accepts it, and return it; the caller wipes it.

    A change of the PIN that was not finished is told of before, and resolved by what the card accepts.

    :raises PinLockedError: the card takes no more tries.
    """
    yield from warn_of_uncertain_change(visit, tries_left(visit))
    problem: str = ""
    while True:
        left = tries_left(visit)
        yield from warn_of_last_try(left)
        with ExitStack() as wiping:
            pin: Pin = wiping.enter_context(
                (yield EnterPin(title=title, text=_whose_pin(visit, left), problem=problem))
            )
            if _accepted(visit, pin):
                yield from resolve(visit, pin)
                wiping.pop_all()
                return pin
        problem = _("密码不对，请重新输入")


def tries_left(visit: Visit) -> int:
    """Ask the card how many tries are left, which spends none.

    :raises PinLockedError: none.
    """
    status = visit.card.pin_status()
    if status.locked or status.tries_left == 0:
        raise PinLockedError
    return status.tries_left or 0


def warn_of_last_try(left: int) -> Generator[Question, Any, None]:
    """Let the citizen stop before the last try.

    :raises CitizenFinished: the citizen stops.
    """
    if left != 1:
        return
    go_on = yield Confirm(
        title=_("只剩最后一次机会"),
        text=_("再输错一次，社保卡密码就会被锁住。如果不确定密码，请先不要试，可以到窗口重置密码。"),
        yes=_("我记得密码，继续输入"),
        no=_("不试了，结束办理"),
    )
    if not go_on:
        raise CitizenFinished


def _whose_pin(visit: Visit, left: int) -> TranslatableText:
    if visit.state().on_behalf:
        return _("请持卡人本人输入，不要替别人输。还可以输入 {left} 次", left=left)
    return _("还可以输入 {left} 次", left=left)


def _accepted(visit: Visit, pin: Pin) -> bool:
    try:
        visit.card.verify_pin(pin)
    except InvalidPinError as refusal:
        visit.record(PinRefused(tries_left=refusal.tries_left))
        return False
    except TransportUncertainError as lost:
        # To check a PIN changes nothing but the tries: what became of the card is what the citizen must hear.
        raise (lost.cause or lost) from lost
    visit.happened(PinVerified())
    return True
