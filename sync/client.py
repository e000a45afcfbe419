"""The kiosk's side of the talk with the centre: short, signed, and over in seconds whatever happens."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import msgspec

from sync.identity import Identity
from sync.protocol.documents import AcceptanceReceipt, BusinessReceipt, Certificate, LossReceipt
from sync.protocol.messages import (
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
    import httpx


class Timeout(NamedTuple):
    """How many seconds to wait for what, in the order of httpx."""

    connect: float
    read: float
    write: float
    pool: float


# A citizen stands before the screen: better a clear "no" than a long "perhaps".
TIMEOUT = Timeout(connect=2, read=8, write=8, pool=2)
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

Answer = TypeVar("Answer")


class CentralUnreachable(Exception):
    """The centre did not answer, or something else answered in its place. Whether it acted is not known.

    ``retry_after`` is how many seconds it asked us to wait, if it did.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class CentralFailed(CentralUnreachable):
    """The centre answered that it broke on this very request (HTTP 500)."""


class CentralRefused(Exception):
    """The centre said no: ``code`` for programs, ``message`` for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class CentralClient:
    """The centre at ``url``, as one kiosk sees it. Any thread may use it.

    ``version`` is the software's, for the centre's list of kiosks.
    ``clock_offset`` is how many seconds the centre's clock was ahead of ours at its last answer, else None.
    """

    def __init__(
        self, url: str, identity: Identity, *, timeout: Timeout = TIMEOUT, version: str = ""
    ) -> None:
        self._url, self._timeout, self._version = url, timeout, version
        self._identity = identity
        self.clock_offset: float | None = None

    @cached_property
    def _http(self) -> "httpx.Client":
        # Made at the first use: loading it, and all trusted certificates, takes as long as drawing two pages.
        import httpx

        agent = {"User-Agent": f"branch-kiosk/{self._version}"}
        return httpx.Client(base_url=self._url, timeout=self._timeout, trust_env=False, headers=agent)

    def load(self) -> None:
        """Make ready for the first request, so that nobody waits for that; nothing is sent."""
        _ = self._http

    def issue_certificate(self, request: IssueRequest) -> Certificate:
        """Ask for a certificate; asking again with the same ``request_id`` brings the same one.

        :raises CentralRefused: there is none for this citizen; CentralUnreachable: ask again or give up.
        """
        return self._post(CERTIFICATES, request, Certificate)  # type: ignore[arg-type]

    def card_state(self, request: CardStateRequest) -> CardState:
        """Ask for the state of a card; asking changes nothing.

        :raises CentralRefused: no such card, or another's; CentralUnreachable: ask again or give up.
        """
        return self._post(CARD_STATE, request, CardState)

    def report_loss(self, request: LossReport) -> LossReceipt:
        """Put a card on loss; asking again with the same ``request_id`` brings the same receipt.

        :raises CentralRefused: it may not be done so; CentralUnreachable: ask again or give up.
        """
        return self._post(LOSS, request, LossReceipt)

    def release_loss(self, request: LossRelease) -> BusinessReceipt:
        """Release a card from loss, as ``report_loss`` does."""
        return self._post(RELEASE, request, BusinessReceipt)

    def authenticate(self, request: AuthenticationRequest) -> bytes:
        """Ask for the proof that a card wants: 16 bytes.

        :raises CentralRefused: the card is not known there; CentralUnreachable: ask again or give up.
        """
        return bytes.fromhex(self._post(AUTHENTICATE, request, Cryptogram).cryptogram)

    def authorise_pin_reset(self, request: PinResetRequest) -> PinResetAuthorisation:
        """Ask to be allowed to set a card's PIN back.

        :raises CentralRefused: it may not be done so; CentralUnreachable: ask again or give up.
        """
        return self._post(PIN_RESET, request, PinResetAuthorisation)

    def pin_reset_message(self, request: PinResetMessageRequest) -> bytes:
        """Use an authorisation up; return what the card has to be sent.

        :raises CentralRefused: it is not good any more; CentralUnreachable: ask again with the same challenge.
        """
        return bytes.fromhex(self._post(PIN_RESET_MESSAGE, request, PinResetMessage).message)

    def apply(self, request: ApplicationRequest) -> AcceptanceReceipt:
        """Apply for something; asking again with the same ``request_id`` brings the same receipt.

        :raises CentralRefused: it is not taken in; CentralUnreachable: ask again or give up.
        """
        return self._post(APPLICATIONS, request, AcceptanceReceipt)

    def application_state(self, request: ApplicationQuery) -> ApplicationState:
        """Ask how an application stands.

        :raises CentralRefused: there is none such; CentralUnreachable: ask again or give up.
        """
        return self._post(APPLICATION_STATE, request, ApplicationState)

    def event_receipt(self, event_id: str) -> BusinessReceipt:
        """Ask for the receipt of what was reported in an event.

        :raises CentralRefused: the event is not there yet, or has no receipt; CentralUnreachable: ask again.
        """
        return self._post(RECEIPTS, ReceiptRequest(event_id), BusinessReceipt)

    def deliver(self, install_epoch: str, events: Sequence[Event], acknowledged: int = 0) -> DeliveryAnswer:
        """Hand over events; none at all asks how far the centre is.

        It takes none while it holds fewer than ``acknowledged``.

        :raises CentralRefused: it did not take the request; CentralUnreachable: it may or may not have.
        """
        delivery = msgspec.structs.replace(
            self._identity.seal(install_epoch, events), acknowledged=acknowledged
        )
        return self._post(EVENTS, delivery, DeliveryAnswer)

    def enrol(self, code: str) -> EnrolmentAnswer:
        """Ask to be let in, with the code that `kiosk-central invite` printed; may be asked again.

        :raises CentralRefused: the code is not good (any more); CentralUnreachable: ask again or give up.
        """
        request = EnrolmentRequest(code, self._identity.public_key)
        return self._post(ENROL, request, EnrolmentAnswer)

    def read(self, path: str, unless: str = "") -> "httpx.Response":
        """Get ``path``; if it is still what the entity tag ``unless`` names, the answer is 304 and empty.

        :raises CentralRefused: it is not to be had; CentralUnreachable: ask again or give up.
        """
        return self._get(path, {"If-None-Match": unless} if unless else {})

    @contextmanager
    def stream(self, path: str, start: int) -> Iterator[Iterator[bytes]]:
        """Get ``path`` from its byte ``start`` on, in pieces as they come.

        :raises CentralRefused: it is not to be had; CentralUnreachable: also when the line is cut in between.
        """
        import httpx

        response = self._get(path, {"Range": f"bytes={start}-"}, stream=True)
        whole = response.status_code != HTTPStatus.PARTIAL_CONTENT
        try:
            yield _from(start if whole else 0, response.iter_raw())
        except httpx.HTTPError as error:
            raise CentralUnreachable(f"{type(error).__name__}: {error}") from error
        finally:
            response.close()

    def reachable(self) -> bool:
        """Tell whether the centre answers at all."""
        try:
            return self._send(self._http.build_request("GET", HEALTH)).is_success
        except CentralUnreachable:
            return False

    def close(self) -> None:
        """Close the connections."""
        if made := vars(self).pop("_http", None):
            made.close()

    def _post(self, path: str, message: msgspec.Struct, answer: type[Answer]) -> Answer:
        body = msgspec.json.encode(message)
        headers = {"Content-Type": "application/json", **self._identity.sign("POST", path, body)}
        response = self._send(self._http.build_request("POST", path, content=body, headers=headers))
        _require_taken(response)
        return _decoded(response, answer)

    def _get(self, path: str, headers: dict[str, str], *, stream: bool = False) -> "httpx.Response":
        signed = {**headers, **self._identity.sign("GET", path, b"")}
        response = self._send(self._http.build_request("GET", path, headers=signed), stream=stream)
        if response.status_code != HTTPStatus.NOT_MODIFIED:
            _require_taken(response)
        return response

    def _send(self, request: "httpx.Request", *, stream: bool = False) -> "httpx.Response":
        """Send; once more when the connection broke: one from before the centre's restart does so at once.

        All that is sent may be sent twice: the centre knows it again by its id.
        """
        import httpx

        try:
            try:
                response = self._http.send(request, stream=stream)
            except (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError):
                response = self._http.send(request, stream=stream)
            if not response.is_success:
                response.read()
        except httpx.HTTPError as error:
            raise CentralUnreachable(f"{type(error).__name__}: {error}") from error
        self._note_clock(response)
        return response

    def _note_clock(self, response: "httpx.Response") -> None:
        try:
            theirs = parsedate_to_datetime(response.headers["date"])
        except (KeyError, ValueError):
            return
        self.clock_offset = (theirs - datetime.now(UTC)).total_seconds()


def _from(start: int, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Leave out what is before ``start``."""
    for piece in pieces:
        if rest := piece[start:]:
            yield rest
        start = max(0, start - len(piece))


def _require_taken(response: "httpx.Response") -> None:
    if response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR:
        raise CentralFailed("the centre failed on this request (500)")
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS or response.is_server_error:
        raise CentralUnreachable(f"the centre is busy ({response.status_code})", _retry_after(response))
    if not response.is_success:
        refusal = _decoded(response, Refusal)
        raise CentralRefused(refusal.code, refusal.message)


def _decoded(response: "httpx.Response", message: type[Answer]) -> Answer:
    try:
        return msgspec.json.decode(response.content, type=message)
    except msgspec.DecodeError as error:
        raise CentralUnreachable(f"something else answered ({response.status_code}): {error}") from error


def _retry_after(response: "httpx.Response") -> float | None:
    seconds = response.headers.get("retry-after", "")
    return float(seconds) if seconds.isdecimal() else None
