"""The inbox: every event of every kiosk, exactly once, whatever is lost or repeated on the way."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, insert, select, update

from central.api import cards
from central.api.refusals import Refused
from central.models import events, positions, prints, quarantine
from sync.protocol.messages import (
    EVENTS_PER_DELIVERY,
    CertificatePrinted,
    DeliveryAnswer,
    Event,
    EventAnswer,
    Identifier,
    event_digest,
)

PRINTED = "certificate.printed"


class Envelope(Struct):
    """A delivery whose events are not opened yet, so that a bad one does not spoil the others."""

    install_epoch: Identifier
    events: list[msgspec.Raw]
    acknowledged: int = 0


class Unreadable(Struct, frozen=True):
    """An event that is none, with the id to answer to."""

    id: Identifier
    fault: str = ""


def receive(tx: Connection, kiosk_id: str, envelope: Envelope, at: datetime) -> DeliveryAnswer:
    """Take in a delivery, in the caller's transaction; answer each event by itself."""
    if len(envelope.events) > EVENTS_PER_DELIVERY:
        raise Refused("too-large")
    high_water, held = _position(tx, kiosk_id, envelope.install_epoch)
    if held < envelope.acknowledged:  # restored from a backup: what was lost must come before anything new
        return DeliveryAnswer([], high_water, held)
    opened = [(_open(raw, kiosk_id), bytes(raw)) for raw in envelope.events]
    known = _Known(tx, kiosk_id, [event for event, _ in opened if isinstance(event, Event)])
    answers = []
    for event, content in opened:
        if event is None:
            continue
        answer = _judge(event, known)
        if answer.result in ("conflict", "rejected"):
            _put_aside(tx, kiosk_id, answer, content, at)
        answers.append(answer)
    _keep(tx, known.new, at)
    _advance(tx, kiosk_id, [event for event, _ in known.new])
    return DeliveryAnswer(answers, *_position(tx, kiosk_id, envelope.install_epoch))


class _Known:
    """The events that the centre has, by id and by their place in the kiosk's sequence; ``new`` just came."""

    def __init__(self, tx: Connection, kiosk_id: str, arriving: Sequence[Event]) -> None:
        self._digests: dict[object, str] = {}
        self.new: list[tuple[Event, str]] = []
        e = events.c
        for row in tx.execute(select(e.id, e.sha256).where(e.id.in_([event.id for event in arriving]))):
            self._digests[row.id] = row.sha256
        for epoch in {event.install_epoch for event in arriving}:
            seqs = [event.seq for event in arriving if event.install_epoch == epoch]
            there = (e.kiosk_id == kiosk_id) & (e.install_epoch == epoch) & e.seq.in_(seqs)
            for row in tx.execute(select(e.seq, e.sha256).where(there)):
                self._digests[(epoch, row.seq)] = row.sha256

    def digests(self, event: Event) -> set[str]:
        """Return the digests of what is known under the event's id or in its place."""
        return {self._digests[key] for key in (event.id, _place(event)) if key in self._digests}

    def add(self, event: Event, digest: str) -> None:
        """Remember an event that is being taken in."""
        self._digests[event.id] = self._digests[_place(event)] = digest
        self.new.append((event, digest))


def _place(event: Event) -> tuple[str, int]:
    return event.install_epoch, event.seq


def _open(raw: msgspec.Raw, kiosk_id: str) -> Event | Unreadable | None:
    """Open an event and check it; of a bad one at least the id, and None when it has not even that."""
    try:
        event = msgspec.json.decode(raw, type=Event)
        if event.type == PRINTED:
            msgspec.convert(event.body, CertificatePrinted)
    except msgspec.DecodeError as error:
        return _unreadable(raw, str(error))
    if event.kiosk_id != kiosk_id:
        return Unreadable(event.id, "the event is of another kiosk than the one that sent it")
    return event


def _unreadable(raw: msgspec.Raw, fault: str) -> Unreadable | None:
    try:
        return Unreadable(msgspec.json.decode(raw, type=Unreadable).id, fault)
    except msgspec.DecodeError:
        return None


def _judge(event: Event | Unreadable, known: _Known) -> EventAnswer:
    if isinstance(event, Unreadable):
        return EventAnswer(event.id, "rejected", event.fault)
    digest = event_digest(event)
    there = known.digests(event)
    if not there:
        known.add(event, digest)
        return EventAnswer(event.id, "ok")
    if there == {digest}:
        return EventAnswer(event.id, "duplicate")
    return EventAnswer(event.id, "conflict", "another event has this id or this place in the sequence")


def _keep(tx: Connection, taken: Iterable[tuple[Event, str]], at: datetime) -> None:
    """Write the events down, and what is read from them."""
    rows, copies = [], []
    for event, digest in taken:
        body = msgspec.json.encode(event.body).decode()
        about = {"body": body, "sha256": digest, "received_at": at}
        rows.append(msgspec.structs.asdict(event) | about)
        if event.type == PRINTED:
            copies.append(_copy(event))
        if event.type == cards.ACTIVATED:
            cards.activate(tx, event)
    if rows:
        tx.execute(insert(events), rows)
    if copies:
        tx.execute(insert(prints), copies)


def _copy(event: Event) -> dict[str, object]:
    printed = msgspec.convert(event.body, CertificatePrinted)
    return {
        "event_id": event.id,
        "certificate_number": printed.number,
        "result": printed.result,
        "occurred_at": event.occurred_at,
    }


def _put_aside(tx: Connection, kiosk_id: str, answer: EventAnswer, content: bytes, at: datetime) -> None:
    """Keep what cannot be taken, once however often it is sent, for people to look at."""
    digest = hashlib.sha256(content).hexdigest()
    same = (quarantine.c.kiosk_id == kiosk_id) & (quarantine.c.sha256 == digest)
    if tx.execute(select(quarantine.c.id).where(same)).first() is not None:
        return
    tx.execute(
        insert(quarantine).values(
            kiosk_id=kiosk_id,
            event_id=answer.id,
            result=answer.result,
            reason=answer.reason,
            content=content.decode(errors="replace"),
            sha256=digest,
            received_at=at,
        )
    )


def _advance(tx: Connection, kiosk_id: str, taken: Sequence[Event]) -> None:
    """Note how far the kiosk's events have come; its row in ``kiosks`` is locked, so nobody else does."""
    for epoch in {event.install_epoch for event in taken}:
        seqs = [event.seq for event in taken if event.install_epoch == epoch]
        high_water, held = _position(tx, kiosk_id, epoch)
        values = {"high_water": max(high_water, *seqs), "held": held + len(seqs)}
        if held:
            mine = (positions.c.kiosk_id == kiosk_id) & (positions.c.install_epoch == epoch)
            tx.execute(update(positions).where(mine).values(values))
        else:
            tx.execute(insert(positions).values(kiosk_id=kiosk_id, install_epoch=epoch, **values))


def _position(tx: Connection, kiosk_id: str, install_epoch: str) -> tuple[int, int]:
    """Return the highest sequence number that the centre holds, and how many events."""
    mine = (positions.c.kiosk_id == kiosk_id) & (positions.c.install_epoch == install_epoch)
    row = tx.execute(select(positions.c.high_water, positions.c.held).where(mine)).one_or_none()
    return (row.high_water, row.held) if row else (0, 0)
