"""What is known of the card that is in: its PIN's state from the chip, its own from the centre, in passing."""

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from hardware.card.errors import CardError
from kiosk.credentials.pin_recovery import ACTIVATED
from kiosk.visit.visit import Visit
from sync.protocol.cards import CARD_STATE, CardState, CardStateRequest
from sync.protocol.words import SocialState


class Credential(StrEnum):
    """What a visit may begin with."""

    CARD = "card"


@dataclass(frozen=True)
class CardCondition:
    """What decides what can be done with a card; ``social`` is None as long as the centre has not said."""

    is_pin_locked: bool = False
    social: SocialState | None = None
    credential: Credential = Credential.CARD


class KnownCard:
    """Follows the condition of a visit's card. Nobody waits for the centre: what it says counts once it is there.

    :param changed: called when the centre has answered, from another thread.
    """

    def __init__(self, visit: Visit, changed: Callable[[], None]) -> None:
        self._visit, self._changed = visit, changed
        self._is_pin_locked = False
        self._social: SocialState | None = None

    def look(self) -> None:
        """Look at the card's PIN, and ask the centre for its state if it can be reached."""
        with suppress(CardError):  # whoever needs the card next will tell
            self._is_pin_locked = self._visit.card.pin_status().locked
        if self._visit.centre.is_reachable:
            request = CardStateRequest(region=self._visit.region, card_identity=self._visit.card.identity)
            self._visit.centre.start(CARD_STATE, request).add_done_callback(self._take)

    @property
    def condition(self) -> CardCondition:
        """What is known now; an activation that is still on its way to the centre counts."""
        return CardCondition(self._is_pin_locked, self._social_with_what_is_on_its_way)

    @property
    def _social_with_what_is_on_its_way(self) -> SocialState | None:
        return seen_from_here(self._visit, self._social) if self._social else None

    def _take(self, reply: Future[CardState]) -> None:
        if not reply.exception():
            self._social = reply.result().social
            self._changed()


def seen_from_here(visit: Visit, social: SocialState) -> SocialState:
    """Return the state as it will be when the centre has heard of what this kiosk did."""
    activated_here = social == "not-activated" and visit.journal.is_undelivered(ACTIVATED, visit.partition)
    return "normal" if activated_here else social
