"""Calls for documents: certificates, and receipts of what a terminal has done by itself."""

from typing import Annotated, Literal

from msgspec import Meta

from sync.protocol.call import CARD, IN_PERSON, TERMINALS, Call, InPerson
from sync.protocol.cards import CardIdentity
from sync.protocol.documents import BusinessReceipt, Certificate
from sync.protocol.messages import Identifier, IdNumber, InVisit, RegionCode, YearMonth, clean_id_number
from sync.protocol.refusals import HOLDER, ISSUING


class IssueRequest(InVisit, frozen=True, kw_only=True):
    """Ask for a certificate. The same ``request_id`` always yields the same certificate.

    ``card_identity`` is the card that was used, where one was: an ID card or an electronic card needs none.
    A 参保证明 shows the last ``months``, a 缴费证明 those from ``first`` to ``last``, a 权益记录单 those of ``year``.
    """

    request_id: Identifier
    kind: Identifier
    region: RegionCode
    card_identity: CardIdentity | None = None
    id_number: IdNumber
    verified_by: InPerson
    months: Literal[12, 24] = 24
    first: YearMonth | None = None
    last: YearMonth | None = None
    year: Annotated[int, Meta(ge=1992, le=2999)] | None = None

    def __post_init__(self) -> None:
        clean_id_number(self)

    def __repr__(self) -> str:
        return f"IssueRequest({self.kind} {self.request_id})"


class ReceiptRequest(InVisit, frozen=True):
    """Ask for the 业务回执 of what this terminal has reported in an event."""

    event_id: Identifier


ISSUE_CERTIFICATE: Call[IssueRequest, Certificate] = Call(
    "/v1/certificates",
    IssueRequest,
    Certificate,
    "Issue a certificate; the same request id always brings the same one.",
    proof=IN_PERSON,
    act="certificates",
    refusals=(
        *("kind-unknown", "no-record", "no-record-in-period", "no-record-of-year"),
        *("no-account", "no-pension", "pension-already", "person-unknown"),
        *HOLDER,
        *ISSUING,
    ),
)
EVENT_RECEIPT = Call(
    "/v1/receipts",
    ReceiptRequest,
    BusinessReceipt,
    "Issue the receipt of what a terminal has reported in an event.",
    proof=CARD,
    refusals=("event-unknown", "no-receipt", "card-unknown", *ISSUING),
    used_by=TERMINALS,
)
