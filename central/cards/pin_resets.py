"""Setting a card's PIN back: an authorisation for one terminal and one card, and what the card wants to hear.

A card is only ever given the region's initial PIN, which is public, so that no holder's PIN comes to the centre.
"""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, insert, select, update

from central.access.answering import answers
from central.access.kiosks import Caller
from central.cards.card_acts import believed, permit, with_proof
from central.cards.card_keys import CardKey, CardKeyMissingError, CardKeys, Factors, Role, key_and_factors
from central.people import card_holder
from central.store.acts import Actor, record
from central.store.refusals import RefusedError
from central.store.request_digests import digest_of
from central.store.tables import cards as card_table
from central.store.tables import pin_resets
from kiosk.rules.pin import initial_pin
from sync.protocol.cards import (
    AUTHENTICATE_CARD,
    AUTHORISE_PIN_RESET,
    PIN_RESET_MESSAGE,
    AuthenticationRequest,
    Cryptogram,
    PinResetAuthorisation,
    PinResetMessage,
    PinResetMessageRequest,
    PinResetRequest,
)

VALID = timedelta(minutes=5)


@answers(AUTHORISE_PIN_RESET)
def authorise(
    tx: Connection, caller: Caller, request: PinResetRequest, at: datetime
) -> PinResetAuthorisation:
    """Let a terminal set the PIN of the card before it back, once.

    :raises Refused: not this holder's card, or no initial PIN here; RefusedByRuleError: it may not be done so.
    """
    request, actor = believed(caller, request), caller.actor(at)
    digest = digest_of(request)
    same = (pin_resets.c.kiosk_id == actor.by) & (pin_resets.c.request_id == request.request_id)
    earlier = tx.execute(select(pin_resets).where(same)).one_or_none()
    if earlier is None:
        return _authorise(tx, request, digest, actor)
    if earlier.request_sha256 != digest:
        raise RefusedError("request-reused")
    return PinResetAuthorisation(earlier.authorisation, earlier.until)


def _authorise(tx: Connection, request: PinResetRequest, digest: str, actor: Actor) -> PinResetAuthorisation:
    card = card_holder.find(tx, card_table.c.identity == request.card_identity)
    if card.id_number != request.id_number:
        raise RefusedError("card-not-holders")
    if card.region != request.region:
        raise RefusedError("other-region")
    permit(card, "reset-pin", request, actor)
    if initial_pin(card.region, "social") is None:
        raise RefusedError("no-initial-pin")
    answer = PinResetAuthorisation(secrets.token_urlsafe(24), actor.at + VALID)
    asked = {"kiosk_id": actor.by, "request_id": request.request_id, "request_sha256": digest}
    tx.execute(insert(pin_resets).values(**msgspec.structs.asdict(answer), **asked, identity=card.identity))
    record(tx, with_proof(actor, request), "pin-reset-authorised", card.partition, until=answer.until)
    return answer


@answers(AUTHENTICATE_CARD)
def authenticate(
    tx: Connection,
    caller: Caller,
    request: AuthenticationRequest,
    at: datetime,
    *,
    card_keys: CardKeys | None,
) -> Cryptogram:
    """Prove to a card that the centre holds its key.

    :raises Refused: there is no such card here, or no authorisation to touch its PIN.
    """
    keys = _present(card_keys)
    card = card_holder.find(tx, card_table.c.identity == request.card_identity)
    if card.region != request.region:
        raise RefusedError("other-region")
    _unused(_authorised(tx, request.authorisation, caller, at))
    key, factors = _known(card, request.key)
    challenge = bytes.fromhex(request.challenge)
    return Cryptogram(_computed(lambda: keys.external(key, factors, challenge, challenge)).hex().upper())


@answers(PIN_RESET_MESSAGE)
def use(
    tx: Connection,
    caller: Caller,
    request: PinResetMessageRequest,
    at: datetime,
    *,
    card_keys: CardKeys | None,
) -> PinResetMessage:
    """Use an authorisation up for one challenge of its card.

    :raises Refused: it is none, of another terminal, too old, or used for another challenge.
    """
    keys = _present(card_keys)
    granted = _authorised(tx, request.authorisation, caller, at)
    if granted.challenge not in (None, request.challenge):
        raise RefusedError("authorisation-used")
    card = card_holder.find(tx, card_table.c.identity == granted.identity)
    if granted.challenge is None:
        this = pin_resets.c.authorisation == granted.authorisation
        tx.execute(update(pin_resets).where(this).values(challenge=request.challenge))
        record(tx, caller.actor(at), "pin-reset-used", card.partition)
    initial = initial_pin(card.region, "social") or ""
    key, factors = _known(card, "pin-unblock")
    challenge = bytes.fromhex(request.challenge)
    return PinResetMessage(_computed(lambda: keys.pin_reset(key, factors, challenge, initial)).hex().upper())


def _present(keys: CardKeys | None) -> CardKeys:
    if keys is None:
        raise RefusedError("card-keys-missing")
    return keys


def _known(card: Row[Any], role: Role) -> tuple[CardKey, Factors]:
    found = key_and_factors(card, role)
    if found is None:
        raise RefusedError("card-keys-missing")
    return found


def _computed(job: Callable[[], bytes]) -> bytes:
    try:
        return job()
    except CardKeyMissingError as error:
        raise RefusedError("card-keys-missing") from error


def _authorised(tx: Connection, authorisation: str, caller: Caller, at: datetime) -> Row[Any]:
    """Return an authorisation of this terminal, for the card that proved itself in this visit."""
    mine = (pin_resets.c.authorisation == authorisation) & (pin_resets.c.kiosk_id == caller.kiosk_id)
    row = tx.execute(select(pin_resets).where(mine).with_for_update()).one_or_none()
    if row is None or at >= row.until or row.identity != caller.proven.card_identity:
        raise RefusedError("authorisation-wrong")
    return row


def _unused(granted: Row[Any]) -> None:
    if granted.challenge is not None:
        raise RefusedError("authorisation-used")
