"""Signature algorithms, each by the id that travels with what was signed: requests, seals, enrolments, key lists.

A public key is its octets: 32 for Ed25519 (RFC 8032), the 65 of an uncompressed point (SEC 1) for P-256 and SM2.
A signature is octets too: of ECDSA and SM2 ``r`` and ``s``, 32 each, as RFC 9421 has it, and never DER.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Protocol, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sync.protocol import sm2

ED25519 = "ed25519"
ECDSA_P256 = "ecdsa-p256-sha256"
"""Both are registered for HTTP signatures."""
SM2_SM3 = "sm2-sm3"
"""GB/T 32918.2 with SM3, as 商用密码 rules ask for."""
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
SCALAR = 32
"""Bytes of ``r``, and of ``s``."""
KEPT = 10_000
"""Public keys that stay loaded: to check that a point is on its curve costs as much as half a verification."""

Verifier = Callable[[bytes, bytes], None]
"""Takes signature and data, and raises ``InvalidSignature``."""


class AlgorithmUnknownError(ValueError):
    """Something is signed, or a key is made, in a way that is not known here."""


class KeyUnusableError(ValueError):
    """That is no public key of the algorithm that it is said to be of."""


class SignatureInvalidError(Exception):
    """That key did not sign this."""


class SigningKey(Protocol):
    """A private key, wherever it is kept."""

    @property
    def algorithm(self) -> str:
        """The id of its algorithm."""

    @property
    def public_key(self) -> bytes:
        """The octets of its public key."""

    @property
    def key_id(self) -> str:
        """What ``key_id`` calls it."""

    def sign(self, data: bytes) -> bytes:
        """Return the signature of ``data``."""


class Ed25519Key:
    """An Ed25519 key in memory."""

    algorithm = ED25519

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.public_key = private.public_key().public_bytes_raw()
        self.key_id = key_id(ED25519, self.public_key)

    @classmethod
    def generate(cls) -> Self:
        """Return a new key."""
        return cls(Ed25519PrivateKey.generate())

    def sign(self, data: bytes) -> bytes:
        """Return the signature of ``data``."""
        return self._private.sign(data)


class P256Key:
    """A key for ECDSA with P-256 and SHA-256, in memory."""

    algorithm = ECDSA_P256

    def __init__(self, private: ec.EllipticCurvePrivateKey) -> None:
        self._private = private
        self.public_key = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.key_id = key_id(ECDSA_P256, self.public_key)

    @classmethod
    def generate(cls) -> Self:
        """Return a new key."""
        return cls(ec.generate_private_key(ec.SECP256R1()))

    def sign(self, data: bytes) -> bytes:
        """Return the signature of ``data``."""
        return from_der(self._private.sign(data, ec.ECDSA(hashes.SHA256())))


class Sm2Key:
    """An SM2 key in memory.

    :param private: as OpenSSL holds it.
    """

    algorithm = SM2_SM3

    def __init__(self, private: sm2.Key) -> None:
        self._private = private
        self.public_key = private.point
        self.key_id = key_id(SM2_SM3, self.public_key)

    def sign(self, data: bytes) -> bytes:
        """Return the signature of ``data``."""
        return from_der(self._private.sign(data))


def private_key(algorithm: str, secret: bytes) -> SigningKey:
    """Return the key that 32 secret bytes stand for, whichever they are.

    :raises AlgorithmUnknownError: no key of this algorithm is kept so.
    """
    if algorithm == ED25519:
        return Ed25519Key(Ed25519PrivateKey.from_private_bytes(secret))
    if algorithm == ECDSA_P256:
        return P256Key(ec.derive_private_key(1 + int.from_bytes(secret) % (P256_ORDER - 1), ec.SECP256R1()))
    if algorithm == SM2_SM3:
        return Sm2Key(sm2.Key.private(1 + int.from_bytes(secret) % (sm2.ORDER - 2)))
    raise AlgorithmUnknownError(f"there are no secrets for algorithm {algorithm}")


def key_id(algorithm: str, public_key: bytes) -> str:
    """Name a public key: the first 16 hexadecimal digits of the SHA-256 of its algorithm's id, a zero and its octets.

    Ed25519 came first: its keys are named by their octets alone.
    """
    named = public_key if algorithm == ED25519 else algorithm.encode() + b"\0" + public_key
    return hashlib.sha256(named).hexdigest()[:16]


def verify(algorithm: str, public_key: bytes, signature: bytes, data: bytes) -> None:
    """Check that the key signed ``data``.

    :raises SignatureInvalidError: it did not. AlgorithmUnknownError, KeyUnusableError: there is no such key.
    """
    try:
        _loaded(algorithm, public_key)(signature, data)
    except InvalidSignature as error:
        raise SignatureInvalidError("the signature is wrong") from error


def require_key(algorithm: str, public_key: bytes) -> None:
    """Continue only with a public key that signatures can be checked with.

    :raises AlgorithmUnknownError: the algorithm is none of ours. KeyUnusableError: that is no key of it.
    """
    _loaded(algorithm, public_key)


def as_text(octets: bytes) -> str:
    """Return a public key or a signature as it is written in JSON and kept in tables: base64."""
    return base64.b64encode(octets).decode()


def from_text(text: str) -> bytes:
    """Return the octets of a public key or a signature.

    :raises KeyUnusableError: the text is not base64.
    """
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise KeyUnusableError("this is not base64") from error


def from_der(signature: bytes) -> bytes:
    """Return ``r`` and ``s`` of a signature that OpenSSL or a TPM made as DER."""
    return b"".join(part.to_bytes(SCALAR) for part in decode_dss_signature(signature))


def to_der(signature: bytes) -> bytes:
    """Return the DER that OpenSSL takes of ``r`` and ``s``.

    :raises InvalidSignature: they are not of their length.
    """
    if len(signature) != 2 * SCALAR:
        raise InvalidSignature
    return encode_dss_signature(int.from_bytes(signature[:SCALAR]), int.from_bytes(signature[SCALAR:]))


def _ed25519(public_key: bytes) -> Verifier:
    return Ed25519PublicKey.from_public_bytes(public_key).verify


def _p256(public_key: bytes) -> Verifier:
    if len(public_key) != 1 + 2 * SCALAR:  # one key has one form, so one name
        raise ValueError("not an uncompressed point")
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public_key)
    return lambda signature, data: key.verify(to_der(signature), data, ec.ECDSA(hashes.SHA256()))


def _sm2(public_key: bytes) -> Verifier:
    key = sm2.Key.public(public_key)

    def verify(signature: bytes, data: bytes) -> None:
        if not key.has_signed(to_der(signature), data):
            raise InvalidSignature

    return verify


VERIFIERS: Mapping[str, Callable[[bytes], Verifier]] = {ED25519: _ed25519, ECDSA_P256: _p256, SM2_SM3: _sm2}
"""By its algorithm's id: makes of a public key what checks its signatures, or raises ``ValueError``."""


@lru_cache(KEPT)
def _loaded(algorithm: str, public_key: bytes) -> Verifier:
    if algorithm not in VERIFIERS:
        raise AlgorithmUnknownError(f"algorithm {algorithm} is not known")
    try:
        return VERIFIERS[algorithm](public_key)
    except ValueError as error:
        raise KeyUnusableError(f"this is no public key of {algorithm}") from error
