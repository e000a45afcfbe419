"""What of the centre's answer may be printed: what it has signed as a whole, for this holder, with a key known here."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from msgspec import UNSET

from kiosk.visit.visit import Visit
from sync.protocol import algorithms
from sync.protocol.algorithms import SignatureInvalidError
from sync.protocol.centre_keys import CentreKey, Standing, of_role
from sync.protocol.certificates import IssueRequest
from sync.protocol.decoding import UnreadableError, decoded
from sync.protocol.documents import Certificate, Personal, SignedText
from sync.protocol.events import CertificateNotGenuine

SLACK = timedelta(days=1)
"""A kiosk whose clock is further off gets no certificates at all."""


class Flaw(StrEnum):
    """Why an answer may not be printed."""

    NOT_SIGNED = "not-signed"
    UNKNOWN_KEY = "unknown-key"
    KEY_NOT_VALID = "key-not-valid"
    WRONG_SIGNATURE = "wrong-signature"
    UNREADABLE = "unreadable"
    NOT_ASKED_FOR = "not-asked-for"


class NotGenuineError(Exception):
    """The centre's answer is no document that it has signed for this holder: it is not printed."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw)
        self.flaw = flaw


def genuine(visit: Visit, wanted: IssueRequest, answer: Certificate) -> Certificate:
    """Return the document that the centre has signed: print this, and nothing else of the answer.

    :raises NotGenuineError: there is none; staff and the centre are told.
    """
    try:
        document = signed_document(answer, visit.centre_keys(), datetime.now(UTC))
        _require_asked_for(document, wanted)
    except NotGenuineError as error:
        visit.alarm(CertificateNotGenuine(number=answer.number, kind=wanted.kind, reason=error.flaw))
        raise
    return document


def signed_document(answer: Certificate, keys: Sequence[CentreKey], at: datetime) -> Certificate:
    """Return the document inside the signed text of an answer that came at about this moment.

    :raises NotGenuineError: the text is not signed, or not with a key that the centre uses at this time.
    """
    if answer.signed is UNSET:
        raise NotGenuineError(Flaw.NOT_SIGNED)
    _require_signature(answer.signed, keys, at)
    try:
        return decoded(answer.signed.text.encode(), Certificate)
    except UnreadableError as error:
        raise NotGenuineError(Flaw.UNREADABLE) from error


def _require_signature(signed: SignedText, keys: Sequence[CentreKey], at: datetime) -> None:
    key = of_role(keys, "certificate").get(signed.key)
    if key is None:
        raise NotGenuineError(Flaw.UNKNOWN_KEY)
    if key.withdrawn or Standing.GOOD not in {key.standing(at - SLACK), key.standing(at + SLACK)}:
        raise NotGenuineError(Flaw.KEY_NOT_VALID)
    try:
        key.verify(algorithms.from_text(signed.signature), signed.text.encode())
    except (SignatureInvalidError, ValueError) as error:
        raise NotGenuineError(Flaw.WRONG_SIGNATURE) from error


def _require_asked_for(document: Certificate, wanted: IssueRequest) -> None:
    """Continue only with a document of the kind and the person that were asked for: others are signed, too."""
    if document.kind != wanted.kind:
        raise NotGenuineError(Flaw.NOT_ASKED_FOR)
    if not isinstance(document, Personal) or document.id_number != wanted.id_number:
        raise NotGenuineError(Flaw.NOT_ASKED_FOR)
