"""Proving to the card that the person at the kiosk is its holder."""

from collections.abc import Generator
from typing import Any

from hardware.card.errors import InvalidPin, PinLocked
from kiosk.dialogue import CitizenFinished, Confirm, EnterPin, Question
from kiosk.visit import PinVerified, Visit


def prove_identity(visit: Visit) -> Generator[Question, Any, None]:
    """Ask for the PIN until the card accepts it; once a visit is enough.

    :raises PinLocked: the card takes no more tries.
    """
    problem = ""
    while not visit.state().pin_verified:
        tries_left = _tries_left(visit)
        if tries_left == 1:
            yield from _warn_of_last_try()
        yield from _try_once(visit, tries_left, problem)
        problem = "密码不对，请重新输入"


def _tries_left(visit: Visit) -> int:
    status = visit.card.pin_status()
    if status.locked or status.tries_left == 0:
        raise PinLocked
    return status.tries_left or 0


def _warn_of_last_try() -> Generator[Question, Any, None]:
    go_on = yield Confirm(
        title="只剩最后一次机会",
        text="再输错一次，社保卡密码就会被锁住。如果不确定密码，请先不要试，可以到窗口重置密码。",
        yes="我记得密码，继续输入",
        no="不试了，结束办理",
    )
    if not go_on:
        raise CitizenFinished


def _try_once(visit: Visit, tries_left: int, problem: str) -> Generator[Question, Any, None]:
    pin = yield EnterPin(title="请输入社保卡密码", text=f"还可以输入 {tries_left} 次", problem=problem)
    with pin:
        try:
            visit.card.verify_pin(pin)
        except InvalidPin as refusal:
            visit.record("pin.refused", tries_left=refusal.tries_left)
        else:
            visit.happened(PinVerified())
