"""The call by which a kiosk's key is replaced: the old one signs the request, the new one shows that it is there."""

from typing import Annotated

from msgspec import Meta, Struct

from sync.protocol import algorithms
from sync.protocol.algorithms import SigningKey
from sync.protocol.call import Call
from sync.protocol.enrolment import Algorithm, PublicKey

KeyId = Annotated[str, Meta(pattern=r"\A[0-9a-f]{16}\Z")]


class KeyRequest(Struct, frozen=True):
    """Let the key take the place of the one with the fingerprint ``replaces``; ``proof`` is its own signature.

    After an answer that was lost, the same again may also be signed with the new key.
    """

    replaces: KeyId
    algorithm: Algorithm
    public_key: PublicKey
    proof: Annotated[str, Meta(pattern=r"\A[A-Za-z0-9+/=]{1,200}\Z")]


class KeyAnswer(Struct, frozen=True):
    """The fingerprint of the kiosk's key from now on."""

    fingerprint: KeyId


ROTATE_KEY = Call(
    "/v1/key",
    KeyRequest,
    KeyAnswer,
    "Replace the kiosk's key by another: signed with the one, proven with the other.",
)


def key_request(kiosk_id: str, replaces: str, key: SigningKey) -> KeyRequest:
    """Return the request to let ``key`` take the place of the one with the fingerprint ``replaces``."""
    public_key = algorithms.as_text(key.public_key)
    proof = key.sign(statement(kiosk_id, replaces, key.algorithm, public_key))
    return KeyRequest(replaces, key.algorithm, public_key, algorithms.as_text(proof))


def statement(kiosk_id: str, replaces: str, algorithm: str, public_key: str) -> bytes:
    """Return what the new key signs, to show that the kiosk has it."""
    return f"kiosk-key {kiosk_id} {replaces} {algorithm} {public_key}".encode("ascii")
