"""A visit: the centre draws what a card has to answer, and compares the answer with what its own register says."""

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, Row, case, func, insert, select, update

from central.access.answering import answers
from central.access.kiosks import Caller
from central.access.visits import (
    FIND,
    HOUR,
    PROOF_VALID,
    UNPROVEN_CARD,
    VisitLimits,
    is_one_too_many,
    this_visit,
)
from central.cards.card_keys import CardKeyMissingError, CardKeys, key_and_factors
from central.people.card_holder import effective_state, find, with_holder
from central.store.alarms import raise_alarm
from central.store.reads import record_read
from central.store.refusals import RefusedError
from central.store.tables import cards, visits
from kiosk.rules import regions
from sync.protocol.call import Proof
from sync.protocol.visits import (
    BEGIN_VISIT,
    PROVE_CARD,
    CardProof,
    VisitOpened,
    VisitProof,
    VisitRequest,
)

CHALLENGE_VALID = timedelta(seconds=60)
HALF = 8
"""Bytes of each half of a challenge."""
WRONG_PER_CARD, WRONG_PER_KIOSK = 5, 20
"""So many wrong answers an hour, of one card at one terminal and of a terminal, and no further answer is looked at."""
MANY_UNPROVEN = 10
"""So many cards an hour that nothing can be checked with are worth an alarm."""

log = structlog.get_logger(__name__)


@answers(BEGIN_VISIT)
def begin(
    tx: Connection, caller: Caller, request: VisitRequest, at: datetime, *, visit_limits: VisitLimits
) -> VisitOpened:
    """Draw what the card has to answer, once.

    :raises Refused: there is no such card, it is not of this region or not of this visit, or one person too many came.
    """
    card = find(tx, cards.c.identity == request.card_identity)
    if card.region != request.region:
        raise RefusedError("other-region")
    earlier = tx.execute(FIND, {"kiosk": caller.kiosk_id, "visit": request.visit_id}).one_or_none()
    if earlier is None:
        _open(tx, caller.kiosk_id, request, card, at, visit_limits)
    elif earlier.card_identity is None:
        _raise(tx, caller.kiosk_id, request, card, earlier)
    elif (earlier.card_identity, earlier.purpose) != (card.identity, request.purpose):
        raise RefusedError("proof-wrong")
    record_read(
        tx,
        at,
        card.id_number,
        caller.kiosk_id,
        BEGIN_VISIT.path,
        channel=caller.terminal.channel,
        region=card.region,
        purpose=request.purpose,
        visit_id=request.visit_id,
    )
    challenge = secrets.token_bytes(2 * HALF)
    _put_challenge(tx, caller.kiosk_id, request.visit_id, challenge, at + CHALLENGE_VALID)
    process, source = challenge[:HALF].hex().upper(), challenge[HALF:].hex().upper()
    return VisitOpened(card=effective_state(card, at), process=process, source=source)


@answers(PROVE_CARD)
def prove(
    tx: Connection, caller: Caller, request: CardProof, at: datetime, *, card_keys: CardKeys | None
) -> VisitProof:
    """Compare what the card answered with what it should, by the register alone.

    :raises Refused: it is wrong, or comes too late, or again, or to no challenge of this terminal and visit.
    """
    visit = _take_challenge(tx, caller.kiosk_id, request.visit_id)
    if visit is None or visit.challenge is None or at >= visit.challenge_until:
        raise RefusedError("proof-wrong", keeps=True)
    card = tx.execute(with_holder(cards.c.identity == visit.card_identity)).one()
    expected = _computed(card_keys, "internal", card, visit.challenge[:HALF], visit.challenge[HALF:])
    if expected is None:
        return _unproven(tx, caller.kiosk_id, request.visit_id, card, at)
    right = hmac.compare_digest(expected, bytes.fromhex(request.answer))
    if _is_worn_out(tx, caller.kiosk_id, card.identity, at) or not right:
        raise _wrong(tx, caller.kiosk_id, request.visit_id, card, at)
    until = at + PROOF_VALID
    this = this_visit(caller.kiosk_id, request.visit_id)
    tx.execute(update(visits).where(this).values(proof=Proof.CARD, until=until))
    return VisitProof(proven=True, until=until, cryptogram=_cryptogram(card_keys, card, request.challenge))


def _open(
    tx: Connection, kiosk_id: str, request: VisitRequest, card: Row[Any], at: datetime, limits: VisitLimits
) -> None:
    if is_one_too_many(tx, kiosk_id, card.id_number, at, limits):
        raise RefusedError("people-limit", keeps=True)
    which = {"kiosk_id": kiosk_id, "visit_id": request.visit_id, "purpose": request.purpose}
    whose = {"id_number": card.id_number, "card_identity": card.identity, "region": card.region}
    tx.execute(insert(visits).values(which | whose | {"opened_at": at}))


def _raise(tx: Connection, kiosk_id: str, request: VisitRequest, card: Row[Any], earlier: Row[Any]) -> None:
    """Let the visit of who has shown an ID card or an electronic card go on with their social security card."""
    if (earlier.id_number, earlier.purpose) != (card.id_number, request.purpose):
        raise RefusedError("other-person")
    its = {"card_identity": card.identity, "region": card.region}
    tx.execute(update(visits).where(this_visit(kiosk_id, request.visit_id)).values(its))


def _put_challenge(tx: Connection, kiosk_id: str, visit_id: str, challenge: bytes, until: datetime) -> None:
    drawn = update(visits).where(this_visit(kiosk_id, visit_id))
    tx.execute(drawn.values(challenge=challenge, challenge_until=until))


def _take_challenge(tx: Connection, kiosk_id: str, visit_id: str) -> Row[Any] | None:
    """Return the visit with its challenge, which is gone from now on."""
    this = this_visit(kiosk_id, visit_id)
    visit = tx.execute(select(visits).where(this).with_for_update()).one_or_none()
    tx.execute(update(visits).where(this).values(challenge=None))
    return visit


def _computed(
    card_keys: CardKeys | None, role: Any, card: Row[Any], process: bytes, source: bytes
) -> bytes | None:
    """Return what the centre's keys make of a challenge; None: nothing of this card, or no such key, is on file."""
    found = key_and_factors(card, role)
    if card_keys is None or found is None:
        return None
    compute = card_keys.internal if role == "internal" else card_keys.external
    try:
        return compute(*found, process, source)
    except CardKeyMissingError as missing:
        log.error("card_key_missing", key=str(missing))
        return None


def _cryptogram(card_keys: CardKeys | None, card: Row[Any], challenge: str | None) -> str | None:
    """Return what lets a 3.0 card tell its holder's data, where it asked for that."""
    if challenge is None:
        return None
    process = bytes.fromhex(challenge)
    found = _computed(card_keys, "holder-read", card, process, process)
    return None if found is None else found.hex().upper()


def _unproven(tx: Connection, kiosk_id: str, visit_id: str, card: Row[Any], at: datetime) -> VisitProof:
    """Let a card that nothing can be checked with do what its region lets it."""
    until = at + PROOF_VALID if regions.find(card.region).unproven_cards == "limited" else None
    tx.execute(update(visits).where(this_visit(kiosk_id, visit_id)).values(proof=UNPROVEN_CARD, until=until))
    v = visits.c
    lately = (v.kiosk_id == kiosk_id) & (v.opened_at > at - HOUR) & (v.proof == UNPROVEN_CARD)
    if tx.execute(select(func.count()).select_from(visits).where(lately)).scalar_one() >= MANY_UNPROVEN:
        raise_alarm(tx, at, "cards-unproven", kiosk_id)
    return VisitProof(proven=False, until=until)


def _is_worn_out(tx: Connection, kiosk_id: str, identity: str, at: datetime) -> bool:
    """Return whether this card, or this terminal, has had its wrong answers for this hour."""
    v = visits.c
    wrong = func.coalesce(func.sum(v.wrong_answers), 0)
    of_card = func.coalesce(func.sum(case((v.card_identity == identity, v.wrong_answers), else_=0)), 0)
    lately = (v.kiosk_id == kiosk_id) & (v.opened_at > at - HOUR)
    here, of_this = tx.execute(select(wrong, of_card).where(lately)).one()
    return bool(here >= WRONG_PER_KIOSK or of_this >= WRONG_PER_CARD)


def _wrong(tx: Connection, kiosk_id: str, visit_id: str, card: Row[Any], at: datetime) -> RefusedError:
    """Count a wrong answer; the visit no longer rests on anything."""
    this = this_visit(kiosk_id, visit_id)
    tx.execute(update(visits).where(this).values(wrong_answers=visits.c.wrong_answers + 1, until=None))
    raise_alarm(tx, at, "card-not-genuine", kiosk_id, card.partition)
    return RefusedError("proof-wrong", keeps=True)
