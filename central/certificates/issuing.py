"""Issuing certificates: once for one request, numbered, and bound by a signature."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
import structlog
from msgspec import Struct
from sqlalchemy import Connection, insert, select, update

from central.access.answering import answers
from central.access.kiosks import Caller
from central.certificates.content import Content, UnitRequest
from central.certificates.records import FOR_PEOPLE, FOR_UNITS, Request
from central.certificates.signing import Issuer
from central.store.acts import Actor, record
from central.store.codes import random_code
from central.store.refusals import RefusedError
from central.store.request_digests import digest_of
from central.store.tables import certificates
from sync.protocol.certificate_code import CertificateCode, id_hash
from sync.protocol.certificate_kinds import CHINA, KINDS, last_day
from sync.protocol.certificates import ISSUE_CERTIFICATE, IssueRequest
from sync.protocol.decoding import UnreadableError, decoded
from sync.protocol.documents import Certificate, Receipt
from sync.protocol.verification import CODE_LENGTH

log = structlog.get_logger(__name__)


@answers(ISSUE_CERTIFICATE)
def answer_request(
    tx: Connection, caller: Caller, request: IssueRequest, at: datetime, *, issuer: Issuer
) -> Certificate:
    """Issue what a kiosk asks for."""
    if request.kind in KINDS and KINDS[request.kind].genuine_card and not caller.proven.is_proven:
        raise RefusedError("proof-missing")
    return issue(tx, caller.actor(at, request.verified_by), request, issuer)


def issue(tx: Connection, actor: Actor, request: Request, issuer: Issuer) -> Certificate:
    """Issue what is asked for, or return what this very request was given before.

    :raises Refused: the centre has no such record of this holder, or the request is not the one it was.
    """
    certificate: Certificate = issue_once(
        tx, actor, request.request_id, request, issuer, lambda: _content(tx, request, actor.at)
    )
    return certificate


def issue_once(
    tx: Connection,
    actor: Actor,
    request_id: str,
    request: Struct,
    issuer: Issuer,
    act: Callable[[], Content],
) -> Any:
    """Do ``act`` and issue the document that it returns; for a request that was here before, only find that document.

    :param actor: who asks, in which channel and when; requests are the same only from the same asker.
    :raises Refused: another request had this number, or whatever ``act`` raises.
    """
    digest = digest_of(request)
    same = (certificates.c.kiosk_id == actor.by) & (certificates.c.request_id == request_id)
    earlier = tx.execute(select(certificates).where(same)).one_or_none()
    if earlier is None:
        shown = getattr(request, "verified_by", "")
        asked = {"kiosk_id": actor.by, "request_id": request_id, "request_sha256": digest}
        return _issue_new(tx, asked | {"verified_by": shown}, act(), issuer, actor)
    if earlier.request_sha256 != digest:
        raise RefusedError("request-reused")
    return issuer.signed(earlier.document, actor.at)


def revoke(tx: Connection, number: str, reason: str, actor: Actor) -> None:
    """Take a document back; its public page says so from now on.

    :raises Refused: there is none with this number.
    """
    this = update(certificates).where(certificates.c.number == number)
    if tx.execute(this.values(revoked_at=actor.at, revoked_for=reason)).rowcount == 0:
        raise RefusedError("certificate-unknown")
    record(tx, actor, "document-revoked", number, note=reason)


def _issue_new(tx: Connection, asked: dict[str, Any], content: Content, issuer: Issuer, actor: Actor) -> Any:
    at = actor.at.astimezone(CHINA)
    code = random_code(CODE_LENGTH)
    number = issuer.serials.number(content.region, at.year)
    certificate = _certificate(number, code, content, issuer, at)
    document = msgspec.json.encode(certificate)
    _require_readable(document, number)
    row = asked | {"code": code, "id_number": content.subject, "issued_at": at, "number": number}
    tx.execute(insert(certificates).values(row | {"document": document.decode()}))
    digest = hashlib.sha256(document).hexdigest()
    record(tx, actor, "document-issued", number, kind=certificate.kind, digest=digest)
    return issuer.signed(document.decode(), actor.at)


def _require_readable(document: bytes, number: str) -> None:
    """Continue only with a document that kiosks take: they read it by the same declaration.

    :raises Refused: it is none; nothing is issued.
    """
    try:
        decoded(document, Certificate)
    except UnreadableError as error:
        log.error("certificate_unsound", number=number, fault=str(error))
        raise RefusedError("certificate-unsound") from error


def _content(tx: Connection, request: Request, at: datetime) -> Content:
    kinds = FOR_UNITS if isinstance(request, UnitRequest) else FOR_PEOPLE
    if request.kind not in kinds:
        raise RefusedError("kind-unknown")
    return kinds[request.kind](tx, request, at)


def _certificate(number: str, code: str, content: Content, issuer: Issuer, at: datetime) -> Certificate:
    """Put together what the document says."""
    kind = str(content.message.__struct_config__.tag)
    key = issuer.keys.signing(at)
    # Issued is what all in the union Certificate are; mypy cannot know that nothing else is.
    make: Any = content.message
    certificate: Certificate = make(
        number=number,
        code=code,
        title=KINDS[kind].title,
        region=content.region,
        agency=content.agency,
        issued_at=at,
        valid_until=last_day(kind, at),
        host=issuer.host,
        verify_url=issuer.verify_url(code),
        qr=issuer.qr(code, _bound(kind, number, content, at, key.number), key),
        **content.fields,
    )
    return certificate


def _bound(kind: str, number: str, content: Content, at: datetime, key: int) -> CertificateCode:
    """Return the content that the QR code's signature binds; a receipt shows no ID number to compare with."""
    hashed = "" if issubclass(content.message, Receipt) else content.subject
    return CertificateCode(
        key_id=key,
        kind=KINDS[kind].number,
        number=int(number),
        issued_at=at,
        region=content.region,
        id_hash=id_hash(hashed, int(number)),
        name=content.name,
        months=content.months,
        last_month=content.last_month,
    )
