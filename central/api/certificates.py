"""Issuing certificates from the holder's own record."""

import hashlib
import secrets
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from dateutil.relativedelta import relativedelta
from msgspec import Struct
from sqlalchemy import Connection, Row, func, insert, select, update

from central.api.refusals import Refused
from central.models import cards, certificates, contributions, insurances, people
from central.signing import KEY_ID, Issuer
from sync.protocol.certificate_code import CertificateCode, id_hash
from sync.protocol.messages import Certificate, Insurance, IssueRequest, Month

CHINA = ZoneInfo("Asia/Shanghai")
VALID_MONTHS = 3  # 本证明自打印三个月内有效
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is read as another
CODE_LENGTH = 12


class Kind(Struct, frozen=True):
    """A kind of certificate: its number in the QR code, its title, how many months it shows."""

    number: int
    title: str
    months: int


class Record(Struct, frozen=True):
    """What a certificate is made from: the holder's row in ``people``, insurances, months, months in all."""

    holder: Row[Any]
    insurances: list[Insurance]
    months: list[Month]
    total_months: int


KINDS = {
    "participation": Kind(1, "社会保险参保证明（个人专用）", 24),
    "contributions": Kind(2, "社会保险缴费证明（个人专用）", 48),
}


def issue(tx: Connection, kiosk_id: str, request: IssueRequest, issuer: Issuer, at: datetime) -> Certificate:
    """Issue what is asked for, or return what this very request was given before.

    :raises Refused: the centre has no such record of this holder, or the request is not the one it was.
    """
    digest = hashlib.sha256(msgspec.json.encode(request, order="deterministic")).hexdigest()
    same = (certificates.c.kiosk_id == kiosk_id) & (certificates.c.request_id == request.request_id)
    earlier = tx.execute(select(certificates).where(same)).one_or_none()
    if earlier is None:
        return _issue_new(tx, kiosk_id, request, digest, issuer, at.astimezone(CHINA))
    if earlier.request_sha256 != digest:
        raise Refused("request-reused")
    return msgspec.json.decode(earlier.document, type=Certificate)


def _issue_new(
    tx: Connection, kiosk_id: str, request: IssueRequest, digest: str, issuer: Issuer, at: datetime
) -> Certificate:
    kind = KINDS.get(request.kind)
    if kind is None:
        raise Refused("kind-unknown")
    record = _record(tx, request, kind.months)
    code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
    row = {
        "code": code,
        "kiosk_id": kiosk_id,
        "request_id": request.request_id,
        "request_sha256": digest,
        "id_number": record.holder.id_number,
        "issued_at": at,
    }
    result: Any = tx.execute(insert(certificates).values(row))
    (serial,) = result.inserted_primary_key
    number = f"{record.holder.region}{at:%Y}{serial:08d}"
    certificate = _certificate(request.kind, number, code, record, issuer, at)
    document = {"number": number, "document": msgspec.json.encode(certificate).decode()}
    tx.execute(update(certificates).where(certificates.c.serial == serial).values(document))
    return certificate


def _certificate(
    kind: str, number: str, code: str, record: Record, issuer: Issuer, at: datetime
) -> Certificate:
    """Put together what the certificate says."""
    holder = record.holder
    return Certificate(
        number=number,
        code=code,
        kind=kind,
        title=KINDS[kind].title,
        region=holder.region,
        agency=holder.agency,
        holder_name=holder.name,
        id_number=holder.id_number,
        sex=holder.sex,
        insurances=record.insurances,
        months=record.months,
        total_months=record.total_months,
        issued_at=at,
        valid_until=valid_until(at.date()),
        host=issuer.host,
        verify_url=issuer.verify_url(code),
        qr=issuer.qr(code, _bound(KINDS[kind], number, record, at)),
    )


def _bound(kind: Kind, number: str, record: Record, at: datetime) -> CertificateCode:
    """Return the content that the QR code's signature binds."""
    return CertificateCode(
        key_id=KEY_ID,
        kind=kind.number,
        number=int(number),
        issued_at=at,
        region=record.holder.region,
        id_hash=id_hash(record.holder.id_number, int(number)),
        name=record.holder.name,
        months=record.total_months,
        last_month=record.months[-1].month,
    )


def valid_until(issued: date) -> date:
    """Return the last day of a certificate: three calendar months on, or that month's last day."""
    return issued + relativedelta(months=VALID_MONTHS)


def _record(tx: Connection, request: IssueRequest, limit: int) -> Record:
    """Return what is on record of the person whose card it is, with the last ``limit`` months."""
    holder = _holder(tx, request)
    mine = contributions.c.id_number == holder.id_number
    newest_first = select(contributions).where(mine).order_by(contributions.c.month.desc()).limit(limit)
    months = [
        Month(row.month, row.employer, row.base, row.personal, row.status) for row in tx.execute(newest_first)
    ]
    if not months:
        raise Refused("no-record")
    total = tx.execute(select(func.count()).where(mine)).scalar_one()
    return Record(holder, _insurances(tx, holder.id_number), months[::-1], total)


def _holder(tx: Connection, request: IssueRequest) -> Row[Any]:
    """Return the person whose card it is, when everything agrees."""
    card = tx.execute(select(cards).where(cards.c.identity == request.card_identity)).one_or_none()
    if card is None:
        raise Refused("card-unknown")
    if card.id_number != request.id_number:
        raise Refused("card-not-holders")
    if card.status == "not-activated":
        raise Refused("card-not-activated")
    if card.status != "normal":
        raise Refused("card-not-valid")
    holder = tx.execute(select(people).where(people.c.id_number == card.id_number)).one()
    if holder.region != request.region:
        raise Refused("other-region")
    return holder


def _insurances(tx: Connection, id_number: str) -> list[Insurance]:
    rows = tx.execute(
        select(insurances).where(insurances.c.id_number == id_number).order_by(insurances.c.place)
    )
    return [Insurance(row.name, row.status) for row in rows]
