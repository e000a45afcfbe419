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
