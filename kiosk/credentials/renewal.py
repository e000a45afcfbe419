"""Proving once more who is here: what an ID card, a face or an electronic card proved counts for a while only."""

from collections.abc import Generator
from typing import Any

from kiosk.credentials.face import match_face
from kiosk.credentials.presenting import present_after_expiry
from kiosk.dialogue.questions import Question
from kiosk.visit.person import Credential
from kiosk.visit.proofs import BY_E_CARD
from kiosk.visit.visit import ProofExpired, Visit
from sync.protocol.call import Proof


def renew(visit: Visit, expired: Proof) -> Generator[Question, Any, None]:
    """Have what proved it shown once more, and the face compared where it was.

    :raises Exception: as ``match_face``; AnotherPersonError: it is another person's.
    """
    credential = Credential.E_CARD if expired in BY_E_CARD else Credential.ID_CARD
    visit.happened(ProofExpired(credential))
    yield from present_after_expiry(visit, credential)
    if expired is Proof.ID_CARD_FACE:
        yield from match_face(visit)
