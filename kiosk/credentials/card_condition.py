"""What is known of the card that is in: its PIN's state from the chip, its own from the centre, in passing."""

from collections.abc import Callable, Generator
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hardware.card.errors import CardError
from hardware.card.session import CardSession
from kiosk.dialogue.questions import AwaitReply, Question, Working
from kiosk.dialogue.words import _
from kiosk.record.journal import Journal
from kiosk.rules.words import State
from kiosk.visit.centre import Centre
from sync.protocol.cards import CARD_STATE, CardState, CardStateRequest
from sync.protocol.events import CardActivated
from sync.protocol.messages import card_partition
from sync.protocol.words import SocialState

LOOKING = Working(title=_("正在查询社保卡"), text=_("正在向社保中心查询，请稍候。"))
MOMENT_SECONDS = 0.5


class Credential(StrEnum):
    """What a visit may begin with."""

    CARD = "card"


@dataclass(frozen=True)
class CardCondition:
    """What decides what can be done with a card; ``social`` is None as long as the centre has not said."""

    is_pin_locked: bool = False
    social: SocialState | None = None
    credential: Credential = Credential.CARD

    @property
    def state(self) -> State | None:
        """What the law calls it: what the centre says of the card counts more than its PIN. None: nothing is known."""
        is_working = self.social in (None, "normal", "not-activated")
        return "pin-locked" if self.is_pin_locked and is_working else self.social


class KnownCard:
    """Follows the condition of the card that is in. What the centre says counts whenever it comes.

    :param changed: called when the centre has answered, from another thread.
    """

    def __init__(
        self, card: CardSession, centre: Centre, region: str, journal: Journal, changed: Callable[[], None]
    ) -> None:
        self._card, self._centre, self._region, self._journal = card, centre, region, journal
        self._changed = changed
        self._is_pin_locked = False
        self._social: SocialState | None = None
        self._reply: Future[CardState] | None = None

    def ask(self) -> None:
        """Ask the centre for the card's state, if it can be reached, beside whatever goes on."""
        if not self._centre.is_reachable:
            return
        request = CardStateRequest(region=self._region, card_identity=self._card.identity)
        self._reply = self._centre.start(CARD_STATE, request)
        self._reply.add_done_callback(self._take)

    def look(self) -> Generator[Question, Any, None]:
        """Look at the card's PIN and, where the state may be another one by now, ask; wait no longer than a moment."""
        with suppress(CardError):  # the next command to the card will say so
            self._is_pin_locked = self._card.pin_status().locked
        if self._reply is None and self._social != "normal":
            self.ask()
        reply, self._reply = self._reply, None
        if reply and not reply.done():
            yield AwaitReply(
                title=LOOKING.title, text=LOOKING.text, reply=reply, seconds=MOMENT_SECONDS, home=True
            )

    @property
    def condition(self) -> CardCondition:
        """What is known now; an activation that is still on its way to the centre counts."""
        partition = card_partition(self._card.identity)
        social = seen_from_here(self._journal, partition, self._social) if self._social else None
        return CardCondition(self._is_pin_locked, social)

    def _take(self, reply: Future[CardState]) -> None:
        if not reply.exception():
            self._social = reply.result().social
            self._changed()


def seen_from_here(journal: Journal, partition: str, social: SocialState) -> SocialState:
    """Return the state as it will be when the centre has heard of what this kiosk did."""
    activated_here = social == "not-activated" and journal.is_undelivered(CardActivated, partition)
    return "normal" if activated_here else social
