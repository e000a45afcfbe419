"""Calls that say who is there without a card: an electronic card is resolved, and how like a face is.

Nothing with a person or a token in it shows either in its repr.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from sync.protocol.call import E_CARD, ID_CARD, Call
from sync.protocol.messages import AwareTime, Identifier, IdNumber, InVisit, RegionCode, Word, clean_id_number
from sync.protocol.words import FacePurpose, SocialState

Token = Annotated[str, Meta(pattern=r"\A[ -~]{1,512}\Z")]
"""What the QR code of an electronic card holds: opaque, good once, for a minute. It is a secret."""
Score = Annotated[float, Meta(ge=0, le=1)]
"""How like two faces are; ``hardware.face`` says what it means."""


class ECardRequest(InVisit, frozen=True, kw_only=True):
    """Begin the visit of who shows this code, or go on with it: a visit that is on must be the same person's."""

    visit_id: Identifier
    token: Token

    def __repr__(self) -> str:
        return f"ECardRequest({self.visit_id})"


class ECardHolder(Struct, frozen=True, kw_only=True):
    """Whose electronic card it is, and the state of the physical card behind it; it counts ``until`` then."""

    id_number: IdNumber
    name: Word
    card_status: SocialState
    until: AwareTime

    def __repr__(self) -> str:
        return f"ECardHolder({self.card_status}, {self.until})"


class FaceQuestion(InVisit, frozen=True, kw_only=True):
    """Ask, before anybody has to look into the camera, whether this person may still try today."""

    visit_id: Identifier
    region: RegionCode
    id_number: IdNumber
    verified_by: Literal["id-card", "e-card"]
    purpose: FacePurpose = "identity"

    def __post_init__(self) -> None:
        clean_id_number(self)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.purpose} {self.visit_id})"


class FaceReport(FaceQuestion, frozen=True, kw_only=True):
    """Tell how like the face before the camera was, and whether it was alive; each ``request_id`` counts once."""

    request_id: Identifier
    score: Score
    live: bool


class FaceTries(Struct, frozen=True, kw_only=True):
    """How often this person may still fail today.

    ``blocked_until`` is when they may try again, where they may not now: 0:00 of the next day, Beijing time.
    """

    left: Annotated[int, Meta(ge=0, le=100)]
    blocked_until: AwareTime | None = None


class FaceResult(FaceTries, frozen=True, kw_only=True):
    """Whether the face is that of the picture."""

    matched: bool


RESOLVE_E_CARD = Call(
    "/v1/credentials/e-card",
    ECardRequest,
    ECardHolder,
    "Resolve the code of an electronic card; the visit rests on it from then on.",
    open_because="it is the proof",
    refusals=(
        *("token-unknown", "token-used", "token-expired", "platform-away", "e-card-unusable"),
        *("card-unknown", "card-not-holders", "other-region", "other-person", "people-limit"),
    ),
    safe=True,
)
FACE_TRIES = Call(
    "/v1/credentials/face/tries",
    FaceQuestion,
    FaceTries,
    "Tell how often a person's face may still be compared today.",
    proof=ID_CARD | E_CARD,
    act="face",
    refusals=("person-unknown",),
    safe=True,
)
REPORT_FACE = Call(
    "/v1/credentials/face",
    FaceReport,
    FaceResult,
    "Take how like a face was to its picture; failures are counted for each person and purpose, wherever they happen.",
    proof=ID_CARD | E_CARD,
    act="face",
    refusals=("person-unknown", "face-blocked", "request-reused"),
)
