"""What a call needs before it is answered: that its terminal was approved for it, and a person who was identified.

Whatever is wrong with a proof is refused alike: there is none. Only a visit that was good and is over is told as such,
because then the terminal can prove once more.
"""

from datetime import datetime
from functools import partial
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, Engine, Row, update

from central.access.kiosks import Caller
from central.access.terminals import Approval, fix_terminal
from central.access.visits import (
    FIND,
    UNPROVEN_CARD,
    Visit,
    VisitLimits,
    had_face,
    open_by_id_card,
    this_visit,
)
from central.store.acts import job, record
from central.store.alarms import raise_alarm
from central.store.reads import record_read
from central.store.refusals import RefusedError
from central.store.tables import visits
from central.store.transactions import NeededFirstError
from sync.protocol.call import Call, Proof

BY_ID_CARD = (Proof.ID_CARD, Proof.ID_CARD_FACE)
BY_E_CARD = (Proof.E_CARD, Proof.E_CARD_FACE)
BY_FACE = (Proof.ID_CARD_FACE, Proof.E_CARD_FACE)
ASSUMED = "first-request"
"""The job that takes the region of a terminal's first request for its own; somebody is told."""


def admit(
    tx: Connection, caller: Caller, call: Call[Any, Any], request: Any, at: datetime, limits: VisitLimits
) -> Caller:
    """Return the caller with the visit that the request rests on; what is read in it goes on the person's record.

    :raises Refused: the terminal was not approved for it, or nobody was identified for it.
    """
    caller = _approved(tx, caller, call, request, at)
    if not call.proof:
        return caller
    visit = _visit(tx, caller, call, request, at, limits)
    record_read(
        tx,
        at,
        visit.id_number,
        caller.kiosk_id,
        call.path,
        channel=caller.terminal.channel,
        kind=str(getattr(request, "kind", "") or getattr(request, "item", "")),
        region=visit.region,
        purpose=visit.purpose,
        proof=getattr(request, "verified_by", visit.proof),
        visit_id=visit.visit_id,
    )
    return msgspec.structs.replace(caller, visit=visit)


def _approved(tx: Connection, caller: Caller, call: Call[Any, Any], request: Any, at: datetime) -> Caller:
    if call.act and not caller.terminal.may(call.act):
        raise _alarmed(tx, "not-approved", caller, at, call.act)
    region = getattr(request, "region", None)
    if region is None:
        return caller
    if not caller.terminal.regions:
        return _with_region(tx, caller, region, at)
    if not caller.terminal.covers(region):
        raise _alarmed(tx, "other-region", caller, at, region)
    return caller


def _with_region(tx: Connection, caller: Caller, region: str, at: datetime) -> Caller:
    """Fix the region of a terminal that was enrolled before regions were fixed, and whose number names none."""
    fixed = fix_terminal(tx, caller.kiosk_id, Approval(regions=(region,)))
    record(tx, job(ASSUMED, at), "terminal-approved-for", caller.kiosk_id, note=region)
    raise_alarm(tx, at, "region-assumed", caller.kiosk_id, region)
    return msgspec.structs.replace(caller, terminal=fixed)


def _visit(
    tx: Connection, caller: Caller, call: Call[Any, Any], request: Any, at: datetime, limits: VisitLimits
) -> Visit:
    said = getattr(request, "verified_by", None)
    _require_eyes(tx, caller, said, at)
    row = _found(tx, caller.kiosk_id, request.visit_id)
    if said in BY_ID_CARD and request.visit_id and (row is None or _is_theirs(row, request)):
        raise NeededFirstError(partial(_open_by_id_card, caller.kiosk_id, request, at, limits))
    if row is None or not _is_for(row, call, request, said):
        raise RefusedError("proof-missing")
    proof, until = (said, row.e_card_until) if said in BY_E_CARD else (row.proof, row.until)
    if at >= until:
        raise _expired(tx, row, said)
    if said in BY_FACE and not had_face(tx, caller.kiosk_id, row.visit_id, row.id_number, at):
        raise RefusedError("proof-missing")
    return Visit(row.visit_id, row.id_number, row.card_identity, row.region, row.purpose, proof)


def _expired(tx: Connection, row: Row[Any], said: str | None) -> RefusedError:
    """Return that a proof is over; an ID card's is taken out until it is read again."""
    by_id_card = said in BY_ID_CARD and row.proof == Proof.ID_CARD
    if by_id_card:
        tx.execute(
            update(visits).where(this_visit(row.kiosk_id, row.visit_id)).values(proof=None, until=None)
        )
    return RefusedError("proof-expired", keeps=by_id_card)


def _require_eyes(tx: Connection, caller: Caller, said: str | None, at: datetime) -> None:
    """Continue only if a terminal may say what it says that it has seen.

    :raises Refused: it was not approved for that.
    """
    if said in BY_ID_CARD and not caller.terminal.may("id-card"):
        raise _alarmed(tx, "not-approved", caller, at, "id-card")
    if said in BY_FACE and not caller.terminal.may("face"):
        raise _alarmed(tx, "not-approved", caller, at, "face")


def _found(tx: Connection, kiosk_id: str, visit_id: str | None) -> Row[Any] | None:
    if visit_id is None:
        return None
    return tx.execute(FIND, {"kiosk": kiosk_id, "visit": visit_id}).one_or_none()


def _is_theirs(row: Row[Any], request: Any) -> bool:
    """Return whether a visit is this person's, and rests on neither a card nor an ID card yet."""
    return row.proof is None and row.id_number == request.id_number


def _is_for(row: Row[Any], call: Call[Any, Any], request: Any, said: str | None) -> bool:
    """Return whether a visit rests on what this request needs, of this person and this card.

    :raises Refused: the card is the visit's and the person is not; the citizen has to be told that they do not agree.
    """
    if row.purpose != call.purpose or said == Proof.STAFF:
        return False
    person = getattr(request, "id_number", None)
    if said in BY_E_CARD:
        return row.e_card_until is not None and person in (None, row.id_number)
    by_id_card = said in BY_ID_CARD
    card = None if by_id_card else getattr(request, "card_identity", None)
    if (
        None in (row.proof, row.until)
        or card not in (None, row.card_identity)
        or (row.proof == Proof.ID_CARD and not by_id_card)
        or (row.proof == UNPROVEN_CARD and call.genuine_card)
    ):
        return False
    if person not in (None, row.id_number) and card:
        raise RefusedError("card-not-holders")
    return person in (None, row.id_number)


def _open_by_id_card(kiosk_id: str, request: Any, at: datetime, limits: VisitLimits, engine: Engine) -> None:
    """Open the visit in a transaction of its own: whom a terminal asked about stays known when it is refused."""
    with engine.begin() as tx:
        opened = open_by_id_card(
            tx, kiosk_id, request.visit_id, request.id_number, request.region, at, limits
        )
    if not opened:
        raise RefusedError("people-limit")


def _alarmed(
    tx: Connection, kind: Literal["not-approved", "other-region"], caller: Caller, at: datetime, subject: str
) -> RefusedError:
    raise_alarm(tx, at, kind, caller.kiosk_id, subject)
    return RefusedError(kind, keeps=True)
