"""Which TLS client certificates a kiosk may come with, and the one that the proxy before us has checked."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import unquote_to_bytes

from sqlalchemy import ColumnElement, Connection, Row, ScalarSelect, delete, func, insert, select

from central.store.refusals import RefusedError
from central.store.tables import kiosk_certificates
from sync.protocol.client_certificate import CertificateError, read

LONGEST = 16_000
"""Characters of a certificate, escaped."""


class ClientCertificateError(Exception):
    """The certificate cannot be accepted or revoked; the message says why."""


def accept(tx: Connection, kiosk_id: str, fingerprint: str, at: datetime) -> None:
    """Let a kiosk come with this certificate from now on, beside those that it has: they overlap when one is renewed.

    :param fingerprint: the SHA-256 of the certificate, 64 hexadecimal digits.
    :raises ClientCertificateError: it is another kiosk's.
    """
    table = kiosk_certificates
    found = tx.execute(
        select(table.c.kiosk_id).where(table.c.fingerprint == fingerprint)
    ).scalar_one_or_none()
    if found is None:
        tx.execute(insert(table).values(kiosk_id=kiosk_id, fingerprint=fingerprint, accepted_at=at))
    elif found != kiosk_id:
        raise ClientCertificateError(f"{fingerprint} is the certificate of {found}; nothing was changed")


def revoke(tx: Connection, fingerprint: str) -> str:
    """Refuse a certificate from the next request on; return whose it was.

    :raises ClientCertificateError: no kiosk has it.
    """
    table = kiosk_certificates
    gone = delete(table).where(table.c.fingerprint == fingerprint).returning(table.c.kiosk_id)
    if (kiosk_id := tx.execute(gone).scalar_one_or_none()) is None:
        raise ClientCertificateError(f"no kiosk has the certificate {fingerprint}; nothing was changed")
    return str(kiosk_id)


def revoke_all(tx: Connection, kiosk_id: str) -> None:
    """Refuse every certificate of a kiosk."""
    tx.execute(delete(kiosk_certificates).where(kiosk_certificates.c.kiosk_id == kiosk_id))


def accepted(connection: Connection) -> Sequence[Row[Any]]:
    """Return every accepted certificate: kiosk, fingerprint, since when."""
    table = kiosk_certificates
    return connection.execute(select(table).order_by(table.c.kiosk_id, table.c.accepted_at)).all()


def accepted_of(kiosk_id: ColumnElement[str]) -> ScalarSelect[str]:
    """Return the query for what ``require`` takes of the accepted certificates of a kiosk: NULL without any."""
    table = kiosk_certificates
    return (
        select(func.aggregate_strings(table.c.fingerprint, " "))
        .where(table.c.kiosk_id == kiosk_id)
        .scalar_subquery()
    )


def require(accepted: str | None, escaped: str) -> None:
    """Continue only where the certificate is one of those accepted of the kiosk.

    :param escaped: what the proxy has checked, in PEM and URL-encoded (nginx: ``$ssl_client_escaped_cert``).
    :raises Refused: it is another one, or none.
    """
    if _fingerprint(escaped) not in (accepted or "").split():
        raise RefusedError("certificate-wrong")


def _fingerprint(escaped: str) -> str:
    try:
        return read(unquote_to_bytes(escaped[:LONGEST])).fingerprint
    except CertificateError as error:
        raise RefusedError("certificate-wrong") from error
