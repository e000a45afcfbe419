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

    An electronic card proves it by itself, a card by its PIN, an ID card by the face. A face does not replace the PIN
    of a card that is in, unless that card can prove nobody.

    :raises PinLockedError: the card takes no more tries. Exception: as ``match_face``.
    """
    state = visit.state()
    if state.pin_verified or Credential.E_CARD in state.shown:
        return
    if proves_by_pin(visit):
        yield from prove_identity(visit)
    elif not state.face_matched:
        yield from match_face(visit)


def proves_by_pin(visit: Visit) -> bool:
    """Return whether the PIN of the card that was shown is what proves it, and has not yet."""
    state = visit.state()
    is_proved = state.pin_verified or Credential.E_CARD in state.shown
    return Credential.CARD in state.shown and not is_proved and not _is_better_by_face(visit)


def _is_better_by_face(visit: Visit) -> bool:
    """Return whether there is an ID card beside a card that can prove nobody: locked, or not activated."""
    can_compare = visit.can_compare_faces() and Credential.ID_CARD in visit.state().shown
    return can_compare and not visit.can_card_prove()
