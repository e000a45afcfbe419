"""The inbox: every event of every kiosk, exactly once, whatever is lost or repeated on the way."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, insert, select

from central.access.answering import answers
from central.access.kiosks import Caller
from central.access.nesting import emptied
from central.audit.heads import exchange
from central.events import intake
from central.events.intake import Arrived, IntakeResult
from central.events.uncounted import Uncounted
from central.feeds.publisher import Publisher
from central.store.alarms import raise_alarm
from central.store.refusals import RefusedError
from central.store.tables import quarantine
from sync.protocol import seal
from sync.protocol.decoding import UnreadableError, decoded
from sync.protocol.deliveries import DELIVER_EVENTS
from sync.protocol.event_form import DEEPEST, require_size
from sync.protocol.event_kinds import EventBody, name_of
from sync.protocol.events import HANDLED, require_body
from sync.protocol.messages import (
    EVENTS_PER_DELIVERY,
    ID_TAKEN,
    PLACE_TAKEN,
    SENTENCE_LENGTH,
    Delivery,
    DeliveryAnswer,
    Event,
    EventAnswer,
    Identifier,
    has_valid_identifiers,
)
from sync.protocol.seal import AlgorithmUnknownError, SealError

Handlers = Mapping[type[EventBody], Callable[[Connection, Sequence[Event]], Uncounted]]
"""What is done about new events, by what they say; what they return counts for nothing."""
NOT_COUNTED = "not-counted"
EVENT = msgspec.json.Decoder(Event)
REMARKABLE = re.compile(rb"\\u0000|\d{16}")
"""What has neither of these, nor many brackets, needs no look at each of its values."""
SET_ASIDE = ("conflict", "rejected")


class QuarantinedEvent(Struct, frozen=True):
    """An event that the centre cannot take, or that counts for nothing, and why."""

    event_id: str
    result: str
    reason: str
    content: bytes


class Unreadable(Struct, frozen=True):
    """A malformed event, with the id for the response."""

    id: Identifier
    fault: str = ""


@answers(DELIVER_EVENTS, lane="events")
def receive(
    tx: Connection,
    caller: Caller,
    delivery: Delivery,
    at: datetime,
    *,
    handlers: Handlers,
    publisher: Publisher | None = None,
) -> DeliveryAnswer:
    """Store a delivery in the caller's transaction, and how far the kiosk's history is; return a result for each.

    :raises Refused: the seal is not the kiosk's over these events, they are too many, or the centre has lost some.
    """
    answer = _received(tx, caller, delivery, at, handlers)
    # A kiosk whose store was put back is told so first, and begins an epoch of its history.
    if delivery.heads is None or publisher is None or answer.high_water > delivery.sent:
        return answer
    heads = exchange(tx, caller, delivery.heads, at, publisher.sealed)
    return msgspec.structs.replace(answer, heads=heads)


def _received(
    tx: Connection, caller: Caller, delivery: Delivery, at: datetime, handlers: Handlers
) -> DeliveryAnswer:
    contents = [bytes(raw) for raw in delivery.events]
    if len(contents) > EVENTS_PER_DELIVERY:
        raise RefusedError("too-large")
    digests = [seal.digest(content) for content in contents]
    if not contents:
        _check_seal(caller, delivery, digests)
        return DeliveryAnswer([], *intake.position(tx, caller.kiosk_id, delivery.install_epoch))
    opened = _open_all(contents, caller.kiosk_id)
    sound = [
        Arrived(place, event, contents[place].decode())
        for place, event in enumerate(opened)
        if isinstance(event, Event)
    ]
    # Checked while the database works; without it nothing of what was written stays.
    check = partial(_check_seal, caller, delivery, digests)
    taken, reached = _take(tx, caller.kiosk_id, delivery, digests, sound, at, check)
    if (
        taken.seal is None
    ):  # here, or there, a backup came back: that is put right before anything new is taken
        return DeliveryAnswer([], *reached)
    new = [each for each in sound if each.place in taken.places]
    _put_aside(tx, caller.kiosk_id, _uncounted(tx, handlers, new, at), taken.seal, at)
    if len(taken.places) == len(opened):
        return DeliveryAnswer([EventAnswer(each.event.id, "ok") for each in sound], *reached)
    there = intake.there(tx, [each for each in sound if each.place not in taken.places])
    answers = {
        place: _answer(event, place in taken.places, there) for place, event in enumerate(opened) if event
    }
    aside = [
        QuarantinedEvent(answer.id, answer.result, answer.reason, contents[place])
        for place, answer in answers.items()
        if answer.result in SET_ASIDE
    ]
    kept = _put_aside(tx, caller.kiosk_id, aside, taken.seal, at)
    if not taken.places and not kept:
        intake.drop_seal(tx, taken.seal)
    return DeliveryAnswer(list(answers.values()), *reached)


def _take(
    tx: Connection,
    kiosk_id: str,
    delivery: Delivery,
    digests: Sequence[bytes],
    sound: Sequence[Arrived],
    at: datetime,
    check: Callable[[], None],
) -> tuple[IntakeResult, tuple[int, int]]:
    """Take the events in; return with them the position that the kiosk's epoch has reached."""
    taken = intake.take(tx, kiosk_id, delivery, digests, sound, at, meanwhile=check)
    reached = taken.position or intake.position(tx, kiosk_id, delivery.install_epoch)
    if taken.seal is not None or not intake.came_twice(tx, kiosk_id, delivery, sound):
        return taken, reached
    known = msgspec.structs.replace(delivery, sent=max(delivery.sent, reached[0]))
    return intake.take(tx, kiosk_id, known, digests, sound, at, meanwhile=check), reached


def _check_seal(caller: Caller, delivery: Delivery, digests: Sequence[bytes]) -> None:
    statement = seal.sealed_text(caller.kiosk_id, delivery.install_epoch, digests)
    try:
        seal.verify(delivery.seal, statement, caller.algorithm, caller.public_key)
    except AlgorithmUnknownError as error:
        raise RefusedError("algorithm-unknown") from error
    except SealError as error:
        raise RefusedError("seal-wrong") from error


def _open_all(contents: Sequence[bytes], kiosk_id: str) -> Sequence[Event | Unreadable | None]:
    """Open events and check them, all in one go if they are sound, for that takes half the time.

    Of a bad one at least the id comes back, and None when it has not even that.
    """
    with suppress(ValueError, OverflowError, RecursionError):
        events = _decoded(contents)
        if {each.kiosk_id for each in events} == {kiosk_id} and has_valid_identifiers(events):
            return events
    return [_open(content, kiosk_id) for content in contents]


def _open(content: bytes, kiosk_id: str) -> Event | Unreadable | None:
    try:
        [event] = _decoded([content])
    except (ValueError, OverflowError, RecursionError) as error:
        return _unreadable(content, str(error))
    if not has_valid_identifiers([event]):
        return _unreadable(content, "its id, kiosk, epoch, type or partition is not of its form")
    if event.kiosk_id != kiosk_id:
        return Unreadable(event.id, "the event is of another kiosk than the one that sent it")
    return event


def _decoded(contents: Sequence[bytes]) -> list[Event]:
    """Return the events, whose bodies and times can be used.

    :raises ValueError, OverflowError, RecursionError: one is none, or cannot.
    """
    b"".join(contents).decode()
    events = [EVENT.decode(content) for content in contents]
    for event, content in zip(events, contents, strict=True):
        require_size(content)
        if event.type in HANDLED or _is_remarkable(content):
            require_body(event.type, event.body)
    times = [each.occurred_at for each in events]
    for extreme in (min(times), max(times)):
        extreme.astimezone(UTC)
    return events


def _is_remarkable(content: bytes) -> bool:
    brackets = content.count(b"{") + content.count(b"[")
    return brackets > DEEPEST or REMARKABLE.search(content) is not None


def _unreadable(content: bytes, fault: str) -> Unreadable | None:
    """Return the id of what is no event; what is nested in it, and may be no JSON either, is left out."""
    try:
        return Unreadable(decoded(emptied(content), Unreadable).id, fault)
    except UnreadableError:
        return None


def _answer(event: Event | Unreadable, is_new: bool, there: Mapping[Any, str]) -> EventAnswer:
    """Say what became of an event; one that is not new is told by what is ``there`` in its stead."""
    if isinstance(event, Unreadable):
        return EventAnswer(event.id, "rejected", event.fault[:SENTENCE_LENGTH])
    if is_new:
        return EventAnswer(event.id, "ok")
    same_id = there.get(event.id)
    if same_id is None:
        return EventAnswer(event.id, "conflict", PLACE_TAKEN)
    held = EVENT.decode(same_id)
    if held == event:
        return EventAnswer(event.id, "duplicate")
    moved = msgspec.structs.replace(event, install_epoch=held.install_epoch, seq=held.seq)
    if (
        held == moved and held.install_epoch != event.install_epoch
    ):  # sent by this kiosk's own past, or its twin
        return EventAnswer(event.id, "duplicate", install_epoch=held.install_epoch, seq=held.seq)
    return EventAnswer(event.id, "conflict", ID_TAKEN)


def _uncounted(
    tx: Connection, handlers: Handlers, new: Sequence[Arrived], at: datetime
) -> list[QuarantinedEvent]:
    """Have the new events handled; return those that count for nothing, of which somebody is told."""
    reasons = _handle(tx, handlers, [each.event for each in new])
    for event in (each.event for each in new if each.event.id in reasons):
        raise_alarm(tx, at, "event-not-counted", event.kiosk_id, event.type)
    return [
        QuarantinedEvent(each.event.id, NOT_COUNTED, reasons[each.event.id], each.content.encode())
        for each in new
        if each.event.id in reasons
    ]


def _handle(tx: Connection, handlers: Handlers, new: Sequence[Event]) -> Uncounted:
    """Have each type of the new events handled, in the order of the handlers; return what does not count."""
    uncounted: dict[str, str] = {}
    for body, handle in handlers.items():
        name = name_of(body)
        if mine := [event for event in new if event.type == name]:
            uncounted |= handle(tx, mine)
    return uncounted


def _put_aside(
    tx: Connection, kiosk_id: str, aside: Sequence[QuarantinedEvent], seal_id: int, at: datetime
) -> int:
    """Keep what cannot be taken, once however often it is sent, for people to look at; return how many."""
    kept = 0
    for each in aside:
        digest = hashlib.sha256(each.content).hexdigest()
        same = (quarantine.c.kiosk_id == kiosk_id) & (quarantine.c.sha256 == digest)
        if tx.execute(select(quarantine.c.id).where(same)).first() is None:
            kept += 1
            row = {"event_id": each.event_id, "result": each.result, "reason": each.reason}
            about = {"kiosk_id": kiosk_id, "sha256": digest, "received_at": at, "seal": seal_id}
            content = each.content.decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
            tx.execute(insert(quarantine).values(**row, **about, content=content))
    return kept
