"""The cards as the centre sees them: their state, and what the kiosks report of them."""

from sqlalchemy import Connection, select, update

from central.api.refusals import Refused
from central.models import cards, people
from kiosk.rules.card_state import AFTER, FROM
from sync.protocol.messages import CardState, CardStateRequest, Event

ACTIVATED = "card.activated"


def state(tx: Connection, request: CardStateRequest) -> CardState:
    """Return the state of a card's social security function.

    :raises Refused: there is no such card, it is not this holder's, or not of this region.
    """
    card = tx.execute(select(cards).where(cards.c.identity == request.card_identity)).one_or_none()
    if card is None:
        raise Refused("card-unknown")
    if request.id_number not in (None, card.id_number):
        raise Refused("card-not-holders")
    region = select(people.c.region).where(people.c.id_number == card.id_number)
    if tx.execute(region).scalar_one() != request.region:
        raise Refused("other-region")
    return CardState(card.status)


def activate(tx: Connection, event: Event) -> None:
    """Take a card for activated from the time of ``event`` on; a loss reported meanwhile stays."""
    waiting = (cards.c.partition == event.partition) & cards.c.status.in_(FROM["activate"])
    tx.execute(update(cards).where(waiting).values(status=AFTER["activate"], activated_at=event.occurred_at))
