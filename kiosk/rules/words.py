"""The vocabulary of the rules: the only words that questions, answers and region packs may use."""

from typing import Annotated, Literal, get_args

import msgspec

Function = Literal["social", "financial"]
Channel = Literal["kiosk", "window", "bank", "hotline", "web", "app", "wechat", "miniprogram", "medical"]
LossKind = Literal["oral", "temporary", "phone", "written", "formal"]
PackLossKind = Literal[LossKind, "any"]
"""A kind of loss report, or "any" where the source does not tell kinds apart."""
Operation = Literal[
    "report-loss",
    "release-loss",
    "activate",
    "change-pin",
    "reset-pin",
    "unlock-pin",
    "replace-card",
    "cancel-card",
    "query",
    "collect-card",
]
CardErrand = Literal["apply-card", "card-progress", "temporary-card", "electronic-card"]
"""What people come for that concerns the card, but is no operation on a card that they hold."""
NationalErrand = Literal[
    "claim-pension",
    "face-retirement",
    "certify",
    "claim-unemployment",
    "training-subsidy",
    "work-injury",
    "injury-reimbursement",
    "change-contact",
    "register",
]
"""What people come for that is no matter of the card: national law says something of it, a region perhaps more."""
Errand = Literal[Operation, CardErrand, NationalErrand]
"""What somebody may ask the way for."""
CardCause = Literal[
    "lost",
    "damaged",
    "quality",
    "face-information",
    "identity",
    "expired",
    "moved-away",
    "settled-abroad",
    "relation-ended",
    "missing",
    "death",
]
"""What a card is replaced for, and why it is cancelled."""
Circumstance = Literal[CardCause, "unreadable", "through-unit", "oneself", "child"]
"""Why, or for whom, somebody asks: the cause, or who applies."""
Paper = Literal[
    "id-card",
    "id-card-copy",
    "household-register",
    "card",
    "agent-id-card",
    "agent-id-card-copy",
    "authorisation",
    "fee-receipt",
    "photo",
    "change-proof",
    "cancellation-proof",
    "clearance-notice",
    "moving-notice",
    "transfer-proof",
    "emigration-proof",
    "termination-proof",
    "death-certificate",
    "relative-id-card",
]
IdentityDetail = Literal["name", "id-number", "workplace", "phone"]
State = Literal[
    "normal",
    "lost-oral",
    "lost-temporary",
    "lost-phone",
    "lost-written",
    "lost-formal",
    "cancelled",
    "pin-locked",
    "not-activated",
]
Refusal = Literal[
    "channel",
    "unspecified",
    "irrevocable",
    "replacement-applied",
    "papers",
    "state",
    "area",
    "agent",
    "principal",
    "guardian",
    "fields",
]
NextStep = Literal[
    "activate",
    "set-pin",
    "leave-agent-mode",
    "report-financial-loss",
    "report-written-loss",
    "replace-card",
    "cancel-financial",
    "renew-electronic-card",
]
FeeCause = Literal["first", "lost", "damaged", "quality", "face-information", "expired"]
Applicant = Literal["self", "unit", "guardian", "agent"]
Waiver = Literal["registered-unemployed-business", "disabled", "veteran", "recent-graduate"]
RegionalItem = Literal[
    "replace-card", "make-card", "urgent-card", "notify-collection", "collect-first-card", "cancel-settlement"
]
NationalItem = Literal[
    "registration",
    "registration-change",
    "pension-claim",
    "medical-reimbursement",
    "maternity-allowance",
    "injury-reimbursement",
    "unemployment-benefit",
    "training-subsidy",
    "entitlement-loss-notice",
    "plan-withdrawal",
    "rating-rectification",
]
Item = Literal[NationalItem, RegionalItem]
Collector = Literal["agency", "tax"]
DayKind = Literal["working", "calendar", "months", "month-end"]
Since = Annotated[str, msgspec.Meta(pattern=r"^(\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])|unspecified)$")]
"""A date that a source gives, or "unspecified"."""

FUNCTIONS: tuple[Function, ...] = get_args(Function)
OPERATIONS: tuple[Operation, ...] = get_args(Operation)
REGIONAL_ITEMS: tuple[RegionalItem, ...] = get_args(RegionalItem)

# Where somebody, or the kiosk's own readers, can look at an original document.
IN_PERSON: frozenset[Channel] = frozenset({"kiosk", "window", "bank", "medical"})
