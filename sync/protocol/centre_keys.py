"""The centre's public keys as it publishes them: which signs what, from when to when, and which is trusted no more."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from msgspec import Meta, Struct

from sync.protocol import algorithms
from sync.protocol.algorithms import ED25519, AlgorithmUnknownError, KeyUnusableError, SignatureInvalidError
from sync.protocol.messages import AwareTime, Identifier

Role = Literal["certificate", "feed"]
"""What a key signs: documents with their QR codes, or what is published."""
Number = Annotated[int, Meta(ge=1, le=255)]
NOWHERE = 1000
"""No key has such a number."""
Octets = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9+/]{1,120}={0,2}\Z")]


class Standing(StrEnum):
    """What a key's signature of some moment is worth."""

    GOOD = "good"
    NOT_YET = "key-not-yet-used"
    RETIRED = "key-retired"
    WITHDRAWN = "key-withdrawn"


class CentreKey(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One of the centre's keys, numbered within its role; QR codes name it by that.

    It signs from ``not_before`` until ``not_after``; what it signed then stays good for ever, unless the key was
    ``withdrawn`` because somebody else may have it: then nothing is good that says it was signed later than that.

    :param public: base64.
    :param vouched: the signature of the key before this one over ``statement``, base64: who trusts that, trusts this.
    """

    role: Role
    number: Number
    algorithm: Identifier
    public: Octets
    not_before: AwareTime | None = None
    not_after: AwareTime | None = None
    withdrawn: AwareTime | None = None
    vouched: Octets | Literal[""] = ""

    @property
    def written(self) -> str:
        """The public key as people hand it on: base64, behind its algorithm unless that is Ed25519."""
        return self.public if self.algorithm == ED25519 else f"{self.algorithm}:{self.public}"

    @property
    def octets(self) -> bytes:
        """The public key.

        :raises KeyUnusableError: it is not base64.
        """
        return algorithms.from_text(self.public)

    @property
    def key_id(self) -> str:
        """What ``algorithms.key_id`` calls it."""
        return algorithms.key_id(self.algorithm, self.octets)

    def standing(self, at: datetime) -> Standing:
        """Return what a signature is worth that was made at a moment."""
        if self.withdrawn and at >= self.withdrawn:
            return Standing.WITHDRAWN
        if self.not_before and at < self.not_before:
            return Standing.NOT_YET
        return Standing.RETIRED if self.not_after and at >= self.not_after else Standing.GOOD

    def statement(self) -> bytes:
        """Return what the key before this one signs."""
        return f"kiosk-centre-key {self.role} {self.number} {self.algorithm} {self.public}".encode("ascii")

    def verify(self, signature: bytes, data: bytes) -> None:
        """Check that this key signed ``data``.

        :raises SignatureInvalidError: it did not. AlgorithmUnknownError, KeyUnusableError: this is no key here.
        """
        algorithms.verify(self.algorithm, self.octets, signature, data)


def handed_on(text: str, role: Role) -> CentreKey:
    """Return the key that somebody was told as ``written``, whatever its number is.

    :raises AlgorithmUnknownError, KeyUnusableError: it is none.
    """
    algorithm, _, public = text.rpartition(":")
    octets = algorithms.from_text(public)
    algorithms.require_key(algorithm or ED25519, octets)
    return CentreKey(role=role, number=1, algorithm=algorithm or ED25519, public=algorithms.as_text(octets))


def of_role(keys: Iterable[CentreKey], role: Role) -> dict[int, CentreKey]:
    """Return the keys of a role by their numbers, the first of them first."""
    return {key.number: key for key in sorted(keys, key=lambda key: key.number) if key.role == role}


def vouched_for(trusted: CentreKey, listed: Iterable[CentreKey]) -> Sequence[CentreKey]:
    """Return the keys that lead from ``trusted`` on, each vouched for by the one before; the list may be anybody's."""
    known = of_role(listed, trusted.role)
    number = next((key.number for key in known.values() if key.written == trusted.written), NOWHERE)
    chain = [trusted]
    while (following := known.get(number + len(chain))) and _vouches(chain[-1], following):
        chain.append(following)
    return chain[1:]


def _vouches(key: CentreKey, following: CentreKey) -> bool:
    try:
        key.verify(algorithms.from_text(following.vouched), following.statement())
    except (SignatureInvalidError, AlgorithmUnknownError, KeyUnusableError):
        return False
    return True
