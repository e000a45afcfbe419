"""The documents that the centre issues, as it sends them; a kiosk prints them and changes nothing.

Each kind is a message of its own, told apart by ``kind``, and declared here: layouts (``kiosk/paper``), contents
(``central/certificates``) and pages (``central/verify``) look up what they need. None shows a person in its repr: such
objects end up in tracebacks and logs. Money is yuan with two places; months are ``YYYY-MM``, and lists of them run
oldest first.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from sync.protocol.centre_keys import Number, Octets
from sync.protocol.document_kinds import DOCUMENT_KINDS, VALID_MONTHS, document
from sync.protocol.messages import (
    FEW,
    MOST_MONTHS,
    Address,
    Amounts,
    AwareTime,
    DocumentNumber,
    Insurance,
    Month,
    RegionCode,
    Sentence,
    Text,
    Word,
    YearMonth,
)

Sentences = Annotated[list[Sentence], Meta(max_length=FEW)]
LONGEST_DOCUMENT = 400_000
"""Characters."""
CreditCode = Annotated[str, Meta(pattern=r"\A[0-9A-HJ-NPQRTUWXY]{18}\Z")]


class SignedText(Struct, frozen=True):
    """All that a document says, as the centre has signed it when it answered: ``text`` is the document, JSON.

    ``signature`` is over its UTF-8, base64; ``key`` is the number of the centre's certificate key.
    """

    text: Annotated[str, Meta(max_length=LONGEST_DOCUMENT)]
    key: Number
    signature: Octets

    def __repr__(self) -> str:
        return f"SignedText({self.key})"


class Issued(Struct, frozen=True, kw_only=True, tag_field="kind"):
    """What is on every document.

    ``code`` is the 校验码 to look it up by, ``host`` the site to do so, ``qr`` the text of the QR code;
    ``valid_until`` is None for one that never expires. ``signed`` is what a kiosk prints: the rest is for readers.
    """

    page: ClassVar[tuple[str, ...]] = ("number", "code", "title", "agency", "issued_at", "valid_until")

    number: DocumentNumber
    code: Annotated[str, Meta(pattern=r"\A[0-9A-Z]{12}\Z")]
    title: Word
    region: RegionCode
    agency: Word
    issued_at: AwareTime
    valid_until: date | None
    host: Word
    verify_url: Address
    qr: Address
    signed: SignedText | UnsetType = UNSET

    @property
    def kind(self) -> str:
        """The name of its kind."""
        return str(self.__struct_config__.tag)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.number})"


class Personal(Issued, frozen=True, kw_only=True):
    """A document about one insured person."""

    page: ClassVar[tuple[str, ...]] = ("holder_name", "id_number", "sex")

    holder_name: Word
    id_number: Word
    sex: Literal["男", "女"]


@document(
    1,
    "社会保险参保证明（个人专用）",
    "Certificate of social insurance participation",
    page=("insurances", "months", "total_months", "months_with_employer"),
    valid_months=VALID_MONTHS,
)
class Participation(Personal, frozen=True, kw_only=True, tag="participation"):
    """个人参保证明: the insurances and the last ``span`` (12 or 24) months of contribution.

    ``months_with_employer`` counts the months in a row up to now at the last employer, ``total_months`` all.
    """

    insurances: Annotated[list[Insurance], Meta(max_length=FEW)]
    months: Annotated[list[Month], Meta(max_length=MOST_MONTHS)]
    span: int
    months_with_employer: int
    total_months: int


@document(
    2,
    "社会保险缴费证明（个人专用）",
    "Certificate of social insurance contributions",
    page=("first", "last", "insurances", "months", "total_months"),
    valid_months=VALID_MONTHS,
)
class Contributions(Personal, frozen=True, kw_only=True, tag="contributions"):
    """缴费证明: the contributions from ``first`` to ``last``, and how many months there are in all."""

    first: YearMonth
    last: YearMonth
    insurances: Annotated[list[Insurance], Meta(max_length=FEW)]
    months: Annotated[list[Month], Meta(max_length=MOST_MONTHS)]
    total_months: int


@document(
    3,
    "基本养老保险参保缴费凭证",
    "Pension contribution voucher, for a transfer",
    page=("personal_number", "first", "last", "total_months", "account_balance", "balance_on"),
    genuine_card=True,
)
class TransferVoucher(Amounts, Personal, frozen=True, kw_only=True, tag="transfer-voucher"):
    """基本养老保险参保缴费凭证: what was paid here until the holder went elsewhere.

    ``account_balance`` is the individual account as at ``balance_on``.
    """

    personal_number: Word
    hukou: Word
    first: YearMonth
    last: YearMonth
    total_months: int
    account_balance: Decimal
    balance_on: YearMonth
    agency_phone: Word
    agency_address: Text
    agency_postcode: Word


@document(
    4,
    "社会保险个人权益记录单",
    "Annual record of individual entitlements",
    page=(
        "personal_number",
        "year",
        "insurances",
        "months",
        "total_months",
        "opening",
        "credited",
        "interest",
        "closing",
    ),
    genuine_card=True,
)
class AnnualRecord(Amounts, Personal, frozen=True, kw_only=True, tag="annual-record"):
    """个人权益记录单 of ``year``: its months and what became of the individual account.

    ``opening + credited + interest == closing``; ``total_months`` counts to the end of the year.
    """

    personal_number: Word
    year: int
    insurances: Annotated[list[Insurance], Meta(max_length=FEW)]
    months: Annotated[list[Month], Meta(max_length=MOST_MONTHS)]
    total_months: int
    opening: Decimal
    credited: Decimal
    interest: Decimal
    closing: Decimal


class Payment(Amounts, frozen=True):
    """One month's pension as it was paid."""

    month: YearMonth
    amount: Decimal
    status: Word


@document(
    5,
    "养老保险待遇领取证明（个人专用）",
    "Certificate of pension payments",
    page=("insurance", "category", "since", "status", "payments"),
    valid_months=VALID_MONTHS,
    genuine_card=True,
)
class PensionReceipt(Personal, frozen=True, kw_only=True, tag="pension-receipt"):
    """养老待遇领取证明: that a pension is paid since ``since``, and the last payments."""

    insurance: Word
    category: Word
    since: YearMonth
    status: Word
    paid_to: Word
    payments: Annotated[list[Payment], Meta(max_length=MOST_MONTHS)]


class Unit(Issued, frozen=True, kw_only=True):
    """A document about an employer."""

    page: ClassVar[tuple[str, ...]] = ("unit_name", "credit_code")

    unit_name: Word
    credit_code: CreditCode


class UnitInsurance(Struct, frozen=True):
    """One insurance of an employer: since when, and how many people are insured now."""

    name: Word
    status: Word
    since: YearMonth
    people: int


@document(
    6,
    "社会保险单位参保证明",
    "Certificate of an employer's participation",
    page=("insurances",),
    valid_months=VALID_MONTHS,
)
class UnitParticipation(Unit, frozen=True, kw_only=True, tag="unit-participation"):
    """单位参保证明: the employer's insurances."""

    insurances: Annotated[list[UnitInsurance], Meta(max_length=FEW)]


class UnitMonth(Amounts, frozen=True):
    """One month's contribution of an employer: for how many people, on which sum of bases, paid by whom."""

    month: YearMonth
    people: int
    base: Decimal
    unit: Decimal
    personal: Decimal
    status: Word


@document(
    7,
    "社会保险单位缴费证明",
    "Certificate of an employer's contributions",
    page=("first", "last", "months"),
    valid_months=VALID_MONTHS,
)
class UnitContributions(Unit, frozen=True, kw_only=True, tag="unit-contributions"):
    """单位缴费证明: what the employer paid from ``first`` to ``last``."""

    first: YearMonth
    last: YearMonth
    months: Annotated[list[UnitMonth], Meta(max_length=MOST_MONTHS)]


class Receipt(Issued, frozen=True, kw_only=True):
    """A receipt for an act at the centre; ``number`` is that act's.

    ``not_covered`` says in whole sentences what was not done by it, ``next_steps`` what the holder does now.
    """

    page: ClassVar[tuple[str, ...]] = ("act", "holder_name", "card_number", "not_covered", "next_steps")

    act: Sentence
    holder_name: Word
    card_number: Word = ""
    not_covered: Sentences
    next_steps: Sentences


@document(8, "社会保障卡业务回执", "Receipt for an act on a card", page=("result",))
class BusinessReceipt(Receipt, frozen=True, kw_only=True, tag="business-receipt"):
    """业务回执: something was done at once."""

    result: Sentence


@document(
    9,
    "社会保障卡挂失回执",
    "Receipt for a loss report",
    page=("loss_kind", "function", "expires_at", "after_expiry"),
)
class LossReceipt(Receipt, frozen=True, kw_only=True, tag="loss-receipt"):
    """挂失回执: the card's ``function`` is on loss; without ``expires_at`` until it is released.

    ``after_expiry`` says in a sentence what happens then.
    """

    loss_kind: Word
    function: Sentence
    expires_at: AwareTime | None
    after_expiry: Sentence


@document(10, "社会保险业务受理回执", "Receipt for an application", page=("materials", "due"))
class AcceptanceReceipt(Receipt, frozen=True, kw_only=True, tag="acceptance-receipt"):
    """受理回执: an application was accepted; ``due`` is None while next year's holidays are not published."""

    materials: Sentences
    due: date | None


Certificate = (
    Participation
    | Contributions
    | TransferVoucher
    | AnnualRecord
    | PensionReceipt
    | UnitParticipation
    | UnitContributions
    | BusinessReceipt
    | LossReceipt
    | AcceptanceReceipt
)

ISSUED = tuple(kind for kind in DOCUMENT_KINDS.values() if issubclass(kind.message, Issued))
"""The kinds that the centre issues, in the order of their numbers."""
