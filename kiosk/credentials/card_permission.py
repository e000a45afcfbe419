"""May this be done with this card, here and now? The centre knows its state, the rules know the law."""

from collections.abc import Generator
from typing import Any

from kiosk.credentials.card_condition import LOOKING, seen_from_here
from kiosk.credentials.card_proof import CardProver
from kiosk.dialogue.questions import Question, Working
from kiosk.dialogue.words import _
from kiosk.rules.card_operation import card_operation
from kiosk.rules.card_state import LOST_STATES
from kiosk.rules.guidance import guidance
from kiosk.rules.words import Operation, State
from kiosk.visit.asking import ask, await_reply
from kiosk.visit.visit import Visit
from sync.client import CentralRefusedError, CentralUnreachableError
from sync.protocol.cards import CARD_STATE, CardStateRequest
from sync.protocol.words import SocialState

THE_BANK = _("发卡银行网点")
ASK_AT_THE_WINDOW = _("请本人带身份证和社保卡到窗口询问。")


class NotPermittedError(Exception):
    """The card may not be used for this here; ``words`` tell the citizen why, and what to do."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def ask_centre(visit: Visit) -> Generator[Question, Any, SocialState]:
    """Return how the centre sees the card's social security function, or will when it has heard from this kiosk.

    :raises CentralUnreachableError, CentralRefusedError: nothing may be done.
    """
    request = CardStateRequest(
        region=visit.region, card_identity=visit.card.identity, id_number=visit.holder.id_number
    )
    state = (yield from ask(visit, CARD_STATE, request, page=LOOKING)).social
    return seen_from_here(visit.journal, visit.partition, state)


def is_usable(prover: CardProver, page: Working) -> Generator[Question, Any, bool]:
    """Return whether the centre says that a card is neither lost nor cancelled; False if it does not say."""
    try:
        opened = yield from await_reply(prover.begin(), page, home=True)
    except (CentralRefusedError, CentralUnreachableError):
        return False
    return opened.card.social not in (*LOST_STATES, "cancelled")


def require_permission(region: str, operation: Operation, state: State) -> None:
    """Continue only if the region lets a kiosk do ``operation`` with a card in that state.

    :raises NotPermittedError: it does not.
    """
    if words := refusal(region, operation, state):
        raise NotPermittedError(words)


def refusal(region: str, operation: Operation, state: State) -> str:
    """Return why the region does not let a kiosk do ``operation`` with a card in that state, and what to do; or ''."""
    answer = card_operation(region, "kiosk", operation, "social", state=state)
    if answer.result.reason == "state":
        return _("{why}{what_to_do}", why=answer.text, what_to_do=_way_out(region, state))
    return "" if answer.result.allowed else answer.text


def where_to_unlock(region: str) -> str:
    """Return the sentence on where a locked PIN is unlocked or, where that is impossible, reset."""
    ways = [card_operation(region, "kiosk", operation, "social") for operation in ("unlock-pin", "reset-pin")]
    return next((way for way in ways if way.result.redirect), ways[-1]).text


def bank_of(region: str) -> str:
    """Return what the region calls the place where the bank function of a card is activated."""
    routes = guidance(region, "activate").result.routes
    places = (place for route in routes if route.function == "financial" for place in route.places)
    return next(places, THE_BANK)


def _way_out(region: str, state: State) -> str:
    if state == "pin-locked":
        return where_to_unlock(region)
    if state in LOST_STATES:
        return card_operation(region, "kiosk", "release-loss", "social", state=state).text
    return ASK_AT_THE_WINDOW
