"""What is known of the card that is in: its PIN's state from the chip, its own from the centre, in passing."""

from collections.abc import Callable, Generator
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from hardware.card.errors import CardError
from hardware.card.session import CardSession
from kiosk.credentials.card_proof import CardProver, Standing
from kiosk.dialogue.questions import Question, Working
from kiosk.dialogue.words import _
from kiosk.record.journal import Journal
from kiosk.rules.words import State
from kiosk.visit.asking import await_reply
from kiosk.visit.centre import Centre
from sync.client import CentralRefusedError, CentralUnreachableError
from sync.protocol.cards import CARD_STATE, CardState, CardStateRequest
from sync.protocol.events import CardActivated
from sync.protocol.messages import card_partition
from sync.protocol.visits import VisitOpened
from sync.protocol.words import SocialState

LOOKING = Working(title=_("正在查询社保卡"), text=_("正在向社保中心查询，请稍候。"))
MOMENT_SECONDS = 0.5
UNUSABLE_PIN: tuple[State, ...] = ("pin-locked", "not-activated")
"""States of a card that is the holder's, but whose PIN can prove nobody."""


@dataclass(frozen=True)
class CardCondition:
    """What decides what can be done with a card; ``social`` is None as long as the centre has not said.

    ``standing`` is what the centre makes of the card itself.
    """

    is_pin_locked: bool = False
    social: SocialState | None = None
    standing: Standing = Standing.UNKNOWN

    @property
    def state(self) -> State | None:
        """What the law calls it: what the centre says of the card counts more than its PIN. None: nothing is known."""
        is_working = self.social in (None, "normal", "not-activated")
        return "pin-locked" if self.is_pin_locked and is_working else self.social


class KnownCard:
    """Follows the condition of the card that is in. What the centre says counts whenever it comes.

    ``partition`` is what the events of the card keep their order within, also when it is out.

    :param changed: called when the centre has answered, from another thread.
    """

    def __init__(
        self,
        card: CardSession,
        centre: Centre,
        region: str,
        visit_id: str,
        journal: Journal,
        changed: Callable[[], None],
    ) -> None:
        self._card, self._centre, self._journal, self._changed = card, centre, journal, changed
        self.partition = card_partition(card.identity)
        self.prover = CardProver(card, centre, region, visit_id, self._take_opened)
        self._is_pin_locked = False
        self._social: SocialState | None = None
        self._is_told = False

    def begin(self) -> None:
        """Begin the visit at the centre, if it can be reached, beside whatever goes on."""
        if self._centre.is_reachable:
            self.prover.begin()

    def prove(self, page: Working) -> Generator[Question, Any, None]:
        """Have the card prove itself, where it has not yet and the centre answers in a moment.

        :raises CardNotProvenError: the card may not be used.
        """
        if self.prover.standing is not Standing.UNKNOWN or not self._centre.is_reachable:
            return
        with suppress(CentralRefusedError, CentralUnreachableError):
            yield from self.prover.prove(page, seconds=MOMENT_SECONDS, home=True)

    def look(self) -> Generator[Question, Any, None]:
        """Look at the card's PIN and, where the state may be another one by now, ask; wait no longer than a moment.

        :raises CardNotProvenError: the centre could not be asked before, and the card may not be used.
        """
        self._look_at_pin()
        told, self._is_told = self._is_told, False
        if self.prover.standing is Standing.UNKNOWN:
            yield from self.prove(LOOKING)
        elif not told and self._social != "normal" and self._centre.is_reachable:
            with suppress(CentralRefusedError, CentralUnreachableError):
                yield from await_reply(self._ask(), LOOKING, seconds=MOMENT_SECONDS, home=True)

    def can_prove(self) -> bool:
        """Return whether its PIN can say who is here, as far as is known: it is neither locked nor still initial."""
        self._look_at_pin()
        return self.condition.state not in UNUSABLE_PIN

    def _look_at_pin(self) -> None:
        with suppress(CardError):  # the next command to the card will say so
            self._is_pin_locked = self._card.pin_status().locked

    @property
    def condition(self) -> CardCondition:
        """What is known now; an activation that is still on its way to the centre counts."""
        social = seen_from_here(self._journal, self.partition, self._social) if self._social else None
        return CardCondition(self._is_pin_locked, social, standing=self.prover.standing)

    def _ask(self) -> Future[CardState]:
        request = CardStateRequest(
            region=self.prover.region, card_identity=self._card.identity, visit_id=self.prover.visit_id
        )
        reply = self._centre.start(CARD_STATE, request)
        reply.add_done_callback(self._take)
        return reply

    def _take_opened(self, reply: Future[VisitOpened]) -> None:
        if not reply.exception():
            self._told(reply.result().card)

    def _take(self, reply: Future[CardState]) -> None:
        if not reply.exception():
            self._told(reply.result())

    def _told(self, state: CardState) -> None:
        self._social, self._is_told = state.social, True
        self._changed()


def seen_from_here(journal: Journal, partition: str, social: SocialState) -> SocialState:
    """Return the state as it will be when the centre has heard of what this kiosk did."""
    activated_here = social == "not-activated" and journal.is_undelivered(CardActivated, partition)
    return "normal" if activated_here else social
