"""Proving that the person themselves is here, with whatever they have shown."""

from collections.abc import Generator
from typing import Any

from kiosk.credentials.face import match_face
from kiosk.credentials.identification import prove_identity
from kiosk.dialogue.questions import Question
from kiosk.visit.person import Credential
from kiosk.visit.visit import Visit


def prove_in_person(visit: Visit) -> Generator[Question, Any, None]:
    """Have it proved in the cheapest way that what was shown allows; once a visit is enough.

    An electronic card proves it by itself, a card by its PIN, an ID card by the face.

    :raises PinLockedError: the card takes no more tries. Exception: as ``match_face``.
    """
    if visit.state().is_in_person:
        return
    by_card = Credential.CARD in visit.state().shown
    yield from prove_identity(visit) if by_card else match_face(visit)
