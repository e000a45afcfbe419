"""The signed body in a certificate's QR code: it binds the content, where a seal image proves nothing.

It travels as the fragment of the verification address: a phone opens the page and no server log holds it.
42 bytes and a 64-byte signature over them:

    1 format (high 4 bits) and algorithm (low 4 bits: 1 Ed25519, 2 SM2 with SM3, 3 ECDSA with P-256)
    1 key · 1 kind · 8 certificate number · 4 issued (Unix time) · 3 region (BCD) · 10 hash of the ID number
    10 start of the name (UTF-8) · 2 months in total · 2 last month (year × 12 + month - 1)
"""

import base64
import binascii
import hashlib
import struct
from datetime import UTC, datetime

from msgspec import Struct

from sync.protocol.algorithms import ECDSA_P256, ED25519, SM2_SM3, SignatureInvalidError, SigningKey
from sync.protocol.centre_keys import CentreKey

FORMAT = 1
ALGORITHMS = {1: ED25519, 2: SM2_SM3, 3: ECDSA_P256}
CODES = {name: number for number, name in ALGORITHMS.items()}
LAYOUT = struct.Struct(">BBBQI3s10s10sHH")
SIGNATURE_SIZE = 64
NAME_SIZE = 10


class CodeError(ValueError):
    """The text is not a certificate code of this format, or its signature is wrong."""


class CertificateCode(Struct, frozen=True, kw_only=True):
    """What a certificate's QR code says. ``name`` is cut after ten bytes; ``last_month`` is YYYY-MM or ''."""

    key_id: int
    kind: int
    number: int
    issued_at: datetime
    region: str
    id_hash: bytes
    name: str
    months: int
    last_month: str

    def __repr__(self) -> str:
        return f"CertificateCode({self.number})"


def id_hash(id_number: str, number: int) -> bytes:
    """Hash an ID number, salted with the certificate's number, so that equal people do not show."""
    return hashlib.blake2b(id_number.encode(), digest_size=10, salt=struct.pack(">Q", number)).digest()


def short_name(name: str) -> str:
    """Return as much of a name as the code holds, in whole characters."""
    return name.encode()[:NAME_SIZE].decode(errors="ignore")


def sign(code: CertificateCode, key: SigningKey) -> str:
    """Return the QR code's text for a URL fragment: base64url without padding."""
    body = _pack(code, CODES[key.algorithm])
    return base64.urlsafe_b64encode(body + key.sign(body)).decode().rstrip("=")


def read(text: str) -> CertificateCode:
    """Return what a code says, without believing it: its ``key_id`` tells which key to verify it with.

    :raises CodeError: not a code of this format.
    """
    return _unpack(_split(text)[0])


def verify(text: str, key: CentreKey) -> CertificateCode:
    """Return what a code says, when ``key`` signed it; that it was to be trusted then is another question.

    :raises CodeError: not a code of this format, or not signed by this key.
    """
    body, signature = _split(text)
    if ALGORITHMS.get(body[0] & 15) != key.algorithm:
        raise CodeError("this key is of another algorithm than the code")
    try:
        key.verify(signature, body)
    except SignatureInvalidError as error:
        raise CodeError("this key did not sign the code") from error
    return _unpack(body)


def _pack(code: CertificateCode, algorithm: int) -> bytes:
    return LAYOUT.pack(
        FORMAT << 4 | algorithm,
        code.key_id,
        code.kind,
        code.number,
        int(code.issued_at.timestamp()),
        bytes.fromhex(code.region),
        code.id_hash,
        short_name(code.name).encode(),
        code.months,
        _month_number(code.last_month),
    )


def _split(text: str) -> tuple[bytes, bytes]:
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise CodeError("not base64url") from error
    if len(raw) != LAYOUT.size + SIGNATURE_SIZE:
        raise CodeError(f"{len(raw)} bytes instead of {LAYOUT.size + SIGNATURE_SIZE}")
    return raw[: LAYOUT.size], raw[LAYOUT.size :]


def _unpack(body: bytes) -> CertificateCode:
    version, key_id, kind, number, issued, region, hashed, name, months, last_month = LAYOUT.unpack(body)
    if version >> 4 != FORMAT or version & 15 not in ALGORITHMS:
        raise CodeError(f"format {version >> 4} with algorithm {version & 15} is not known")
    return CertificateCode(
        key_id=key_id,
        kind=kind,
        number=number,
        issued_at=datetime.fromtimestamp(issued, UTC),
        region=region.hex(),
        id_hash=hashed,
        name=name.rstrip(b"\0").decode(errors="replace"),
        months=months,
        last_month=_month_text(last_month),
    )


def _month_number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:]) - 1 if month else 0


def _month_text(number: int) -> str:
    return f"{number // 12:04}-{number % 12 + 1:02}" if number else ""
