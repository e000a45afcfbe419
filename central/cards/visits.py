"""A visit: the centre draws what a card has to answer, and compares the answer with what its own register says."""

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any

import msgspec
import structlog
from sqlalchemy import ColumnElement, Connection, Row, insert, select, update

from central.access.answering import answers
from central.access.kiosks import Caller
from central.cards.card_keys import CardKeyMissingError, CardKeys, key_and_factors
from central.people.card_holder import effective_state, find
from central.store.refusals import RefusedError
from central.store.tables import cards, visits
from kiosk.rules import regions
from sync.protocol.visits import (
    BEGIN_VISIT,
    PROVE_CARD,
    CardProof,
    VisitOpened,
    VisitProof,
    VisitRequest,
)

CHALLENGE_VALID, PROOF_VALID = timedelta(seconds=60), timedelta(minutes=10)
PROVEN, UNPROVEN = "card", "unproven"
HALF = 8
"""Bytes of each half of a challenge."""

log = structlog.get_logger(__name__)


@answers(BEGIN_VISIT)
def begin(tx: Connection, caller: Caller, request: VisitRequest, at: datetime) -> VisitOpened:
    """Draw what the card has to answer, once; what the visit rested on before is gone.

    :raises Refused: there is no such card, it is not of this region, or not the card of this visit.
    """
    card = find(tx, cards.c.identity == request.card_identity)
    if card.region != request.region:
        raise RefusedError("other-region")
    challenge = secrets.token_bytes(2 * HALF)
    _open(tx, caller.kiosk_id, request, card, challenge, at)
    process, source = challenge[:HALF].hex().upper(), challenge[HALF:].hex().upper()
    return VisitOpened(card=effective_state(card, at), process=process, source=source)


@answers(PROVE_CARD)
def prove(
    tx: Connection, caller: Caller, request: CardProof, at: datetime, *, card_keys: CardKeys | None
) -> VisitProof:
    """Compare what the card answered with what it should.

    :raises Refused: it is wrong, or comes too late, or again, or to no challenge of this terminal and visit.
    """
    visit = _take_challenge(tx, caller.kiosk_id, request.visit_id)
    if visit is None or visit.challenge is None or at >= visit.challenge_until:
        raise RefusedError("proof-wrong", keeps=True)
    card = find(tx, cards.c.identity == visit.card_identity)
    expected = _expected(card_keys, card, visit.challenge)
    if expected is not None and not hmac.compare_digest(expected, bytes.fromhex(request.answer)):
        _note_wrong_answer(tx, visit)
        raise RefusedError("proof-wrong", keeps=True)
    proof = _proof(card, expected is not None, at)
    written = {"proof": PROVEN if proof.proven else UNPROVEN, "until": proof.until}
    tx.execute(update(visits).where(_this(caller.kiosk_id, request.visit_id)).values(written))
    if not proof.proven or request.challenge is None:
        return proof
    return msgspec.structs.replace(proof, cryptogram=_for_the_card(card_keys, card, request.challenge))


def _expected(card_keys: CardKeys | None, card: Row[Any], challenge: bytes) -> bytes | None:
    """Return what the card must answer; None: nothing here can check it."""
    known = key_and_factors(card, "internal")
    if card_keys is None or known is None:
        return None
    try:
        return card_keys.internal(*known, challenge[:HALF], challenge[HALF:])
    except CardKeyMissingError as error:
        log.error("card_root_missing", root=str(error))
        return None


def _for_the_card(card_keys: CardKeys | None, card: Row[Any], challenge: str) -> str | None:
    """Return what proves the centre to the card, in hexadecimal; None: there is no key for it here."""
    known = key_and_factors(card, "holder-read")
    if card_keys is None or known is None:
        return None
    drawn = bytes.fromhex(challenge)
    try:
        return card_keys.external(*known, drawn, drawn).hex().upper()
    except CardKeyMissingError as error:
        log.error("card_root_missing", root=str(error))
        return None


def _proof(card: Row[Any], is_proven: bool, at: datetime) -> VisitProof:
    """Return what the visit may rest on; of a card that nothing can be checked with, the region decides."""
    allowed = is_proven or regions.find(card.region).unproven_cards == "limited"
    return VisitProof(proven=is_proven, until=at + PROOF_VALID if allowed else None)


def _note_wrong_answer(tx: Connection, visit: Row[Any]) -> None:
    wrong = {"wrong_answers": visits.c.wrong_answers + 1, "proof": None, "until": None}
    tx.execute(update(visits).where(_this(visit.kiosk_id, visit.visit_id)).values(wrong))


def _open(
    tx: Connection, kiosk_id: str, request: VisitRequest, card: Row[Any], challenge: bytes, at: datetime
) -> None:
    """Open the visit, or draw another challenge in it.

    :raises Refused: it is another card's.
    """
    earlier = tx.execute(select(visits.c.card_identity).where(_this(kiosk_id, request.visit_id)))
    if (of := earlier.scalar_one_or_none()) not in (None, card.identity):
        raise RefusedError("card-unknown")
    drawn = {"challenge": challenge, "challenge_until": at + CHALLENGE_VALID, "proof": None, "until": None}
    if of:
        tx.execute(update(visits).where(_this(kiosk_id, request.visit_id)).values(drawn))
        return
    which = {"kiosk_id": kiosk_id, "visit_id": request.visit_id, "purpose": request.purpose}
    whose = {"id_number": card.id_number, "card_identity": card.identity, "region": card.region}
    tx.execute(insert(visits).values(which | whose | drawn | {"opened_at": at}))


def _take_challenge(tx: Connection, kiosk_id: str, visit_id: str) -> Row[Any] | None:
    """Return the visit with its challenge, which is gone from now on."""
    visit = tx.execute(select(visits).where(_this(kiosk_id, visit_id)).with_for_update()).one_or_none()
    tx.execute(update(visits).where(_this(kiosk_id, visit_id)).values(challenge=None))
    return visit


def _this(kiosk_id: str, visit_id: str) -> ColumnElement[bool]:
    return (visits.c.kiosk_id == kiosk_id) & (visits.c.visit_id == visit_id)
