"""How the centre may say no: a code for programs with its HTTP status and details, and a sentence for people.

A kiosk words the codes that it knows in the citizen's language; the centre's sentence, in Chinese, is for others.
"""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from sync.protocol.messages import FEW, Identifier, RegionCode, Sentence, Word, YearMonth
from sync.protocol.words import Channel, IdentityDetail, LossKind, Operation, Paper, SocialState


class YearDetails(Struct, frozen=True):
    """The year that was asked about."""

    year: int


class PeriodDetails(Struct, frozen=True):
    """The first and the last month that were asked about."""

    first: YearMonth
    last: YearMonth


class CardOperationDetails(Struct, frozen=True, kw_only=True):
    """What the rules of ``region`` do not allow: ``operation`` on a card in that ``state`` through that ``channel``.

    ``missing`` is what was not shown or told, ``redirect`` where it can be done instead.
    """

    region: RegionCode
    operation: Operation
    channel: Channel
    state: SocialState | None = None
    kind: LossKind | None = None
    missing: Annotated[tuple[Paper | IdentityDetail, ...], Meta(max_length=FEW)] = ()
    redirect: Annotated[tuple[Channel, ...], Meta(max_length=FEW)] = ()


class RefusalKind(Struct, frozen=True):
    """The HTTP status of a refusal, and the type of its details where it has some."""

    status: int
    details: type[Struct] | None = None


REFUSALS: Mapping[str, RefusalKind] = {
    "bad-request": RefusalKind(400),
    "kiosk-revoked": RefusalKind(403),
    "signature-wrong": RefusalKind(401),
    "invitation-wrong": RefusalKind(403),
    "certificate-wrong": RefusalKind(403),
    "algorithm-unknown": RefusalKind(400),
    "seal-wrong": RefusalKind(401),
    "too-often": RefusalKind(429),
    "busy": RefusalKind(503),
    "too-slow": RefusalKind(503),
    "database-away": RefusalKind(503),
    "not-ready": RefusalKind(503),
    "clock-off": RefusalKind(403),
    "request-replayed": RefusalKind(409),
    "upgrade-required": RefusalKind(426),
    "request-late": RefusalKind(408),
    "too-large": RefusalKind(413),
    "card-unknown": RefusalKind(404),
    "card-not-valid": RefusalKind(403),
    "card-not-activated": RefusalKind(403),
    "card-not-holders": RefusalKind(403),
    "other-region": RefusalKind(403),
    "no-record": RefusalKind(404),
    "no-record-in-period": RefusalKind(404, PeriodDetails),
    "no-record-of-year": RefusalKind(404, YearDetails),
    "no-account": RefusalKind(404),
    "no-pension": RefusalKind(404),
    "pension-already": RefusalKind(403),
    "unit-unknown": RefusalKind(404),
    "unit-no-record": RefusalKind(404),
    "kind-unknown": RefusalKind(404),
    "numbers-used-up": RefusalKind(409),
    "certificate-unsound": RefusalKind(409),
    "request-reused": RefusalKind(409),
    "event-unknown": RefusalKind(404),
    "no-receipt": RefusalKind(404),
    "no-initial-pin": RefusalKind(403),
    "authorisation-wrong": RefusalKind(403),
    "authorisation-used": RefusalKind(409),
    "card-keys-missing": RefusalKind(409),
    "person-unknown": RefusalKind(404),
    "proof-missing": RefusalKind(403),
    "proof-expired": RefusalKind(403),
    "proof-wrong": RefusalKind(403),
    "other-person": RefusalKind(403),
    "people-limit": RefusalKind(403),
    "token-unknown": RefusalKind(404),
    "token-used": RefusalKind(409),
    "token-expired": RefusalKind(403),
    "e-card-unusable": RefusalKind(403),
    "platform-away": RefusalKind(424),
    "face-blocked": RefusalKind(403),
    "not-approved": RefusalKind(403),
    "application-open": RefusalKind(409),
    "application-unknown": RefusalKind(404),
    "application-decided": RefusalKind(409),
    "certificate-unknown": RefusalKind(404),
    "must-refetch": RefusalKind(409),
    "snapshot-unknown": RefusalKind(404),
    "feed-unknown": RefusalKind(404),
    "internal": RefusalKind(500),
    "rule-channel": RefusalKind(403, CardOperationDetails),
    "rule-unspecified": RefusalKind(403, CardOperationDetails),
    "rule-irrevocable": RefusalKind(403, CardOperationDetails),
    "rule-replacement-applied": RefusalKind(403, CardOperationDetails),
    "rule-papers": RefusalKind(403, CardOperationDetails),
    "rule-state": RefusalKind(403, CardOperationDetails),
    "rule-area": RefusalKind(403, CardOperationDetails),
    "rule-agent": RefusalKind(403, CardOperationDetails),
    "rule-principal": RefusalKind(403, CardOperationDetails),
    "rule-guardian": RefusalKind(403, CardOperationDetails),
    "rule-fields": RefusalKind(403, CardOperationDetails),
}

COMMON = (
    *("bad-request", "too-large", "kiosk-revoked", "signature-wrong", "certificate-wrong"),
    *("algorithm-unknown", "clock-off", "request-replayed", "upgrade-required"),
    *("too-often", "request-late", "busy", "too-slow", "database-away", "internal"),
)
"""What any call may be refused with: it does not come to what it is about."""
OF_PROOF = (
    *("proof-missing", "proof-expired", "card-not-holders"),
    *("people-limit", "not-approved", "other-region"),
)
"""What any call about a person may be refused with, before it comes to what it is about."""
RULE = "rule-"
RULES = tuple(code for code in REFUSALS if code.startswith(RULE))
"""The law of the region does not allow it here, or not so; after ``RULE`` comes the rules' own reason."""
ISSUING = ("request-reused", "numbers-used-up", "certificate-unsound")
"""Of what ends with a document."""
HOLDER = ("card-unknown", "card-not-holders", "card-not-activated", "card-not-valid", "other-region")
"""Of what only the holder of a card in use may ask for."""


class Refusal(Struct, frozen=True, omit_defaults=True):
    """Why the centre did not do it: a code for programs; for people, what happened and what to do.

    ``details`` are what a sentence about it needs beside the code, of the type that ``REFUSALS`` names.
    """

    code: Identifier
    message: Sentence
    details: Annotated[Mapping[Word, Any], Meta(max_length=FEW)] = {}


def details_of(refusal: Refusal) -> Struct | None:
    """Return the details of a refusal as what they are, or None where it has none that are known here."""
    kind = REFUSALS.get(refusal.code)
    if kind is None or kind.details is None:
        return None
    try:
        return msgspec.convert(refusal.details, kind.details)
    except msgspec.ValidationError:
        return None
