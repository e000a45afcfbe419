"""The person whose card it is, and what is recorded of that person."""

from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, Row, select

from central.people.card_holder import effective_state, find
from central.store.refusals import RefusedError
from central.store.tables import cards, insurances, pensions, people
from sync.protocol.messages import Insurance


class HolderRequest(Protocol):
    """Any request of the holder of a card."""

    @property
    def region(self) -> str:
        """Where it is asked for."""

    @property
    def id_number(self) -> str:
        """Whom it is about."""

    @property
    def card_identity(self) -> str | None:
        """The card that was used."""


def holder_of(tx: Connection, request: HolderRequest, at: datetime) -> Row[Any]:
    """Return the holder's row, when card, person and region agree.

    :raises Refused: they do not, or the card is not to be used.
    """
    card = find(tx, cards.c.identity == request.card_identity)
    if card.id_number != request.id_number:
        raise RefusedError("card-not-holders")
    state = effective_state(card, at).social
    if state == "not-activated":
        raise RefusedError("card-not-activated")
    if state != "normal":
        raise RefusedError("card-not-valid")
    holder = tx.execute(select(people).where(people.c.id_number == card.id_number)).one()
    if holder.region != request.region:
        raise RefusedError("other-region")
    return holder


def insurances_of(tx: Connection, holder: Row[Any]) -> list[Insurance]:
    """Return the status of the holder in each insurance."""
    mine = select(insurances).where(insurances.c.id_number == holder.id_number).order_by(insurances.c.place)
    return [Insurance(row.name, row.status) for row in tx.execute(mine)]


def pension_of(tx: Connection, holder: Row[Any]) -> Row[Any] | None:
    """Return the pension that the holder receives, or None."""
    return tx.execute(select(pensions).where(pensions.c.id_number == holder.id_number)).one_or_none()
