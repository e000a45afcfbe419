"""Which kiosk is speaking: enrolment, and the check of its signature."""

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import Struct
from sqlalchemy import Connection, delete, insert, select, update

from central.api.refusals import Refused
from central.models import kiosks
from sync.protocol import signature
from sync.protocol.messages import Identifier


class EnrolmentError(Exception):
    """The kiosk cannot be enrolled or revoked; the message says why."""


class Caller(Struct, frozen=True):
    """The kiosk that signed a request, and how many seconds its clock is ahead of ours."""

    kiosk_id: str
    clock_skew: float


def enrol(tx: Connection, kiosk_id: str, public_key: str, at: datetime) -> None:
    """Let a kiosk in; one set up anew is enrolled again, with its new key.

    :param public_key: base64 of 32 bytes.
    :raises EnrolmentError: that is not an Ed25519 key, or not a kiosk's number.
    """
    try:
        msgspec.convert(kiosk_id, Identifier)
        Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
    except (binascii.Error, ValueError) as error:
        raise EnrolmentError(f"not a kiosk's number and its public key: {kiosk_id} {public_key}") from error
    tx.execute(delete(kiosks).where(kiosks.c.id == kiosk_id))
    tx.execute(insert(kiosks).values(id=kiosk_id, public_key=public_key, enrolled_at=at))


def revoke(tx: Connection, kiosk_id: str, at: datetime) -> None:
    """Shut a kiosk out.

    :raises EnrolmentError: there is no such kiosk.
    """
    if tx.execute(update(kiosks).where(kiosks.c.id == kiosk_id).values(revoked_at=at)).rowcount == 0:
        raise EnrolmentError(f"there is no kiosk {kiosk_id}")


def authenticate(
    tx: Connection, headers: Mapping[str, str], method: str, path: str, body: bytes, at: datetime
) -> Caller:
    """Return the kiosk that signed the request; until the transaction ends it is alone with its rows.

    :raises Refused: it is not enrolled, was revoked, or did not sign this.
    """
    try:
        signed = signature.read(headers, method, path, body)
        # The lock makes a kiosk's own repeats wait for each other, so that they are seen as repeats.
        row = tx.execute(select(kiosks).where(kiosks.c.id == signed.kiosk_id).with_for_update()).one_or_none()
        if row is None:
            raise Refused("kiosk-unknown")
        signature.verify(signed, Ed25519PublicKey.from_public_bytes(base64.b64decode(row.public_key)))
    except signature.SignatureError as error:
        raise Refused("signature-wrong") from error
    if row.revoked_at is not None:
        raise Refused("kiosk-revoked")
    skew = (signed.created - at).total_seconds()
    tx.execute(update(kiosks).where(kiosks.c.id == row.id).values(last_seen_at=at, clock_skew=skew))
    return Caller(row.id, skew)
