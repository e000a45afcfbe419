"""The cards as the centre sees them: their state at a time.

An act writes the new state into the card's row, and itself into the record of acts. That a loss report has ended by
itself is not written but worked out by the rules whenever a card is looked at, so that no job has to run for a card to
be usable again.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Row, update

from central.access.answering import answers
from central.access.kiosks import Caller
from central.access.terminals import actor_of
from central.access.visits import had_card
from central.events.uncounted import Uncounted
from central.feeds.publishing import card_status_changed
from central.people.card_holder import effective_state, find, with_holder
from central.store.acts import ActName, Actor, job, record
from central.store.refusals import RefusedError
from central.store.tables import cards
from kiosk.rules.card_state import AFTER, LOST_STATES
from sync.protocol.cards import CARD_STATE, CardState, CardStateRequest
from sync.protocol.messages import Event
from sync.protocol.words import LossKind, SocialState

NEVER_HERE = "no card of this partition has proved itself at the terminal that reports it"
EXPIRED = "publish-expired"
"""The job that notices the end of a loss report; nobody did it."""


@answers(CARD_STATE)
def state(tx: Connection, _caller: Caller, request: CardStateRequest, at: datetime) -> CardState:
    """Return the state of a card's social security function.

    :raises Refused: there is no such card, it is not this holder's, or not of this region.
    """
    card = find(tx, cards.c.identity == request.card_identity)
    if request.id_number not in (None, card.id_number):
        raise RefusedError("card-not-holders")
    if card.region != request.region:
        raise RefusedError("other-region")
    return effective_state(card, at)


def change(
    tx: Connection,
    card: Row[Any],
    operation: ActName,
    status: str,
    actor: Actor,
    *,
    kind: LossKind | None = None,
    until: datetime | None = None,
) -> None:
    """Record that an act has brought a card into ``status``."""
    before = effective_state(card, actor.at).social
    lost = status in LOST_STATES
    earlier = card.before_loss if before in LOST_STATES else before
    values = {
        "lost_at": actor.at if lost else None,
        "lost_until": until,
        "before_loss": earlier if lost else None,
    }
    tx.execute(update(cards).where(cards.c.identity == card.identity).values(status=status, **values))
    record(tx, actor, operation, card.partition, kind=kind, before=before, after=status, until=until)
    _publish_status(tx, card.identity, status)


def activate_all(tx: Connection, events: Sequence[Event]) -> Uncounted:
    """Take the cards for activated that ``card.activated`` reports; return those that were never at the terminal."""
    uncounted = {}
    for event in events:
        if not had_card(tx, event.kiosk_id, event.partition):
            uncounted[event.id] = NEVER_HERE
        else:
            activate(tx, event)
    return uncounted


def activate(tx: Connection, event: Event) -> None:
    """Take a card for activated from the time of ``event`` on; a loss reported meanwhile stays."""
    this = cards.c.partition == event.partition
    card = tx.execute(with_holder(this).with_for_update(of=cards)).one_or_none()
    if card is None or card.activated_at or "not-activated" not in (card.status, card.before_loss):
        return
    status = AFTER["activate"] if card.status == "not-activated" else card.status
    tx.execute(update(cards).where(this).values(status=status, activated_at=event.occurred_at))
    actor = actor_of(tx, event.kiosk_id, event.occurred_at, f"event {event.id}")
    record(tx, actor, "activate", card.partition, before=card.status, after=status)
    _publish_status(tx, card.identity, status)


def publish_expired_losses(tx: Connection, at: datetime, most: int = 1000) -> int:
    """Publish the cards whose loss report has ended by itself; return how many.

    Their state is right without it: this is for the kiosks' card status list, which knows no expiry.
    """
    over = (cards.c.lost_until <= at) & cards.c.status.in_(LOST_STATES)
    found = tx.execute(with_holder(over).limit(most).with_for_update(of=cards)).all()
    for card in found:
        change(tx, card, "expire", effective_state(card, at).social, job(EXPIRED, at))
    return len(found)


def _publish_status(tx: Connection, identity: str, status: str) -> None:
    """Tell the kiosks' card status list of a card."""
    card_status_changed(tx, identity, cast(SocialState, status))
