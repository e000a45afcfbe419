"""The card proves that it is genuine: the centre draws a challenge, the chip answers, the centre compares.

The kiosk only carries. It learns what the centre makes of the card, and never what the answer should have been.
"""

from collections.abc import Callable, Generator
from concurrent.futures import Future
from enum import StrEnum
from time import monotonic
from typing import Any, Literal

from hardware.card.session import CardSession
from hardware.card.social_security import Key
from kiosk.dialogue.questions import Question, Working
from kiosk.visit.asking import await_reply
from kiosk.visit.centre import REPLY_SECONDS, Centre
from sync.client import CentralRefusedError
from sync.protocol.visits import BEGIN_VISIT, PROVE_CARD, CardProof, VisitOpened, VisitProof, VisitRequest

WRONG_ANSWER = "proof-wrong"
CHALLENGE_SECONDS = 45.0
"""How old a challenge may be that the chip is given; the centre takes its answer for a little longer."""


class Standing(StrEnum):
    """What the centre makes of a card. ``LIMITED``: it cannot check it, and the region lets it do some things."""

    UNKNOWN = "unknown"
    PROVEN = "proven"
    LIMITED = "limited"


class CardNotProvenError(Exception):
    """The card may not be used: its answer was wrong, or the centre cannot check it and the region wants it checked."""

    def __init__(self, reason: Literal["wrong-answer", "unproven"]) -> None:
        super().__init__(reason)
        self.reason = reason


class CardProver:
    """Has the card of a visit prove itself to the centre, as often as the centre wants it.

    What nobody waited for is not sent twice: a request that comes late would undo the one after it.

    :param begun: is given the reply to each beginning once it is there, from another thread.
    """

    def __init__(
        self,
        card: CardSession,
        centre: Centre,
        region: str,
        visit_id: str,
        begun: Callable[[Future[VisitOpened]], None] = lambda _reply: None,
    ) -> None:
        self.card, self.centre, self.region, self.visit_id = card, centre, region, visit_id
        self._begun = begun
        self.standing = Standing.UNKNOWN
        self._opening: Future[VisitOpened] | None = None
        self._judging: Future[VisitProof] | None = None
        self._opened_at = 0.0

    def begin(self) -> Future[VisitOpened]:
        """Begin the visit at the centre, beside whatever goes on; a beginning that is on its way or fresh is used."""
        if self._opening is None or self._is_used_up(self._opening):
            request = VisitRequest(
                visit_id=self.visit_id, region=self.region, card_identity=self.card.identity
            )
            self._opened_at = monotonic()
            self._opening = self.centre.start(BEGIN_VISIT, request)
            self._opening.add_done_callback(self._begun)
        return self._opening

    def prove(
        self,
        page: Working,
        *,
        seconds: float = REPLY_SECONDS,
        home: bool = False,
        opens_holder: bool = False,
    ) -> Generator[Question, Any, None]:
        """Have the card prove itself; ``page`` is shown meanwhile. What contacts garbled is asked once more.

        :param seconds: how long each of the two answers is waited for.
        :param home: there is nothing to go back to.
        :param opens_holder: the card tells its holder's data only to the centre, which then proves itself too.
        :raises CardNotProvenError: the card may not be used. CentralRefusedError, CentralUnreachableError: the centre
            has not said; nothing is known.
        """
        waiting = {"seconds": seconds, "home": home}
        try:
            judged = yield from self._judged(page, waiting, opens_holder)
        except CentralRefusedError as refusal:
            if refusal.code != WRONG_ANSWER:
                raise
            judged = yield from self._judged_again(page, waiting, opens_holder)
        self.standing = Standing.PROVEN if judged.proven else Standing.LIMITED
        if judged.until is None:
            raise CardNotProvenError("unproven")
        if judged.cryptogram:
            self.card.authenticate(bytes.fromhex(judged.cryptogram), Key.HOLDER_READ)

    def _judged_again(
        self, page: Working, waiting: dict[str, Any], opens_holder: bool
    ) -> Generator[Question, Any, VisitProof]:
        try:
            return (yield from self._judged(page, waiting, opens_holder))
        except CentralRefusedError as refusal:
            if refusal.code != WRONG_ANSWER:
                raise
            raise CardNotProvenError("wrong-answer") from refusal

    def _judged(
        self, page: Working, waiting: dict[str, Any], opens_holder: bool
    ) -> Generator[Question, Any, VisitProof]:
        if self._judging is None:
            opening = self.begin()
            # Mostly it came while the card was read: then no page is drawn for it.
            opened = (
                opening.result() if opening.done() else (yield from await_reply(opening, page, **waiting))
            )
            self._opening = None
            self._judging = self.centre.start(PROVE_CARD, self._answer(opened, opens_holder))
        judging = self._judging
        try:
            return (yield from await_reply(judging, page, **waiting))
        finally:
            if judging.done():
                self._judging = None

    def _answer(self, opened: VisitOpened, opens_holder: bool) -> CardProof:
        """Return what the chip says; its own challenge last, because it is good for its next command only."""
        process, source = bytes.fromhex(opened.process), bytes.fromhex(opened.source)
        answer = self.card.internal_authenticate(process, source)
        challenge = self.card.challenge().hex().upper() if opens_holder else None
        return CardProof(visit_id=self.visit_id, answer=answer.hex().upper(), challenge=challenge)

    def _is_used_up(self, opening: Future[VisitOpened]) -> bool:
        if not opening.done():
            return False
        return opening.exception() is not None or monotonic() - self._opened_at > CHALLENGE_SECONDS
