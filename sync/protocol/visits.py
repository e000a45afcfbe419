"""Calls that begin a visit: the card proves to the centre that it is genuine, and all that is asked for rests on that.

The centre draws both halves of the challenge and compares the answer itself; the kiosk only carries them to the chip
and back. Nothing here shows a card or its answer in its repr.
"""

from typing import Annotated

from msgspec import Meta, Struct

from sync.protocol.call import Call
from sync.protocol.cards import CardIdentity, CardState
from sync.protocol.messages import AwareTime, Identifier, RegionCode
from sync.protocol.words import Purpose

Half = Annotated[str, Meta(pattern=r"\A[0-9A-F]{16}\Z")]
"""Eight bytes, in hexadecimal."""
Answer = Annotated[str, Meta(pattern=r"\A([0-9A-F]{16})?\Z")]


class VisitRequest(Struct, frozen=True, kw_only=True):
    """Begin the visit of the card that is in; the same ``visit_id`` begins it again, for the same card only.

    Again is also the way to prove a card once more, when its proof has expired or an answer was lost.
    """

    visit_id: Identifier
    region: RegionCode
    card_identity: CardIdentity
    purpose: Purpose = "services"

    def __repr__(self) -> str:
        return f"VisitRequest({self.visit_id})"


class VisitOpened(Struct, frozen=True, kw_only=True):
    """How the centre sees the card, and both halves of INTERNAL AUTHENTICATE: good once, and for a minute."""

    card: CardState
    process: Half
    source: Half

    def __repr__(self) -> str:
        return "VisitOpened()"


class CardProof(Struct, frozen=True, kw_only=True):
    """What the card answered; '' when it has no such command.

    ``challenge`` is its own, of a 3.0 card that tells its holder's data only after EXTERNAL AUTHENTICATE.
    """

    visit_id: Identifier
    answer: Answer
    challenge: Half | None = None

    def __repr__(self) -> str:
        return f"CardProof({self.visit_id})"


class VisitProof(Struct, frozen=True, kw_only=True):
    """What the visit may rest on, until when.

    Not ``proven``: the centre holds nothing to check this card with. With ``until`` the region lets it do some things
    all the same, without it nothing that is about a person. ``cryptogram`` is for EXTERNAL AUTHENTICATE.
    """

    proven: bool
    until: AwareTime | None = None
    cryptogram: Annotated[str, Meta(pattern=r"\A[0-9A-F]{32}\Z")] | None = None

    def __repr__(self) -> str:
        return f"VisitProof({self.proven}, {self.until})"


BEGIN_VISIT = Call(
    "/v1/visits",
    VisitRequest,
    VisitOpened,
    "Begin the visit of a card: tell its state, and what it has to answer.",
    open_because="the card's proof begins with it; it tells the state of the card that is in, and nothing of a person",
    refusals=("card-unknown", "other-region", "proof-wrong", "other-person", "people-limit"),
    safe=True,
)
PROVE_CARD = Call(
    "/v1/visits/card",
    CardProof,
    VisitProof,
    "Check what the card answered; whatever is wrong with it is refused alike.",
    open_because="it is the proof",
    refusals=("proof-wrong",),
    safe=True,
)
