"""Faces: what a terminal says of one is judged here, and failures are counted wherever they happen.

How like a face was is told and not kept; pictures never come here.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from sqlalchemy import Connection, delete, func, insert, select

from central.access.answering import answers
from central.access.kiosks import Caller
from central.access.visits import KEPT
from central.store.refusals import RefusedError
from central.store.request_digests import digest_of
from central.store.tables import face_tries, people
from kiosk.rules.periods import BEIJING
from sync.protocol.credentials import FACE_TRIES, REPORT_FACE, FaceQuestion, FaceReport, FaceResult, FaceTries
from sync.protocol.words import FacePurpose

ALIKE = 0.8
"""From this score on it is the same face (``hardware.face`` has the scale)."""
FAILURES_A_DAY: Mapping[FacePurpose, int] = {"identity": 3, "retirement": 3, "certification": 3}
"""So often may somebody fail on one day; 刷脸办 says so for retirement, and the others follow it."""


@answers(FACE_TRIES)
def tries(tx: Connection, _caller: Caller, request: FaceQuestion, at: datetime) -> FaceTries:
    """Tell how often a person may still fail today.

    :raises Refused: nobody of this number is on record.
    """
    _require_person(tx, request)
    left = _left(tx, request, at)
    return FaceTries(left=left, blocked_until=None if left else _tomorrow(at))


@answers(REPORT_FACE)
def judge(tx: Connection, caller: Caller, request: FaceReport, at: datetime) -> FaceResult:
    """Judge a face, and count it once.

    :raises Refused: this person may not try again today, or nobody of this number is on record.
    """
    _require_person(tx, request)
    matched = _earlier(tx, caller, request)
    if matched is None:
        matched = _judged(tx, caller, request, at)
    left = _left(tx, request, at)
    return FaceResult(matched=matched, left=left, blocked_until=None if left else _tomorrow(at))


def forget_faces(tx: Connection, at: datetime, most: int = 5000) -> None:
    """Forget faces that no visit on record can be about."""
    old = select(face_tries.c.kiosk_id, face_tries.c.request_id).where(face_tries.c.at < at - KEPT)
    for kiosk_id, request_id in tx.execute(old.limit(most)).all():
        mine = (face_tries.c.kiosk_id == kiosk_id) & (face_tries.c.request_id == request_id)
        tx.execute(delete(face_tries).where(mine))


def _require_person(tx: Connection, request: FaceQuestion) -> None:
    """Continue only for a person on record; the lock makes two machines at once wait for each other."""
    this = select(people.c.id_number).where(people.c.id_number == request.id_number).with_for_update()
    if tx.execute(this).first() is None:
        raise RefusedError("person-unknown")


def _earlier(tx: Connection, caller: Caller, request: FaceReport) -> bool | None:
    """Return what became of this very report before."""
    this = (face_tries.c.kiosk_id == caller.kiosk_id) & (face_tries.c.request_id == request.request_id)
    row = tx.execute(select(face_tries).where(this)).one_or_none()
    if row is None:
        return None
    if row.request_sha256 != digest_of(request):
        raise RefusedError("request-reused")
    return bool(row.matched)


def _judged(tx: Connection, caller: Caller, request: FaceReport, at: datetime) -> bool:
    if not _left(tx, request, at):
        raise RefusedError("face-blocked")
    matched = request.live and request.score >= ALIKE
    who = {"kiosk_id": caller.kiosk_id, "visit_id": caller.proven.visit_id, "id_number": request.id_number}
    which = {"request_id": request.request_id, "request_sha256": digest_of(request)}
    tx.execute(insert(face_tries).values(**who, **which, at=at, purpose=request.purpose, matched=matched))
    return matched


def _left(tx: Connection, request: FaceQuestion, at: datetime) -> int:
    f = face_tries.c
    today = (f.id_number == request.id_number) & (f.at >= _tomorrow(at) - timedelta(days=1))
    failed = today & (f.purpose == request.purpose) & ~f.matched
    failures = tx.execute(select(func.count()).select_from(face_tries).where(failed)).scalar_one()
    return max(0, FAILURES_A_DAY[request.purpose] - failures)


def _tomorrow(at: datetime) -> datetime:
    """Return 0:00 of the next day, Beijing time."""
    return datetime.combine(at.astimezone(BEIJING).date() + timedelta(days=1), time(), BEIJING)
