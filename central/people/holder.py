"""The person whose card it is, and what every document says of that person."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from central.cards.cards import find, standing
from central.certificates.content import Content
from central.store.refusals import Refused
from central.store.tables import cards, insurances, pensions, people
from sync.protocol.documents import Issued
from sync.protocol.messages import Insurance, IssueRequest
from sync.protocol.services import ApplicationRequest


def holder_of(tx: Connection, request: IssueRequest | ApplicationRequest, at: datetime) -> Row[Any]:
    """Return the holder's row, when card, person and region agree.

    :raises Refused: they do not, or the card is not to be used.
    """
    card = find(tx, cards.c.identity == request.card_identity)
    if card.id_number != request.id_number:
        raise Refused("card-not-holders")
    state = standing(card, at).social
    if state == "not-activated":
        raise Refused("card-not-activated")
    if state != "normal":
        raise Refused("card-not-valid")
    holder = tx.execute(select(people).where(people.c.id_number == card.id_number)).one()
    if holder.region != request.region:
        raise Refused("other-region")
    return holder


def insurances_of(tx: Connection, holder: Row[Any]) -> list[Insurance]:
    """Return how the holder stands in each insurance."""
    mine = select(insurances).where(insurances.c.id_number == holder.id_number).order_by(insurances.c.place)
    return [Insurance(row.name, row.status) for row in tx.execute(mine)]


def pension_of(tx: Connection, holder: Row[Any]) -> Row[Any] | None:
    """Return the pension that the holder receives, or None."""
    return tx.execute(select(pensions).where(pensions.c.id_number == holder.id_number)).one_or_none()


def about(
    holder: Row[Any], message: type[Issued], months: int, last_month: str, /, **fields: object
) -> Content:
    """Return a content about ``holder`` with the fields that every personal document has."""
    person = {"holder_name": holder.name, "id_number": holder.id_number, "sex": holder.sex}
    return Content(
        message=message,
        fields=person | fields,
        subject=holder.id_number,
        name=holder.name,
        region=holder.region,
        agency=holder.agency,
        months=months,
        last_month=last_month,
    )
