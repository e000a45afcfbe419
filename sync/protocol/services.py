"""Card operations and applications that terminals send to the centre, and its responses. Each is a signed POST.

The words for channels, kinds of loss and papers are those of the rules (docs/rules.md). Nothing with a person in it
shows the person in its repr.
"""

from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from sync.protocol.messages import AwareTime, Identifier, IdNumber, RegionCode, clean_id_number
from text.clean import clean_text

Channel = Literal["kiosk", "window", "bank", "hotline", "web", "app", "wechat", "miniprogram", "medical"]
LossKind = Literal["oral", "temporary", "phone", "written", "formal"]
Paper = Literal[
    "id-card",
    "id-card-copy",
    "household-register",
    "card",
    "agent-id-card",
    "agent-id-card-copy",
    "authorisation",
    "fee-receipt",
]
IdentityDetail = Literal["name", "id-number", "workplace", "phone"]
Item = Literal[
    "registration",
    "registration-change",
    "pension-claim",
    "medical-reimbursement",
    "maternity-allowance",
    "injury-reimbursement",
    "unemployment-benefit",
    "training-subsidy",
]
"""What can be applied for: everything that the law gives the agency a number of days for."""
CardIdentity = Annotated[str, Meta(pattern=r"\A[0-9A-F]{32}\Z")]
CardNumber = Annotated[str, Meta(pattern=r"\A[0-9A-Z]{9}\Z")]
DocumentNumber = Annotated[str, Meta(pattern=r"\A\d{1,18}\Z")]
Challenge = Annotated[str, Meta(pattern=r"\A([0-9A-F]{2}){4,16}\Z")]
Material = Annotated[str, Meta(min_length=1, max_length=40)]


class CardAct(Struct, frozen=True, kw_only=True):
    """Who asks for something to be done with whose card, and what was shown for it.

    The same ``request_id`` does it once, and is answered the same each time. Without ``card_number`` it is the
    holder's card that is in use. ``given`` are details that were told and agree with the record.
    """

    request_id: Identifier
    region: RegionCode
    id_number: IdNumber
    card_number: CardNumber | None = None
    papers: tuple[Paper, ...] = ()
    given: tuple[IdentityDetail, ...] = ()
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


class LossRelease(CardAct, frozen=True, kw_only=True):
    """解除挂失: answered with a ``BusinessReceipt``."""


class PinResetRequest(CardAct, frozen=True, kw_only=True):
    """Ask to be allowed to give the card before you its initial PIN again."""

    card_identity: CardIdentity


class PinResetAuthorisation(Struct, frozen=True):
    """Good once, for this terminal and this card, until ``until``."""

    authorisation: Identifier
    until: AwareTime

    def __repr__(self) -> str:
        return f"PinResetAuthorisation({self.until})"


class PinResetMessageRequest(Struct, frozen=True, kw_only=True):
    """Use the authorisation up; asking again with the same ``challenge`` brings the same message.

    ``version`` is the card's 规范版本, which decides about the cipher's block.
    """

    authorisation: Identifier
    challenge: Challenge
    version: Annotated[str, Meta(pattern=r"\A[123]\.\d{1,2}\Z")]

    def __repr__(self) -> str:
        return "PinResetMessageRequest()"


class PinResetMessage(Struct, frozen=True):
    """The enciphered initial PIN and its MAC, in hexadecimal: the card takes them, and nobody else can read them."""

    message: str

    def __repr__(self) -> str:
        return "PinResetMessage()"


class AuthenticationRequest(Struct, frozen=True, kw_only=True):
    """Ask the centre to prove to a card that it holds ``key``; ``pin-unblock`` needs an authorisation."""

    region: RegionCode
    card_identity: CardIdentity
    key: Literal["holder-read", "pin-unblock"]
    challenge: Challenge
    authorisation: Identifier | None = None

    def __repr__(self) -> str:
        return f"AuthenticationRequest({self.key})"


class Cryptogram(Struct, frozen=True):
    """The 16 bytes for EXTERNAL AUTHENTICATE, in hexadecimal."""

    cryptogram: str

    def __repr__(self) -> str:
        return "Cryptogram()"


class ReceiptRequest(Struct, frozen=True):
    """Ask for the 业务回执 of what this terminal has reported in an event."""

    event_id: Identifier


class ApplicationRequest(Struct, frozen=True, kw_only=True):
    """Apply for ``item``: answered with an ``AcceptanceReceipt``, whose number is the application's.

    :param materials: the papers accepted, in the words for the receipt.
    """

    request_id: Identifier
    region: RegionCode
    item: Item
    id_number: IdNumber
    verified_by: Literal["card+pin", "id-card"]
    card_identity: CardIdentity | None = None
    materials: Annotated[tuple[Material, ...], Meta(max_length=20)] = ()

    def __post_init__(self) -> None:
        clean_id_number(self)
        msgspec.structs.force_setattr(self, "materials", tuple(map(clean_text, self.materials)))
        if "" in self.materials:
            raise ValueError("a material is empty")

    def __repr__(self) -> str:
        return f"ApplicationRequest({self.item} {self.request_id})"


class ApplicationQuery(Struct, frozen=True, kw_only=True):
    """Request the status of an application; only its subject's ID number opens it."""

    number: DocumentNumber
    id_number: IdNumber

    def __post_init__(self) -> None:
        clean_id_number(self)

    def __repr__(self) -> str:
        return f"ApplicationQuery({self.number})"


class ApplicationState(Struct, frozen=True, kw_only=True):
    """Status of an application. ``overdue``: the agency is late. ``note`` is its word on the decision.

    ``due`` is None when the holidays of the year it lies in were not known on the day of the application.
    """

    number: str
    item: Item
    status: Literal["accepted", "granted", "refused"]
    received_at: AwareTime
    due: date | None
    overdue: bool
    decided_at: AwareTime | None = None
    note: str = ""
