"""How a kiosk seals what it delivers: one Ed25519 signature over the digests of a delivery's events.

The seal outlives the request: with the digests of its neighbours any single event can be proven to be the
kiosk's, years later and without its centre, by SHA-256 and Ed25519 alone.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterable, Sequence

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sync.protocol.messages import Delivery, Event, Seal
from sync.protocol.signature import ALGORITHM, key_id


class SealError(Exception):
    """The seal is not this key's over these events; the message says why."""


class AlgorithmUnknownError(SealError):
    """The seal is made in a way that is not known here."""


def seal(key: Ed25519PrivateKey, kiosk_id: str, install_epoch: str, events: Sequence[Event]) -> Delivery:
    """Return the delivery of ``events`` under one seal."""
    contents = [msgspec.json.encode(event, order="deterministic") for event in events]
    statement = sealed_text(kiosk_id, install_epoch, [digest(content) for content in contents])
    return Delivery(install_epoch, seal_of(key, statement), [msgspec.Raw(content) for content in contents])


def seal_of(key: Ed25519PrivateKey, statement: bytes) -> Seal:
    """Return the seal of ``key`` over ``statement``."""
    return Seal(ALGORITHM, key_id(key.public_key()), base64.b64encode(key.sign(statement)).decode())


def digest(content: bytes | memoryview) -> bytes:
    """Return the SHA-256 of an event exactly as it was sent."""
    return hashlib.sha256(content).digest()


def sealed_text(kiosk_id: str, install_epoch: str, digests: Iterable[bytes]) -> bytes:
    """Return what a seal signs: a line that names kiosk and epoch, then each event's SHA-256, a line each."""
    lines = [f"kiosk-events {kiosk_id} {install_epoch}", *(each.hex() for each in digests)]
    return "\n".join(lines).encode("ascii")


def verify(seal: Seal, statement: bytes, key: Ed25519PublicKey, name: str) -> None:
    """Check that ``key``, whose key id is ``name``, sealed ``statement``.

    :raises AlgorithmUnknownError: the algorithm is none of ours; SealError: it is not this key's seal.
    """
    if seal.algorithm != ALGORITHM:
        raise AlgorithmUnknownError(f"algorithm {seal.algorithm} is not known")
    if seal.key_id != name:
        raise SealError("another key sealed this")
    try:
        key.verify(base64.b64decode(seal.signature, validate=True), statement)
    except (binascii.Error, InvalidSignature) as error:
        raise SealError("the seal is not over this") from error
