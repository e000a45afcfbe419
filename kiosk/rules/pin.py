"""PINs of the card: the initial one, when it locks, who unlocks it, and what a new one may be."""

import re
from itertools import groupby, pairwise
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from kiosk.rules import regions
from kiosk.rules.law import law
from kiosk.rules.stated import Answer, Citation, Stated, answer, cite, value_of
from kiosk.rules.texts import Sentence
from kiosk.rules.topic import Field, Topic, any_text, choice, list_of, person_number, region
from kiosk.rules.words import Channel, Function

Attempt = Literal["ok", "bad"]
Digits = str | bytes | bytearray | memoryview
PinProblem = Literal["same", "initial", "length", "repeated", "sequence", "birth", "id-tail"]


class PinPolicy(msgspec.Struct, frozen=True):
    """The PIN rules of one function; None where the source states nothing."""

    initial: str | None
    lock_after: int | None
    unlock_at: tuple[Channel, ...]
    locked: bool | UnsetType | None = UNSET


class NewPin(msgspec.Struct, frozen=True):
    """Whether a new PIN may be used; it never holds the PIN."""

    accepted: bool
    reason: PinProblem | None


def initial_pin(region: str, function: Function) -> str | None:
    """Return the initial PIN of a function, which is public, or None where the source states none."""
    return value_of(regions.find(region).pin[function].initial)


def pin_policy(
    region: str, function: Function, *, attempts: tuple[Attempt, ...] | None = None
) -> Answer[PinPolicy]:
    """Return the PIN rules of a function and, with the attempts in order of time, whether it is locked."""
    pack = regions.find(region)
    pin = pack.pin[function]
    ways = tuple(pack.ways("unlock-pin", function))
    lock_after = value_of(pin.lock_after)
    unlock_at = tuple(dict.fromkeys(channel for way in ways for channel in way.channels.value))
    locked = UNSET if attempts is None else _locked(attempts, lock_after)
    basis = [pin.initial, pin.lock_after, *(way.channels for way in ways)]
    known = value_of(pin.initial) or lock_after or ways
    text = "known" if known else "unspecified"
    result = PinPolicy(value_of(pin.initial), lock_after, unlock_at, locked)
    named = {"region": Sentence(pack.name), "phone": pack.phone}
    return answer(result, basis if known else [pack.silence], f"pin-policy.{text}", **named)


def new_pin(region: str, old: Digits, new: Digits, id_number: str | None = None) -> Answer[NewPin]:
    """Return whether a new PIN may be used. PINs are ASCII digits; no copy of them outlives the call."""
    copy = bytearray(new.encode() if isinstance(new, str) else new)
    before = bytearray(old.encode() if isinstance(old, str) else old)
    try:
        problem = _problem(region, before, copy, id_number)
    finally:
        copy[:] = bytes(len(copy))
        before[:] = bytes(len(before))
    return answer(
        NewPin(problem is None, problem), _basis(region, problem), f"new-pin.{problem or 'accepted'}"
    )


def _problem(region: str, old: bytearray, new: bytearray, id_number: str | None) -> PinProblem | None:
    if new == old:
        return "same"
    if any(new == stated.value.encode() for stated in _initial_pins(region)):
        return "initial"
    if len(new) != law().pin.digits.value or any(not 0x30 <= digit <= 0x39 for digit in new):
        return "length"
    return _guessable(new) or (_personal(new, id_number) if id_number else None)


def _guessable(pin: bytearray) -> PinProblem | None:
    if len(set(pin)) == 1:
        return "repeated"
    steps = {(after - before) % 10 for before, after in pairwise(pin)}
    return "sequence" if steps in ({1}, {9}) else None


def _personal(pin: bytearray, id_number: str) -> PinProblem | None:
    if not re.fullmatch("[0-9]{17}[0-9Xx]", id_number):  # it may say a birth anywhere: no part will do
        return "id-tail" if pin in id_number.encode() else None
    born = id_number[6:14].encode()
    if pin in (born[:6], born[2:], born[4:] + born[2:4], born[6:] + born[4:6] + born[2:4]):
        return "birth"
    number = id_number.encode()
    tails = (number[-6:].upper().replace(b"X", b"0"), number[-7:-1] if number[-1:] in b"Xx" else b"")
    return "id-tail" if pin in tails else None


def _basis(region: str, problem: PinProblem | None) -> list[Citation]:
    own_rules = cite("terminal", "新密码")
    stated = _initial_pins(region) if problem == "initial" else []
    return [one.citation for one in stated] + [own_rules]


def _initial_pins(region: str) -> list[Stated[str]]:
    pins = regions.find(region).pin
    return [pin.initial for pin in (pins.social, pins.financial) if isinstance(pin.initial, Stated)]


def _locked(attempts: tuple[Attempt, ...], lock_after: int | None) -> bool | None:
    if lock_after is None:
        return None
    runs = (len(list(run)) for word, run in groupby(attempts) if word == "bad")
    return max(runs, default=0) >= lock_after


TOPICS = (
    Topic(
        "pin-policy",
        "Initial PIN, lock limit and who unlocks (初始密码、锁卡、解锁)",
        (
            region,
            Field("function", choice(Function), "function of the card"),
            Field("attempts", list_of(choice(Attempt)), "attempts in order of time", required=False),
        ),
        PinPolicy,
        pin_policy,
        {"region": "210000", "function": "social", "attempts": ["bad", "bad", "bad", "bad", "bad"]},
    ),
    Topic(
        "new-pin",
        "Whether a new PIN may be used (新密码)",
        (
            region,
            Field("old", any_text, "the PIN so far"),
            Field("new", any_text, "the PIN wanted"),
            Field("id_number", person_number, "the holder's number", required=False),
        ),
        NewPin,
        new_pin,
        {"region": "610200", "old": "666666", "new": "123456"},
    ),
)
