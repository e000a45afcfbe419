"""Who holds a card, and its state at a time: that a loss report has ended by itself is worked out, not stored."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, select

from central.store.refusals import RefusedError
from central.store.tables import cards, people
from kiosk.rules.card_state import AFTER, kind_of
from kiosk.rules.loss import loss_state
from sync.protocol.cards import CardState
from sync.protocol.words import SocialState


def find(tx: Connection, which: ColumnElement[bool]) -> Row[Any]:
    """Return a card with its holder's name, agency and region; of several, the one that is in use.

    :raises Refused: there is none.
    """
    found = tx.execute(with_holder(which)).all()
    if not found:
        raise RefusedError("card-unknown")
    return min(found, key=lambda card: card.status == "cancelled")


def lock(tx: Connection, which: ColumnElement[bool]) -> Row[Any]:
    """Like ``find``, and nobody else changes the card until the transaction ends.

    :raises Refused: there is none.
    """
    identity = find(tx, which).identity
    return tx.execute(with_holder(cards.c.identity == identity).with_for_update(of=cards)).one()


def effective_state(card: Row[Any], at: datetime) -> CardState:
    """Return the state of a card's social security function at a time not before its last act."""
    kind = kind_of(card.status)
    if kind is None or card.lost_at is None:
        return CardState(card.status)
    # A clock that runs behind the report must not release the card.
    loss = loss_state(card.region, kind, card.lost_at, max(at, card.lost_at)).result
    if loss.state == "normal":
        return CardState(restored(card))
    if loss.state == "cancelled":
        return CardState("cancelled")
    return CardState(card.status, loss.until if loss.state == "lost" else None)


def restored(card: Row[Any]) -> SocialState:
    """Return the state of a card once its loss is over: a card that was never activated still is not."""
    waiting = card.before_loss == "not-activated" and card.activated_at is None
    # What AFTER says of this act is a state that the centre knows.
    return "not-activated" if waiting else AFTER["release-loss"]  # type: ignore[return-value]


def with_holder(which: ColumnElement[bool]) -> Select[Any]:
    """Return the query for cards with their holder's name, region and agency."""
    holder = (people.c.name, people.c.region, people.c.agency)
    return select(cards, *holder).join(people, people.c.id_number == cards.c.id_number).where(which)
