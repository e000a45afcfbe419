"""The words for channels, papers and states: those of the rules (docs/rules.md)."""

from typing import Literal

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
TerminalAct = Literal["certificates", "applications", "loss", "pin-reset", "id-card", "face"]
"""What a terminal may do or say: the first four by themselves, `id-card` that it, or staff, has seen papers or was told
details, `face` that it has compared a face. The centre can check none of the last two."""
Purpose = Literal["services", "pin-reset"]
"""What a visit is for: a card that comes because its PIN is not known proves nothing about who holds it."""
FacePurpose = Literal["identity", "retirement", "certification"]
"""What a face is compared for: who is there, 刷脸办, 待遇资格认证. Failures are counted for each by itself."""
IdentityDetail = Literal["name", "id-number", "workplace", "phone"]
SocialState = Literal[
    "normal",
    "not-activated",
    "lost-oral",
    "lost-temporary",
    "lost-phone",
    "lost-written",
    "lost-formal",
    "cancelled",
]
