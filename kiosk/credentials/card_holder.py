"""Whose card it is: what every card tells freely, but a 3.0 card only after the centre's proof."""

from collections.abc import Generator
from contextlib import suppress
from typing import Any

from hardware.card.errors import AuthenticationRequiredError
from hardware.card.items import Holder
from hardware.card.session import CardSession
from hardware.card.social_security import Key
from kiosk.dialogue.questions import Question, Working
from kiosk.visit.asking import reply_of
from kiosk.visit.centre import Centre
from sync.client import CentralRefusedError, CentralUnreachableError
from sync.protocol.cards import AUTHENTICATE_CARD, AuthenticationRequest


def read_holder(
    card: CardSession, centre: Centre, region: str, page: Working
) -> Generator[Question, Any, Holder]:
    """Read the holder; where the card wants it, have the centre prove that it may be told, while ``page`` is shown.

    :raises AuthenticationRequiredError: the centre cannot be reached, or does not know the card.
    """
    try:
        return card.read_holder()
    except AuthenticationRequiredError:
        with suppress(CentralRefusedError, CentralUnreachableError):
            yield from _prove(card, centre, region, page)
        return card.read_holder()


def _prove(card: CardSession, centre: Centre, region: str, page: Working) -> Generator[Question, Any, None]:
    request = AuthenticationRequest(
        region=region,
        card_identity=card.identity,
        key="holder-read",
        challenge=card.challenge().hex().upper(),  # good for the card's next command only
    )
    proof = yield from reply_of(centre, AUTHENTICATE_CARD, request, page, home=True)
    card.authenticate(proof.content, Key.HOLDER_READ)
