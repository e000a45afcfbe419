"""A private CA: who in the kiosks' network is a kiosk, and who is the centre. It needs no database and no network."""

import ipaddress
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from text.files import read_file

KEY, CERTIFICATE = "ca.key", "ca.pem"
LONGEST = 100_000
"""Bytes of a key, a certificate or a request."""
CA_VALID = timedelta(days=3650)
LEAF_DAYS, MOST_LEAF_DAYS = 90, 397
EARLIER = timedelta(days=1)
"""A certificate is good from a little before it was made: the clocks of those who look at it are not the same."""
SMALLEST_RSA = 2048


class AuthorityError(Exception):
    """Nothing was made or signed; the message says why."""


class Authority(NamedTuple):
    """A CA's certificate, and the key that signs for it."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def make(folder: Path, name: str, at: datetime) -> x509.Certificate:
    """Make a CA in ``folder``, for certificates of kiosks and servers and for no further CA; return its certificate.

    :raises AuthorityError: there is one already. OSError: it cannot be written there.
    """
    for path in (folder / KEY, folder / CERTIFICATE):
        if path.exists():
            raise AuthorityError(f"{path} is there already, and nothing was changed")
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    usage = _key_usage(key_cert_sign=True, crl_sign=True)
    certificate = (
        _builder(subject, subject, key.public_key(), at, CA_VALID)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    _write_new(folder / KEY, secret, 0o600)
    _write_new(folder / CERTIFICATE, certificate.public_bytes(Encoding.PEM), 0o644)
    return certificate


def opened(folder: Path) -> Authority:
    """Return the CA in ``folder``.

    :raises AuthorityError: it is not there, or not whole.
    """
    try:
        key = load_pem_private_key(read_file(folder / KEY, LONGEST), None)
        certificate = x509.load_pem_x509_certificate(read_file(folder / CERTIFICATE, LONGEST))
    except OSError as error:
        raise AuthorityError(
            f"{error.filename}: {error.strerror}; `kiosk-central ca init` makes a CA"
        ) from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise AuthorityError(f"{folder}: {KEY} or {CERTIFICATE} is not what `ca init` made") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise AuthorityError(f"{folder}: {KEY} and {CERTIFICATE} do not belong together")
    return Authority(certificate, key)


def for_kiosk(ca: Authority, kiosk_id: str, request: bytes, at: datetime, days: int) -> x509.Certificate:
    """Return the certificate of a kiosk for the key in its request; of what else the request says nothing is taken.

    :raises AuthorityError: that is no request, or its key is too weak.
    """
    name = x509.UniformResourceIdentifier(f"urn:kiosk:{kiosk_id}")
    return _leaf(ca, kiosk_id, name, ExtendedKeyUsageOID.CLIENT_AUTH, request, at, days)


def for_server(ca: Authority, host: str, request: bytes, at: datetime, days: int) -> x509.Certificate:
    """Return the certificate of a centre that kiosks reach as ``host``, a name or an address.

    :raises AuthorityError: as ``for_kiosk``.
    """
    try:
        name: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        name = x509.DNSName(host)
    return _leaf(ca, host[:64], name, ExtendedKeyUsageOID.SERVER_AUTH, request, at, days)


def _leaf(
    ca: Authority,
    common_name: str,
    name: x509.GeneralName,
    purpose: x509.ObjectIdentifier,
    request: bytes,
    at: datetime,
    days: int,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    issuer = ca.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    by = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer.value)
    valid = min(timedelta(days=days), ca.certificate.not_valid_after_utc - at)
    if valid <= timedelta():
        raise AuthorityError("the CA itself has ended; nothing was signed. Make another one")
    return (
        _builder(subject, ca.certificate.subject, _requested(request), at, valid)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        .add_extension(x509.SubjectAlternativeName([name]), critical=False)
        .add_extension(by, critical=False)
        .sign(ca.key, hashes.SHA256())
    )


def _requested(content: bytes) -> ec.EllipticCurvePublicKey | rsa.RSAPublicKey:
    """Return the key that a request is for, and signed with."""
    try:
        request = x509.load_pem_x509_csr(content)
        key, is_own = request.public_key(), request.is_signature_valid
    except (ValueError, UnsupportedAlgorithm) as error:
        raise AuthorityError("that is not a certificate request in PEM; nothing was signed") from error
    if not is_own:
        raise AuthorityError("the request is not signed with its own key; nothing was signed")
    if isinstance(key, ec.EllipticCurvePublicKey) and key.key_size >= 256:
        return key
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= SMALLEST_RSA:
        return key
    raise AuthorityError(
        f"the request's key is neither P-256 nor RSA of {SMALLEST_RSA} bits; nothing was signed"
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
    at: datetime,
    valid: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - EARLIER)
        .not_valid_after(at + valid)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _key_usage(
    *, digital_signature: bool = False, key_cert_sign: bool = False, crl_sign: bool = False
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _write_new(path: Path, content: bytes, mode: int) -> None:
    with open(path, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
        file.write(content)
