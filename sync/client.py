"""Kiosk HTTP client for the centre: short, signed requests that end within seconds."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar

import msgspec

from sync.answers import (
    Answer,
    AnswerLostError,
    CentralFailedError,
    CentralRefusedError,
    CentralUnreachableError,
    Timeout,
)
from sync.identity import Identity
from sync.protocol.decoding import UnreadableError, decoded
from sync.protocol.documents import AcceptanceReceipt, BusinessReceipt, Certificate, LossReceipt
from sync.protocol.messages import (
    HIGHEST,
    CardState,
    CardStateRequest,
    DeliveryAnswer,
    EnrolmentAnswer,
    EnrolmentRequest,
    Event,
    IssueRequest,
    Refusal,
)
from sync.protocol.services import (
    ApplicationQuery,
    ApplicationRequest,
    ApplicationState,
    AuthenticationRequest,
    Cryptogram,
    LossRelease,
    LossReport,
    PinResetAuthorisation,
    PinResetMessage,
    PinResetMessageRequest,
    PinResetRequest,
    ReceiptRequest,
)

if TYPE_CHECKING:
    from sync.line import Line

__all__ = [
    "PATIENT",
    "TIMEOUT",
    "Answer",
    "AnswerLostError",
    "CentralClient",
    "CentralFailedError",
    "CentralRefusedError",
    "CentralUnreachableError",
    "Timeout",
]

# A citizen stands before the screen: better a clear "no" than a long "perhaps".
TIMEOUT = Timeout(connect=2, whole=8)
PATIENT = Timeout(connect=5, whole=30)
"""For what nobody waits for: a delivery of 4 MB over a slow line."""
ANSWER_BYTES = 4_000_000
PAGE_BYTES = 64_000_000
LONGEST_ASKED_FOR = 3600.0
"""Seconds: no centre may send a kiosk to sleep for longer."""
LARGEST_OFFSET = 100 * 366 * 24 * 3600.0
"""Seconds: a clock that is further off than a century is none."""
NOT_BEGUN = frozenset({"busy", "too-often"})
"""Refusals of a centre that has too much to do: it has not looked at the request."""
NOT_ANSWERED = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)
"""Of the line, or of the hour, and not of what was asked."""
APPLICATIONS = "/v1/applications"
APPLICATION_STATE = "/v1/applications/state"
AUTHENTICATE = "/v1/cards/authenticate"
CARD_STATE = "/v1/cards/state"
CERTIFICATES = "/v1/certificates"
ENROL = "/v1/enrol"
EVENTS = "/v1/events"
HEALTH = "/v1/health"
LOSS = "/v1/cards/loss"
PIN_RESET = "/v1/cards/pin-reset"
PIN_RESET_MESSAGE = "/v1/cards/pin-reset/message"
RECEIPTS = "/v1/receipts"
RELEASE = "/v1/cards/release"

Message = TypeVar("Message")


class CentralClient:
    """The centre at ``url``, as one kiosk sees it. Any thread may use it.

    ``version`` is the software's, for the centre's list of kiosks.
    ``clock_offset`` is how many seconds the centre's clock was ahead of ours at its last answer, else None.
    ``unanswered`` says that what was asked last brought no answer at all.
    """

    def __init__(
        self, url: str, identity: Identity, *, timeout: Timeout = TIMEOUT, version: str = ""
    ) -> None:
        self._url, self._timeout, self._version = url, timeout, version
        self._identity = identity
        self.clock_offset: float | None = None
        self.unanswered = False

    @cached_property
    def _line(self) -> "Line":
        # Made on first use: loading it, and all trusted certificates, takes as long as drawing a page.
        from sync.line import Line

        return Line(self._url, self._timeout, f"branch-kiosk/{self._version}")

    def load(self) -> None:
        """Make ready for the first request, so that nobody waits for that; nothing is sent."""
        self._line.load()

    def issue_certificate(self, request: IssueRequest) -> Certificate:
        """Ask for a certificate; asking again with the same ``request_id`` brings the same one.

        :raises CentralRefusedError: there is none for this citizen; CentralUnreachableError: retry or give up.
        """
        return self._post(CERTIFICATES, request, Certificate)  # type: ignore[arg-type]

    def card_state(self, request: CardStateRequest) -> CardState:
        """Ask for the state of a card; asking changes nothing.

        :raises CentralRefusedError: no such card, or another's; CentralUnreachableError: retry or give up.
        """
        return self._inquire(CARD_STATE, request, CardState)

    def report_loss(self, request: LossReport) -> LossReceipt:
        """Put a card on loss; asking again with the same ``request_id`` brings the same receipt.

        :raises CentralRefusedError: it may not be done so; CentralUnreachableError: retry or give up.
        """
        return self._post(LOSS, request, LossReceipt)

    def release_loss(self, request: LossRelease) -> BusinessReceipt:
        """Release a card from loss, as ``report_loss`` does."""
        return self._post(RELEASE, request, BusinessReceipt)

    def authenticate(self, request: AuthenticationRequest) -> bytes:
        """Ask for the proof that a card wants: 16 bytes.

        :raises CentralRefusedError: the card is not known there; CentralUnreachableError: retry or give up.
        """
        return bytes.fromhex(self._inquire(AUTHENTICATE, request, Cryptogram).cryptogram)

    def authorise_pin_reset(self, request: PinResetRequest) -> PinResetAuthorisation:
        """Ask to be allowed to set a card's PIN back.

        :raises CentralRefusedError: it may not be done so; CentralUnreachableError: retry or give up.
        """
        return self._post(PIN_RESET, request, PinResetAuthorisation)

    def pin_reset_message(self, request: PinResetMessageRequest) -> bytes:
        """Use an authorisation up; return what the card has to be sent.

        :raises CentralRefusedError: it is no longer valid. CentralUnreachableError: retry with the same challenge.
        """
        return bytes.fromhex(self._post(PIN_RESET_MESSAGE, request, PinResetMessage).message)

    def apply(self, request: ApplicationRequest) -> AcceptanceReceipt:
        """Apply for something; asking again with the same ``request_id`` brings the same receipt.

        :raises CentralRefusedError: it is not accepted; CentralUnreachableError: retry or give up.
        """
        return self._post(APPLICATIONS, request, AcceptanceReceipt)

    def application_state(self, request: ApplicationQuery) -> ApplicationState:
        """Request the status of an application.

        :raises CentralRefusedError: there is none such; CentralUnreachableError: retry or give up.
        """
        return self._inquire(APPLICATION_STATE, request, ApplicationState)

    def event_receipt(self, event_id: str) -> BusinessReceipt:
        """Ask for the receipt of what was reported in an event.

        :raises CentralRefusedError: the event is not there yet, or has no receipt; CentralUnreachableError: retry.
        """
        return self._post(RECEIPTS, ReceiptRequest(event_id), BusinessReceipt)

    def deliver(
        self, install_epoch: str, events: Sequence[Event], acknowledged: int = 0, sent: int = HIGHEST
    ) -> DeliveryAnswer:
        """Hand over events; none at all asks how far the centre is.

        It takes none while it holds fewer than ``acknowledged``, or one with a number beyond ``sent``.

        :raises CentralRefusedError: it did not take the request; CentralUnreachableError: it may or may not have.
        """
        delivery = msgspec.structs.replace(
            self._identity.seal(install_epoch, events), acknowledged=acknowledged, sent=sent
        )
        return self._post(EVENTS, delivery, DeliveryAnswer)

    def enrol(self, code: str) -> EnrolmentAnswer:
        """Request enrolment with the code that `kiosk-central invite` printed; may be repeated.

        :raises CentralRefusedError: the code is invalid or expired; CentralUnreachableError: retry or give up.
        """
        request = EnrolmentRequest(code, self._identity.public_key)
        return self._post(ENROL, request, EnrolmentAnswer)

    def read(self, path: str, unless: str = "") -> Answer:
        """Get ``path``; if it is still what the entity tag ``unless`` names, the answer is 304 and empty.

        :raises CentralRefusedError: it is unavailable; CentralUnreachableError: retry or give up.
        """
        signed = self._identity.sign("GET", path, b"")
        headers = signed | ({"If-None-Match": unless} if unless else {})
        answer = self._ask("GET", path, headers, most=PAGE_BYTES)
        if answer.status_code != HTTPStatus.NOT_MODIFIED:
            _require_taken(answer)
        return answer

    @contextmanager
    def stream(self, path: str, start: int) -> Iterator[Iterator[bytes]]:
        """Get ``path`` from its byte ``start`` on, in pieces as they come.

        :raises CentralRefusedError: it is unavailable; CentralUnreachableError: also when the line is cut in between.
        """
        headers = {"Range": f"bytes={start}-"} | self._identity.sign("GET", path, b"")
        with self._line.stream(path, headers, most=ANSWER_BYTES) as (head, pieces):
            _require_taken(self._noted(head))
            whole = head.status_code != HTTPStatus.PARTIAL_CONTENT
            yield _from(start if whole else 0, pieces)

    def reachable(self) -> bool:
        """Return whether the centre answers at all."""
        try:
            return self._line.ask("GET", HEALTH, {}, most=ANSWER_BYTES).is_success
        except CentralUnreachableError:
            return False

    def cut(self) -> None:
        """End what is going on, from another thread or a signal's handler; nothing can be asked afterwards."""
        self._line.cut()

    def close(self) -> None:
        """Close the connections."""
        if made := vars(self).pop("_line", None):
            made.close()

    def _inquire(self, path: str, message: msgspec.Struct, answer: type[Message]) -> Message:
        """Ask for what changes nothing at the centre: a lost answer means that nothing is done."""
        try:
            return self._post(path, message, answer)
        except AnswerLostError as lost:
            raise CentralUnreachableError(str(lost), lost.retry_after) from lost

    def _post(self, path: str, message: msgspec.Struct, answer: type[Message]) -> Message:
        body = msgspec.json.encode(message)
        headers = {"Content-Type": "application/json", **self._identity.sign("POST", path, body)}
        given = self._ask("POST", path, headers, body, most=ANSWER_BYTES)
        _require_taken(given)
        return _message(given, answer)

    def _ask(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"", *, most: int
    ) -> Answer:
        self.unanswered = True
        answer = self._noted(self._line.ask(method, path, headers, body, most=most))
        self.unanswered = False
        return answer

    def _noted(self, answer: Answer) -> Answer:
        """Learn from an answer how far the clocks are apart, if it says so."""
        if (offset := _clock_offset(answer.headers)) is not None:
            self.clock_offset = offset
        return answer


def _from(start: int, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Leave out what is before ``start``."""
    for piece in pieces:
        if rest := piece[start:]:
            yield rest
        start = max(0, start - len(piece))


def _require_taken(answer: Answer) -> None:
    if answer.is_success:
        return
    status, after = answer.status_code, _retry_after(answer)
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        raise CentralFailedError("the centre failed on this request (500)")
    refusal = _message(answer, Refusal)
    if refusal.code in NOT_BEGUN:
        raise CentralUnreachableError(f"the centre is busy ({status})", after)
    if status in NOT_ANSWERED or status > HTTPStatus.INTERNAL_SERVER_ERROR:
        raise AnswerLostError(f"the centre could not answer ({status})", after)
    raise CentralRefusedError(refusal.code, refusal.message)


def _message(answer: Answer, message: type[Message]) -> Message:
    try:
        return decoded(answer.content, message)
    except UnreadableError as error:
        found = f"something else answered ({answer.status_code}): {error}"
        raise AnswerLostError(found, _retry_after(answer)) from error


def _clock_offset(headers: Mapping[str, str]) -> float | None:
    """Return how many seconds the centre's clock is ahead; None where ``Date`` does not tell one moment near ours."""
    try:
        theirs = parsedate_to_datetime(headers["date"])
        offset = (theirs - datetime.now(UTC)).total_seconds()
    except (LookupError, TypeError, ValueError, OverflowError):
        return None
    return offset if abs(offset) < LARGEST_OFFSET else None


def _retry_after(answer: Answer) -> float | None:
    seconds = answer.headers.get("retry-after", "")
    return min(float(seconds), LONGEST_ASKED_FOR) if seconds.isdecimal() else None
