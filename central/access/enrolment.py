"""Kiosk enrolment: invited with a one-time code, a kiosk submits its key, and a person approves that key.

The code only permits a request. The approver compares the key's fingerprint with what the kiosk shows.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Engine, Row, delete, insert, select, update

from central.access import kiosks
from central.access.answering import answers
from central.access.kiosks import EnrolmentError
from central.access.terminals import Approval, disagrees, fix_at_enrolment
from central.store.acts import job, record
from central.store.codes import random_code
from central.store.refusals import RefusedError
from central.store.tables import invitations
from sync.protocol.enrolment import ENROL, EnrolmentAnswer, EnrolmentRequest
from sync.protocol.messages import Identifier

CODE_LENGTH = 12
VALID = timedelta(hours=24)
TRIES = 10
AS_TOLD = Approval()


def invite(tx: Connection, kiosk_id: str, at: datetime, *, auto_approve: bool = False) -> str:
    """Return a new one-time code for a kiosk; earlier codes become invalid.

    :raises EnrolmentError: that is not a kiosk's number.
    """
    try:
        msgspec.convert(kiosk_id, Identifier)
    except msgspec.ValidationError as error:
        raise EnrolmentError(f"not a kiosk's number: {kiosk_id}") from error
    code = random_code(CODE_LENGTH)
    tx.execute(delete(invitations).where(invitations.c.kiosk_id == kiosk_id))
    tx.execute(
        insert(invitations).values(
            kiosk_id=kiosk_id,
            code_sha256=_hashed(kiosk_id, code),
            auto_approve=auto_approve,
            expires_at=at + VALID,
            tries_left=TRIES,
        )
    )
    return "-".join(code[start : start + 4] for start in range(0, CODE_LENGTH, 4))


@answers(ENROL)
def apply(engine: Engine, kiosk_id: str, request: EnrolmentRequest, at: datetime) -> EnrolmentAnswer:
    """Store the key of an invited kiosk; repeating the request with the same key returns its status.

    :raises Refused: the code is wrong, too old, tried too often, or was used with another key.
    """
    with engine.begin() as tx:  # also a wrong guess is counted, so it is a transaction of its own
        invitation = _use_a_try(tx, kiosk_id)
    if invitation is None or invitation.expires_at < at:
        raise RefusedError("invitation-wrong")
    if not secrets.compare_digest(invitation.code_sha256, _hashed(kiosk_id, request.code)):
        raise RefusedError("invitation-wrong")
    with engine.begin() as tx:
        return _bring(tx, invitation, request, at)


def approve(
    tx: Connection,
    kiosk_id: str,
    at: datetime,
    certificate: str | None = None,
    approved: Approval = AS_TOLD,
) -> str:
    """Approve the kiosk's pending key, replacing any earlier key, and what it may do; return the fingerprint.

    :param certificate: as of ``kiosks.enrol``.
    :param approved: what it is approved for; its region is otherwise where it says that it stands.
    :raises EnrolmentError: no key is waiting, or it says that it stands elsewhere than its number does.
    """
    row = tx.execute(select(invitations).where(_of(kiosk_id)).with_for_update()).one_or_none()
    if row is None or row.public_key is None or row.approved_at is not None:
        raise EnrolmentError(f"no key of {kiosk_id} is waiting for approval")
    if disagrees(kiosk_id, row.region) and not approved.regions:
        raise EnrolmentError(
            f"{kiosk_id} says that it stands in {row.region}, which is not what its number says; nothing was"
            " approved: --region says where it stands"
        )
    kiosks.enrol(tx, kiosk_id, row.public_key, at, certificate, algorithm=row.algorithm)
    tx.execute(update(invitations).where(_of(kiosk_id)).values(approved_at=at))
    fix_at_enrolment(tx, kiosk_id, approved, row.region)
    return kiosks.fingerprint(row.algorithm, row.public_key)


def _use_a_try(tx: Connection, kiosk_id: str) -> Row[Any] | None:
    left = _of(kiosk_id) & (invitations.c.tries_left > 0)
    trying = update(invitations).where(left).values(tries_left=invitations.c.tries_left - 1)
    return tx.execute(trying.returning(*invitations.c)).one_or_none()


def _bring(tx: Connection, invitation: Row[Any], request: EnrolmentRequest, at: datetime) -> EnrolmentAnswer:
    """Let the first key wait that comes with the code; a second one is somebody else's."""
    this = _of(invitation.kiosk_id) & (invitations.c.code_sha256 == invitation.code_sha256)
    key = {"algorithm": request.algorithm, "public_key": request.public_key}
    told = key | {"region": request.region}
    tx.execute(update(invitations).where(this, invitations.c.public_key.is_(None)).values(told))
    row = tx.execute(select(invitations).where(this)).one_or_none()
    if row is None or (row.algorithm, row.public_key) != tuple(key.values()):
        raise RefusedError("invitation-wrong")
    by_itself = row.auto_approve and not disagrees(row.kiosk_id, row.region)
    if by_itself and row.approved_at is None:
        approve(tx, row.kiosk_id, at)
        record(tx, job("auto-approve", at), "kiosk-approved", row.kiosk_id)
    enrolled = by_itself or row.approved_at is not None
    return EnrolmentAnswer(
        "enrolled" if enrolled else "pending", kiosks.fingerprint(row.algorithm, row.public_key)
    )


def _of(kiosk_id: str) -> ColumnElement[bool]:
    return invitations.c.kiosk_id == kiosk_id


def _hashed(kiosk_id: str, code: str) -> str:
    return hashlib.sha256(f"{kiosk_id} {code.replace('-', '')}".encode()).hexdigest()
