"""What was proved in a visit, in the words that the centre knows."""

from collections.abc import Iterator

from kiosk.visit.person import Credential
from kiosk.visit.visit import VisitState
from sync.protocol.call import Proof

BY_ID_CARD = (Proof.ID_CARD, Proof.ID_CARD_FACE)
BY_E_CARD = (Proof.E_CARD, Proof.E_CARD_FACE)


class UnprovenError(Exception):
    """A service asked for what needs the citizen's proof, and has none: the declarations contradict each other."""


def verified_by(state: VisitState, accepted: frozenset[Proof]) -> Proof:
    """Return how the person of this visit was identified, in one of the ways that are ``accepted``.

    :raises UnprovenError: in none of them.
    """
    proof = next((proof for proof in proofs(state) if proof in accepted), None)
    if proof is None:
        raise UnprovenError
    return proof


def proofs(state: VisitState) -> Iterator[Proof]:
    """Yield each proof of this visit; that of a card first, which the centre can check."""
    if state.pin_verified:
        yield Proof.CARD_PIN
    if Credential.CARD in state.shown:
        yield Proof.CARD
    if Credential.E_CARD in state.shown:
        yield Proof.E_CARD
    if Credential.ID_CARD in state.shown:
        yield from (Proof.ID_CARD_FACE,) if state.face_matched else ()
        yield Proof.ID_CARD
