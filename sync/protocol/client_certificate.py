"""What a TLS certificate says of itself: its fingerprint, and until when it is good."""

import hashlib
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from msgspec import Struct


class CertificateError(Exception):
    """That is not a certificate; the message says what is wrong with it."""


class ClientCertificate(Struct, frozen=True):
    """The SHA-256 of a certificate, in 64 hexadecimal digits, and when it ends."""

    fingerprint: str
    not_after: datetime


def read(pem: bytes) -> ClientCertificate:
    """Return what the first certificate in ``pem`` says of itself; who signed it is not asked.

    :raises CertificateError: there is none.
    """
    try:
        found = x509.load_pem_x509_certificate(pem)
        return ClientCertificate(
            hashlib.sha256(found.public_bytes(Encoding.DER)).hexdigest(), found.not_valid_after_utc
        )
    except ValueError as error:
        raise CertificateError("there is no certificate in it, in PEM") from error
