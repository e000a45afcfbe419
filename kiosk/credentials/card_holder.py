"""Whose card it is: what every card tells freely, but a 3.0 card only after the centre's proof."""

from contextlib import suppress

from hardware.card.errors import AuthenticationRequiredError
from hardware.card.items import Holder
from hardware.card.session import CardSession
from hardware.card.social_security import Key
from sync.client import CentralClient, CentralRefusedError, CentralUnreachableError
from sync.protocol.cards import AUTHENTICATE_CARD, AuthenticationRequest


def read_holder(card: CardSession, centre: CentralClient, region: str) -> Holder:
    """Read the holder; where the card wants it, have the centre prove that it may be told.

    :raises AuthenticationRequiredError: the centre cannot be reached, or does not know the card.
    """
    try:
        return card.read_holder()
    except AuthenticationRequiredError:
        with suppress(CentralRefusedError, CentralUnreachableError):
            _prove(card, centre, region)
        return card.read_holder()


def _prove(card: CardSession, centre: CentralClient, region: str) -> None:
    request = AuthenticationRequest(
        region=region,
        card_identity=card.identity,
        key="holder-read",
        challenge=card.challenge().hex().upper(),  # good for the card's next command only
    )
    card.authenticate(centre.call(AUTHENTICATE_CARD, request).content, Key.HOLDER_READ)
