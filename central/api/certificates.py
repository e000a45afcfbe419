"""Issuing certificates: once for one request, numbered, and bound by a signature."""

import hashlib
import secrets
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, insert, select, update

from central.api.refusals import Refused
from central.models import certificates
from central.records import FOR_PEOPLE, FOR_UNITS, Request
from central.records.content import Content, UnitRequest
from central.signing import KEY_ID, Issuer
from sync.protocol.certificate_code import CertificateCode, id_hash
from sync.protocol.certificate_kinds import CHINA, KINDS, last_day
from sync.protocol.documents import Certificate

CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is read as another
CODE_LENGTH = 12


def issue(tx: Connection, asker: str, request: Request, issuer: Issuer, at: datetime) -> Certificate:
    """Issue what is asked for, or return what this very request was given before.

    :param asker: the kiosk's number, or who else asks; requests are the same only from the same asker.
    :raises Refused: the centre has no such record of this holder, or the request is not the one it was.
    """
    digest = hashlib.sha256(msgspec.json.encode(request, order="deterministic")).hexdigest()
    same = (certificates.c.kiosk_id == asker) & (certificates.c.request_id == request.request_id)
    earlier = tx.execute(select(certificates).where(same)).one_or_none()
    if earlier is None:
        return _issue_new(tx, asker, request, digest, issuer, at.astimezone(CHINA))
    if earlier.request_sha256 != digest:
        raise Refused("request-reused")
    return msgspec.json.decode(earlier.document, type=Certificate)


def _issue_new(
    tx: Connection, asker: str, request: Request, digest: str, issuer: Issuer, at: datetime
) -> Certificate:
    content = _content(tx, request)
    code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
    row = {
        "code": code,
        "kiosk_id": asker,
        "request_id": request.request_id,
        "request_sha256": digest,
        "id_number": content.subject,
        "issued_at": at,
    }
    result: Any = tx.execute(insert(certificates).values(row))
    (serial,) = result.inserted_primary_key
    number = f"{content.region}{at:%Y}{serial:08d}"
    certificate = _certificate(request.kind, number, code, content, issuer, at)
    document = {"number": number, "document": msgspec.json.encode(certificate).decode()}
    tx.execute(update(certificates).where(certificates.c.serial == serial).values(document))
    return certificate


def _content(tx: Connection, request: Request) -> Content:
    kinds = FOR_UNITS if isinstance(request, UnitRequest) else FOR_PEOPLE
    if request.kind not in kinds:
        raise Refused("kind-unknown")
    return kinds[request.kind](tx, request)


def _certificate(
    kind: str, number: str, code: str, content: Content, issuer: Issuer, at: datetime
) -> Certificate:
    """Put together what the document says."""
    certificate: Any = content.message(
        number=number,
        code=code,
        title=KINDS[kind].title,
        region=content.region,
        agency=content.agency,
        issued_at=at,
        valid_until=last_day(kind, at),
        host=issuer.host,
        verify_url=issuer.verify_url(code),
        qr=issuer.qr(code, _bound(kind, number, content, at)),
        **content.fields,
    )
    return certificate


def _bound(kind: str, number: str, content: Content, at: datetime) -> CertificateCode:
    """Return the content that the QR code's signature binds."""
    return CertificateCode(
        key_id=KEY_ID,
        kind=KINDS[kind].number,
        number=int(number),
        issued_at=at,
        region=content.region,
        id_hash=id_hash(content.subject, int(number)),
        name=content.name,
        months=content.months,
        last_month=content.last_month,
    )
