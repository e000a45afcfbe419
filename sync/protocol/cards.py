"""Calls about social security cards: their state, loss and release, the proof that a card wants, its PIN set back.

Nothing with a person in it shows the person in its repr.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from sync.protocol.call import ANY_DOCUMENT, CARD, TERMINALS, AnyDocument, Call
from sync.protocol.documents import BusinessReceipt, LossReceipt
from sync.protocol.messages import FEW, AwareTime, Identifier, IdNumber, InVisit, RegionCode, clean_id_number
from sync.protocol.refusals import ISSUING, RULES
from sync.protocol.words import IdentityDetail, LossKind, Paper, SocialState

CardIdentity = Annotated[str, Meta(pattern=r"\A[0-9A-F]{32}\Z")]
CardNumber = Annotated[str, Meta(pattern=r"\A[0-9A-Z]{9}\Z")]
ForCard = Annotated[str, Meta(max_length=512)]
"""For a card, in hexadecimal."""
Challenge = Annotated[str, Meta(pattern=r"\A[0-9A-F]{16}\Z")]
"""Eight bytes that a card has drawn."""


class CardStateRequest(InVisit, frozen=True, kw_only=True):
    """Ask how the centre sees a card; with ``id_number`` also whether it is this holder's."""

    region: RegionCode
    card_identity: CardIdentity
    id_number: IdNumber | None = None

    def __post_init__(self) -> None:
        clean_id_number(self)

    def __repr__(self) -> str:
        return f"CardStateRequest({self.region})"


class CardState(Struct, frozen=True, omit_defaults=True):
    """The state of a card's social security function; ``until`` is when a loss report ends by itself, if it does."""

    social: SocialState
    until: AwareTime | None = None


class CardAct(InVisit, frozen=True, kw_only=True):
    """Who asks for something to be done with whose card, and what was shown for it.

    The same ``request_id`` does it once, and is answered the same each time. Without ``card_number`` it is the
    holder's card that is in use. ``given`` are details that were told and agree with the record.
    """

    request_id: Identifier
    region: RegionCode
    id_number: IdNumber
    card_number: CardNumber | None = None
    papers: Annotated[tuple[Paper, ...], Meta(max_length=FEW)] = ()
    given: Annotated[tuple[IdentityDetail, ...], Meta(max_length=FEW)] = ()
    agent: bool = False
    principal_present: bool = False
    face_matched: bool = False

    def __post_init__(self) -> None:
        clean_id_number(self)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.request_id})"


class LossReport(CardAct, frozen=True, kw_only=True):
    """挂失: answered with a ``LossReceipt``."""

    kind: LossKind
    verified_by: AnyDocument = "id-card"


class LossRelease(CardAct, frozen=True, kw_only=True):
    """解除挂失: answered with a ``BusinessReceipt``."""

    verified_by: AnyDocument = "id-card"


class PinResetRequest(CardAct, frozen=True, kw_only=True):
    """Ask to be allowed to give the card before you its initial PIN again."""

    card_identity: CardIdentity


class PinResetAuthorisation(Struct, frozen=True):
    """Good once, for this terminal and this card, until ``until``."""

    authorisation: Identifier
    until: AwareTime

    def __repr__(self) -> str:
        return f"PinResetAuthorisation({self.until})"


class PinResetMessageRequest(InVisit, frozen=True, kw_only=True):
    """Use the authorisation up; asking again with the same ``challenge`` brings the same message."""

    authorisation: Identifier
    challenge: Challenge

    def __repr__(self) -> str:
        return "PinResetMessageRequest()"


class PinResetMessage(Struct, frozen=True):
    """The enciphered initial PIN and its MAC, in hexadecimal: the card takes them, and nobody else can read them."""

    message: ForCard

    @property
    def content(self) -> bytes:
        """The bytes themselves."""
        return bytes.fromhex(self.message)

    def __repr__(self) -> str:
        return "PinResetMessage()"


class AuthenticationRequest(InVisit, frozen=True, kw_only=True):
    """Ask the centre to prove to a card that it holds the key which unblocks its PIN; that needs an authorisation."""

    region: RegionCode
    card_identity: CardIdentity
    key: Literal["pin-unblock"]
    challenge: Challenge
    authorisation: Identifier

    def __repr__(self) -> str:
        return f"AuthenticationRequest({self.key})"


class Cryptogram(Struct, frozen=True):
    """The 16 bytes for EXTERNAL AUTHENTICATE, in hexadecimal."""

    cryptogram: ForCard

    @property
    def content(self) -> bytes:
        """The bytes themselves."""
        return bytes.fromhex(self.cryptogram)

    def __repr__(self) -> str:
        return "Cryptogram()"


CARD_STATE = Call(
    "/v1/cards/state",
    CardStateRequest,
    CardState,
    "Tell how the centre sees a card.",
    proof=CARD,
    refusals=("card-unknown", "card-not-holders", "other-region"),
    safe=True,
)
REPORT_LOSS = Call(
    "/v1/cards/loss",
    LossReport,
    LossReceipt,
    "Put a card on loss.",
    proof=ANY_DOCUMENT,
    act="loss",
    refusals=("card-unknown", "other-region", *RULES, *ISSUING),
    used_by=TERMINALS,
)
RELEASE_LOSS = Call(
    "/v1/cards/release",
    LossRelease,
    BusinessReceipt,
    "Release a card from loss.",
    proof=ANY_DOCUMENT,
    act="loss",
    genuine_card=True,
    refusals=("card-unknown", "other-region", *RULES, *ISSUING),
    used_by=TERMINALS,
)
AUTHENTICATE_CARD = Call(
    "/v1/cards/authenticate",
    AuthenticationRequest,
    Cryptogram,
    "Prove to a card that the centre holds its key.",
    proof=CARD,
    act="pin-reset",
    purpose="pin-reset",
    genuine_card=True,
    refusals=(
        "card-unknown",
        "other-region",
        "authorisation-wrong",
        "authorisation-used",
        "card-keys-missing",
    ),
    safe=True,
    used_by=TERMINALS,
)
AUTHORISE_PIN_RESET = Call(
    "/v1/cards/pin-reset",
    PinResetRequest,
    PinResetAuthorisation,
    "Let a terminal set the PIN of the card before it back, once.",
    proof=CARD,
    act="pin-reset",
    purpose="pin-reset",
    genuine_card=True,
    refusals=(
        *("card-unknown", "card-not-holders", "other-region", "no-initial-pin", "request-reused"),
        *RULES,
    ),
    used_by=TERMINALS,
)
PIN_RESET_MESSAGE = Call(
    "/v1/cards/pin-reset/message",
    PinResetMessageRequest,
    PinResetMessage,
    "Use an authorisation up for the message that sets the PIN back.",
    proof=CARD,
    act="pin-reset",
    purpose="pin-reset",
    genuine_card=True,
    refusals=("card-unknown", "authorisation-wrong", "authorisation-used", "card-keys-missing"),
    used_by=TERMINALS,
)
