"""Visits whose card proves itself, as a kiosk and a simulated chip do it."""

from hardware.simulator.chip_keys import IRK
from hardware.simulator.personalisation import load
from sync.client import CentralClient
from sync.protocol.visits import BEGIN_VISIT, PROVE_CARD, CardProof, VisitOpened, VisitProof, VisitRequest


def answer_of(card: str, opened: VisitOpened) -> str:
    """Return what the chip of a simulated card answers."""
    key = load(card).key(IRK, load(card).keys.internal)
    assert key is not None
    return key.proof(bytes.fromhex(opened.process), bytes.fromhex(opened.source)).hex().upper()


def proven(client: CentralClient, card: str = "wang-jianguo", visit_id: str = "visit-1") -> VisitProof:
    """Begin a visit of this card and have it prove itself."""
    identity = load(card).basic.identity
    request = VisitRequest(visit_id=visit_id, region=identity[:6], card_identity=identity)
    opened = client.call(BEGIN_VISIT, request)
    return client.call(PROVE_CARD, CardProof(visit_id=visit_id, answer=answer_of(card, opened)))
