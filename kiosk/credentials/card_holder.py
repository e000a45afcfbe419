"""Whose card it is: what every card tells freely, but a 3.0 card only after the centre's proof."""

from collections.abc import Generator
from typing import Any

from hardware.card.errors import AuthenticationRequiredError, CardContentError, ContentKind
from hardware.card.items import NUMBER, Holder
from kiosk.credentials.card_proof import CardProver
from kiosk.dialogue.questions import Question, Working
from kiosk.rules.id_number import counts_passports
from sync.client import CentralRefusedError, CentralUnreachableError
from text.id_number import NumberForm

OTHER_PERSON = "other-person"
"""The centre knows the visit as another person's."""


def read_holder(prover: CardProver, page: Working) -> Generator[Question, Any, Holder]:
    """Read the holder; where the card wants it, both prove themselves first, card and centre, while ``page`` is shown.

    :raises AuthenticationRequiredError: the centre cannot be reached, or has nothing to check the card with.
    :raises CardNotProvenError: the card is not genuine, or the region wants it checked and it cannot be.
    :raises CentralRefusedError: the card is another person's than the visit (``OTHER_PERSON``).
    :raises CardContentError: the holder's number is that of a passport, and the region has no such numbers.
    """
    holder = yield from _read(prover, page)
    if holder.form is NumberForm.PASSPORT and not counts_passports(prover.region):
        raise CardContentError(NUMBER, ContentKind.FOREIGN_NUMBER)
    return holder


def _read(prover: CardProver, page: Working) -> Generator[Question, Any, Holder]:
    try:
        return prover.card.read_holder()
    except AuthenticationRequiredError:
        yield from _open(prover, page)
        return prover.card.read_holder()


def _open(prover: CardProver, page: Working) -> Generator[Question, Any, None]:
    try:
        yield from prover.prove(page, home=True, opens_holder=True)
    except CentralUnreachableError:
        return
    except CentralRefusedError as refusal:
        if refusal.code == OTHER_PERSON:
            raise
