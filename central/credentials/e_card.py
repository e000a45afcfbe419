"""Visits by electronic card: the national platform says whose it is, our register what became of the card behind it."""

import hashlib
import hmac
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine, Row

from central.access.answering import answers
from central.access.kiosks import Caller
from central.access.visits import FIND, PROOF_VALID, VisitLimits, enter, is_one_too_many
from central.credentials.national_platform import ECard, NationalPlatform
from central.people.card_holder import effective_state, find
from central.store.reads import record_read
from central.store.refusals import RefusedError
from central.store.tables import cards
from central.store.transactions import NeededFirstError
from sync.protocol.call import Proof
from sync.protocol.credentials import RESOLVE_E_CARD, ECardHolder, ECardRequest


@answers(RESOLVE_E_CARD, lane="platform")
def answer(
    tx: Connection,
    caller: Caller,
    request: ECardRequest,
    at: datetime,
    *,
    national_platform: NationalPlatform,
    visit_limits: VisitLimits,
) -> ECardHolder:
    """Tell whose electronic card it is, once; the platform is asked before, while no transaction waits.

    :raises Refused: it is none, or not to be used, or of another person than the visit.
    """
    visit = tx.execute(FIND, {"kiosk": caller.kiosk_id, "visit": request.visit_id}).one_or_none()
    if visit is None or not hmac.compare_digest(visit.e_card_token or "", _digest(request)):
        raise NeededFirstError(partial(_resolve, national_platform, caller, request, at, visit_limits))
    enter(tx, caller.kiosk_id, request.visit_id, visit.id_number, visit.region, at, e_card_token=None)
    card = find(tx, cards.c.id_number == visit.id_number)
    record_read(
        tx,
        at,
        card.id_number,
        caller.kiosk_id,
        RESOLVE_E_CARD.path,
        channel=caller.terminal.channel,
        region=card.region,
        purpose=visit.purpose,
        proof=Proof.E_CARD,
        visit_id=request.visit_id,
    )
    status = effective_state(card, at).social
    return ECardHolder(id_number=card.id_number, name=card.name, card_status=status, until=visit.e_card_until)


def _resolve(
    platform: NationalPlatform,
    caller: Caller,
    request: ECardRequest,
    at: datetime,
    limits: VisitLimits,
    engine: Engine,
) -> None:
    e_card = platform.resolve(request.token)
    with engine.begin() as tx:
        refusal = _entered(tx, caller, request, e_card, at, limits)
    if refusal:
        raise refusal


def _entered(
    tx: Connection, caller: Caller, request: ECardRequest, e_card: ECard, at: datetime, limits: VisitLimits
) -> RefusedError | None:
    """Let the visit rest on an electronic card, or return why not; an alarm that was raised stays."""
    try:
        card = _card_of(tx, caller, request, e_card, at)
    except RefusedError as refusal:
        return refusal
    if is_one_too_many(tx, caller.kiosk_id, card.id_number, at, limits):
        return RefusedError("people-limit")
    proven: dict[str, Any] = {"e_card_until": at + PROOF_VALID, "e_card_token": _digest(request)}
    enter(tx, caller.kiosk_id, request.visit_id, card.id_number, card.region, at, **proven)
    return None


def _card_of(tx: Connection, caller: Caller, request: ECardRequest, e_card: ECard, at: datetime) -> Row[Any]:
    """Return the physical card behind an electronic one.

    :raises Refused: we do not know it as this person's, it was replaced or cancelled, or it has no business here.
    """
    visit = tx.execute(FIND, {"kiosk": caller.kiosk_id, "visit": request.visit_id}).one_or_none()
    if visit is not None and visit.id_number != e_card.id_number:
        raise RefusedError("other-person")
    card = find(tx, cards.c.number == e_card.card_number)
    if (card.id_number, card.name) != (e_card.id_number, e_card.name):
        raise RefusedError("card-not-holders")
    if not caller.terminal.covers(card.region):
        raise RefusedError("other-region")
    if effective_state(card, at).social == "cancelled":
        raise RefusedError("e-card-unusable")
    return card


def _digest(request: ECardRequest) -> str:
    return hashlib.sha256(request.token.encode()).hexdigest()
