"""The one declaration of each call that travels: client, routes and documents follow it."""

from enum import StrEnum
from types import UnionType
from typing import Generic, Literal, TypeVar

from msgspec import Struct

from sync.protocol.refusals import OF_PROOF
from sync.protocol.words import Purpose, TerminalAct

Request = TypeVar("Request", bound=Struct)
Answer = TypeVar("Answer")


class Proof(StrEnum):
    """How the person that a call is about was identified; the words of a request's ``verified_by``.

    ``card``: the card proved itself to the centre in this visit, nobody has to say so. ``card+pin``: that, and the
    terminal says that the card accepted the PIN. ``id-card``: the terminal says so; the centre cannot check it.
    ``e-card``: the centre resolved the electronic card in this visit. ``…+face``: that, and the terminal has told the
    centre in this visit how like the face before it is. ``staff``: a clerk's session; as long as there is none at the
    centre, nobody is believed who says so.
    """

    CARD = "card"
    CARD_PIN = "card+pin"
    ID_CARD = "id-card"
    ID_CARD_FACE = "id-card+face"
    E_CARD = "e-card"
    E_CARD_FACE = "e-card+face"
    STAFF = "staff"


CARD, CARD_PIN, ID_CARD, ID_CARD_FACE, E_CARD, E_CARD_FACE, STAFF = (frozenset({proof}) for proof in Proof)
IN_PERSON = CARD_PIN | ID_CARD_FACE | E_CARD | E_CARD_FACE | STAFF
"""For what is on a person's record: nobody gets it with a card, or an ID card, that was found."""
InPerson = Literal["card+pin", "id-card+face", "e-card", "e-card+face", "staff"]
ANY_DOCUMENT = IN_PERSON | ID_CARD
AnyDocument = Literal["card+pin", "id-card", "id-card+face", "e-card", "e-card+face", "staff"]
UNPROVEN: frozenset[Proof] = frozenset()
"""Nobody has to be identified."""


class Signer(StrEnum):
    """Whose key signs a call."""

    KIOSK = "the kiosk's enrolled key"
    SUBMITTED = "the key that the request submits"


KIOSK = "kiosk"
TERMINALS = "terminals at a window; no service of the kiosk yet"
"""Who calls."""


class Call(Struct, Generic[Request, Answer], frozen=True):
    """A POST of ``request`` as JSON to ``path``, signed, which the centre answers with ``answer`` or refuses.

    ``proof`` are the ways to identify the person it is about, one of which the request names (``verified_by``); where
    there is none, ``open_because`` says why. The visit that it is asked in must be for its ``purpose``; with
    ``genuine_card`` a card that nothing can be checked with is not enough, whatever the region says. Only terminals
    with the ``act`` may call. ``refusals`` are the codes (``sync.protocol.refusals``) that it may be refused with,
    beside those of every call, and of every call with a proof. A ``safe`` one changes nothing at the centre: when its
    answer is lost, nothing was done. A ``timeless`` one is taken whatever its date and however often it comes, for what
    it brings proves itself. ``used_by`` says who calls, where no kiosk does.
    """

    path: str
    request: type[Request]
    answer: type[Answer] | UnionType
    summary: str
    proof: frozenset[Proof] = UNPROVEN
    open_because: str = ""
    act: TerminalAct | None = None
    purpose: Purpose = "services"
    genuine_card: bool = False
    refusals: tuple[str, ...] = ()
    safe: bool = False
    timeless: bool = False
    signer: Signer = Signer.KIOSK
    used_by: str = KIOSK

    @property
    def refused_with(self) -> tuple[str, ...]:
        """The codes that it may be refused with, beside those of every call."""
        of_proof = OF_PROOF if self.proof or self.act else ()
        return (*self.refusals, *(code for code in of_proof if code not in self.refusals))
