"""The one declaration of each call that travels: client, routes and documents follow it."""

from enum import StrEnum
from types import UnionType
from typing import Generic, TypeVar

from msgspec import Struct

Request = TypeVar("Request", bound=Struct)
Answer = TypeVar("Answer")


class Proof(StrEnum):
    """How the person that a call is about was identified; the words of a request's ``verified_by``."""

    CARD_PIN = "card+pin"
    ID_CARD = "id-card"


CARD_PIN, ID_CARD = frozenset({Proof.CARD_PIN}), frozenset({Proof.ID_CARD})
UNPROVEN: frozenset[Proof] = frozenset()
"""Nobody has to be identified, or the rules of the region decide what is shown for it."""


class Signer(StrEnum):
    """Whose key signs a call."""

    KIOSK = "the kiosk's enrolled key"
    SUBMITTED = "the key that the request submits"


KIOSK = "kiosk"
TERMINALS = "terminals at a window; no service of the kiosk yet"
"""Who calls."""


class Call(Struct, Generic[Request, Answer], frozen=True):
    """A POST of ``request`` as JSON to ``path``, signed, which the centre answers with ``answer`` or refuses.

    ``proof`` are the ways to identify the person it is about, one of which the request names. ``refusals`` are the
    codes (``sync.protocol.refusals``) that it may be refused with, beside those of every call. A ``safe`` one changes
    nothing at the centre: when its answer is lost, nothing was done. A ``timeless`` one is taken whatever its date and
    however often it comes, for what it brings proves itself. ``used_by`` says who calls, where no kiosk does.
    """

    path: str
    request: type[Request]
    answer: type[Answer] | UnionType
    summary: str
    proof: frozenset[Proof] = UNPROVEN
    refusals: tuple[str, ...] = ()
    safe: bool = False
    timeless: bool = False
    signer: Signer = Signer.KIOSK
    used_by: str = KIOSK
