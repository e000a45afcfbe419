"""How a kiosk seals what it delivers: one signature over the digests of a delivery's events.

The seal outlives the request: with the digests of its neighbours any single event can be proven to be the
kiosk's, years later and without its centre, by SHA-256 and the seal's algorithm alone.
"""

import hashlib
from collections.abc import Iterable, Sequence

import msgspec

from sync.protocol import algorithms
from sync.protocol.algorithms import SigningKey
from sync.protocol.messages import Delivery, Event, Seal


class SealError(Exception):
    """The seal is not this key's over these events; the message says why."""


class AlgorithmUnknownError(SealError):
    """The seal is made in a way that is not known here."""


def seal(key: SigningKey, kiosk_id: str, install_epoch: str, events: Sequence[Event]) -> Delivery:
    """Return the delivery of ``events`` under one seal."""
    contents = [msgspec.json.encode(event, order="deterministic") for event in events]
    statement = sealed_text(kiosk_id, install_epoch, [digest(content) for content in contents])
    return Delivery(install_epoch, seal_of(key, statement), [msgspec.Raw(content) for content in contents])


def seal_of(key: SigningKey, statement: bytes) -> Seal:
    """Return the seal of ``key`` over ``statement``."""
    return Seal(key.algorithm, key.key_id, algorithms.as_text(key.sign(statement)))


def digest(content: bytes | memoryview) -> bytes:
    """Return the SHA-256 of an event exactly as it was sent."""
    return hashlib.sha256(content).digest()


def sealed_text(kiosk_id: str, install_epoch: str, digests: Iterable[bytes]) -> bytes:
    """Return what a seal signs: a line that names kiosk and epoch, then each event's SHA-256, a line each."""
    lines = [f"kiosk-events {kiosk_id} {install_epoch}", *(each.hex() for each in digests)]
    return "\n".join(lines).encode("ascii")


def verify(seal: Seal, statement: bytes, algorithm: str, public_key: bytes) -> None:
    """Check that the key sealed ``statement``.

    :raises AlgorithmUnknownError: the seal's algorithm is none of ours; SealError: it is not this key's seal.
    """
    if seal.algorithm not in algorithms.VERIFIERS:
        raise AlgorithmUnknownError(f"algorithm {seal.algorithm} is not known")
    if (seal.algorithm, seal.key_id) != (algorithm, algorithms.key_id(algorithm, public_key)):
        raise SealError("another key sealed this")
    try:
        algorithms.verify(algorithm, public_key, algorithms.from_text(seal.signature), statement)
    except (algorithms.SignatureInvalidError, ValueError) as error:
        raise SealError("the seal is not over this") from error
