"""Calls about applications: accepted with the day they are decided by, and their status."""

from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from sync.protocol.call import ANY_DOCUMENT, TERMINALS, AnyDocument, Call
from sync.protocol.cards import CardIdentity
from sync.protocol.documents import AcceptanceReceipt
from sync.protocol.messages import (
    AwareTime,
    DocumentNumber,
    Identifier,
    IdNumber,
    InVisit,
    RegionCode,
    Text,
    clean_id_number,
)
from sync.protocol.refusals import HOLDER, ISSUING
from text.clean import clean_text

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
Material = Annotated[str, Meta(min_length=1, max_length=40)]


class ApplicationRequest(InVisit, frozen=True, kw_only=True):
    """Apply for ``item``: answered with an ``AcceptanceReceipt``, whose number is the application's.

    :param materials: the papers accepted, in the words for the receipt.
    """

    request_id: Identifier
    region: RegionCode
    item: Item
    id_number: IdNumber
    verified_by: AnyDocument
    card_identity: CardIdentity | None = None
    materials: Annotated[tuple[Material, ...], Meta(max_length=20)] = ()

    def __post_init__(self) -> None:
        clean_id_number(self)
        msgspec.structs.force_setattr(self, "materials", tuple(map(clean_text, self.materials)))
        if "" in self.materials:
            raise ValueError("a material is empty")

    def __repr__(self) -> str:
        return f"ApplicationRequest({self.item} {self.request_id})"


class ApplicationQuery(InVisit, frozen=True, kw_only=True):
    """Request the status of an application; only its subject's ID number opens it."""

    number: DocumentNumber
    id_number: IdNumber
    verified_by: AnyDocument = "id-card"

    def __post_init__(self) -> None:
        clean_id_number(self)

    def __repr__(self) -> str:
        return f"ApplicationQuery({self.number})"


class ApplicationState(Struct, frozen=True, kw_only=True):
    """Status of an application. ``overdue``: the agency is late. ``note`` is its word on the decision.

    ``due`` is None when the holidays of the year it lies in were not known on the day of the application.
    """

    number: DocumentNumber
    item: Item
    status: Literal["accepted", "granted", "refused"]
    received_at: AwareTime
    due: date | None
    overdue: bool
    decided_at: AwareTime | None = None
    note: Text = ""


APPLY = Call(
    "/v1/applications",
    ApplicationRequest,
    AcceptanceReceipt,
    "Take an application in.",
    proof=ANY_DOCUMENT,
    act="applications",
    refusals=("proof-missing", "person-unknown", "application-open", *HOLDER, *ISSUING),
    used_by=TERMINALS,
)
APPLICATION_STATE = Call(
    "/v1/applications/state",
    ApplicationQuery,
    ApplicationState,
    "Return the status of an application.",
    proof=ANY_DOCUMENT,
    act="applications",
    refusals=("application-unknown",),
    safe=True,
    used_by=TERMINALS,
)
