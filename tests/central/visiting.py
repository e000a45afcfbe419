"""A terminal for tests whose cards are genuine: it begins and proves a visit wherever a call needs one."""

from time import monotonic
from typing import Any
from uuid import uuid4

import msgspec

from central.cards.card_keys import CardKey, factors
from central.cards.software_card_keys import demonstration_keys
from central.people.people import demo_people
from sync.client import CentralClient
from sync.protocol.call import Proof
from sync.protocol.visits import BEGIN_VISIT, PROVE_CARD, CardProof, VisitOpened, VisitProof, VisitRequest

REGION = "610200"
CARDS = {person.card_identity: person for person in demo_people()}
CARD_OF = {person.id_number: person.card_identity for person in demo_people()}
FRESH_SECONDS = 300.0
CHIP = "00814E43238697"
KEYS = demonstration_keys()


def answer_of(card: str, opened: VisitOpened) -> str:
    """What the simulated chip of a card answers; those of invented people too."""
    person = CARDS.get(card)
    reset = person.card_reset_information if person else f"{CHIP}{card[:4]}{card[16:24]}"
    algorithm: Any = person.card_algorithm if person else "3des"
    its = CardKey("internal", 1, algorithm), factors(card, bytes.fromhex(reset or ""))
    return KEYS.internal(*its, bytes.fromhex(opened.process), bytes.fromhex(opened.source)).hex().upper()


class VisitingClient(CentralClient):
    """A terminal; ``card`` is in it where a request names neither card nor person."""

    def __init__(self, *about: Any, **more: Any) -> None:
        super().__init__(*about, **more)
        self.card = next(iter(CARDS))
        self._proven: dict[tuple[str, str, str], tuple[str, float]] = {}

    def call(self, call: Any, request: Any) -> Any:
        if call.proof and request.visit_id is None:
            request = msgspec.structs.replace(request, visit_id=self._visit_for(call, request))
        return super().call(call, request)

    def begin(self, card: str, region: str = REGION, purpose: Any = "services", visit_id: str = "") -> tuple:
        """Begin a visit; return its id and what the card has to answer."""
        visit_id = visit_id or str(uuid4())
        request = VisitRequest(visit_id=visit_id, region=region, card_identity=card, purpose=purpose)
        return visit_id, super().call(BEGIN_VISIT, request)

    def prove(self, visit_id: str, answer: str, challenge: str | None = None) -> VisitProof:
        return super().call(PROVE_CARD, CardProof(visit_id=visit_id, answer=answer, challenge=challenge))

    def visit_of(self, card: str, region: str = REGION, purpose: Any = "services") -> str:
        """Return the id of a visit in which the card has proved itself a moment ago."""
        visit_id, at = self._proven.get((card, region, purpose), ("", 0.0))
        if not visit_id or monotonic() - at > FRESH_SECONDS:
            visit_id, opened = self.begin(card, region, purpose)
            self.prove(visit_id, answer_of(card, opened))
            self._proven[card, region, purpose] = visit_id, monotonic()
        return visit_id

    def _visit_for(self, call: Any, request: Any) -> str:
        if getattr(request, "verified_by", None) == Proof.ID_CARD:
            return str(uuid4())
        person = getattr(request, "id_number", None)
        card = getattr(request, "card_identity", None) or CARD_OF.get(person, self.card)
        return self.visit_of(card, getattr(request, "region", REGION), call.purpose)
