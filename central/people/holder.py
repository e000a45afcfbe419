"""The person who asks, with a card or without, and what is recorded of that person."""

from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, Row, select

from central.people.card_holder import effective_state, find
from central.store.refusals import RefusedError
from central.store.tables import cards, insurances, pensions, people
from sync.protocol.call import Proof
from sync.protocol.messages import Insurance


class HolderRequest(Protocol):
    """Any request about the person who is there."""

    @property
    def region(self) -> str:
        """Where it is asked for."""

    @property
    def id_number(self) -> str:
        """Whom it is about."""

    @property
    def card_identity(self) -> str | None:
        """The card that was used, if one was."""

    @property
    def verified_by(self) -> str:
        """How they were identified."""


def holder_of(tx: Connection, request: HolderRequest, at: datetime) -> Row[Any]:
    """Return the person's row, when person and region agree, and the card where the proof is one.

    :raises Refused: they do not, the card is not to be used, or nobody of this number is on record.
    """
    if request.verified_by == Proof.CARD_PIN:
        _require_card(tx, request, at)
    holder = tx.execute(select(people).where(people.c.id_number == request.id_number)).one_or_none()
    if holder is None:
        raise RefusedError("person-unknown")
    if holder.region != request.region:
        raise RefusedError("other-region")
    return holder


def _require_card(tx: Connection, request: HolderRequest, at: datetime) -> None:
    """Continue only if the card that was used is this person's, and in use."""
    if request.card_identity is None:
        raise RefusedError("proof-missing")
    card = find(tx, cards.c.identity == request.card_identity)
    if card.id_number != request.id_number:
        raise RefusedError("card-not-holders")
    state = effective_state(card, at).social
    if state == "not-activated":
        raise RefusedError("card-not-activated")
    if state != "normal":
        raise RefusedError("card-not-valid")


def insurances_of(tx: Connection, holder: Row[Any]) -> list[Insurance]:
    """Return the status of the holder in each insurance."""
    mine = select(insurances).where(insurances.c.id_number == holder.id_number).order_by(insurances.c.place)
    return [Insurance(row.name, row.status) for row in tx.execute(mine)]


def pension_of(tx: Connection, holder: Row[Any]) -> Row[Any] | None:
    """Return the pension that the holder receives, or None."""
    return tx.execute(select(pensions).where(pensions.c.id_number == holder.id_number)).one_or_none()
