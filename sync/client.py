"""The kiosk's side of the talk with the centre: short, signed, and over in seconds whatever happens."""

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import TypeVar

import httpx
import msgspec

from sync.identity import Identity
from sync.protocol.documents import Certificate
from sync.protocol.messages import (
    CardState,
    CardStateRequest,
    Delivery,
    DeliveryAnswer,
    Event,
    IssueRequest,
    Refusal,
)

# A citizen stands before the screen: better a clear "no" than a long "perhaps".
TIMEOUT = httpx.Timeout(connect=2, read=8, write=8, pool=2)
CARD_STATE = "/v1/cards/state"
CERTIFICATES = "/v1/certificates"
EVENTS = "/v1/events"
HEALTH = "/v1/health"

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

    ``clock_offset`` is how many seconds the centre's clock was ahead of ours at its last answer, else None.
    """

    def __init__(self, url: str, identity: Identity, *, timeout: httpx.Timeout = TIMEOUT) -> None:
        self._url, self._timeout = url, timeout
        self._identity = identity
        self.clock_offset: float | None = None

    @cached_property
    def _http(self) -> httpx.Client:
        # Made at the first use: reading all trusted certificates takes as long as drawing a page.
        return httpx.Client(base_url=self._url, timeout=self._timeout, trust_env=False)

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

    def deliver(self, install_epoch: str, events: Sequence[Event], acknowledged: int = 0) -> DeliveryAnswer:
        """Hand over events; none at all asks how far the centre is.

        It takes none while it holds fewer than ``acknowledged``.

        :raises CentralRefused: it did not take the request; CentralUnreachable: it may or may not have.
        """
        return self._post(EVENTS, Delivery(install_epoch, events, acknowledged), DeliveryAnswer)

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
        if response.status_code == httpx.codes.INTERNAL_SERVER_ERROR:
            raise CentralFailed("the centre failed on this request (500)")
        if response.status_code == httpx.codes.TOO_MANY_REQUESTS or response.is_server_error:
            raise CentralUnreachable(f"the centre is busy ({response.status_code})", _retry_after(response))
        if response.is_success:
            return _decoded(response, answer)
        refusal = _decoded(response, Refusal)
        raise CentralRefused(refusal.code, refusal.message)

    def _send(self, request: httpx.Request) -> httpx.Response:
        """Send; once more when the connection broke: one from before the centre's restart does so at once.

        All that is sent may be sent twice: the centre knows it again by its id.
        """
        try:
            try:
                response = self._http.send(request)
            except (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError):
                response = self._http.send(request)
        except httpx.HTTPError as error:
            raise CentralUnreachable(f"{type(error).__name__}: {error}") from error
        self._note_clock(response)
        return response

    def _note_clock(self, response: httpx.Response) -> None:
        try:
            theirs = parsedate_to_datetime(response.headers["date"])
        except (KeyError, ValueError):
            return
        self.clock_offset = (theirs - datetime.now(UTC)).total_seconds()


def _decoded(response: httpx.Response, message: type[Answer]) -> Answer:
    try:
        return msgspec.json.decode(response.content, type=message)
    except msgspec.DecodeError as error:
        raise CentralUnreachable(f"something else answered ({response.status_code}): {error}") from error


def _retry_after(response: httpx.Response) -> float | None:
    seconds = response.headers.get("retry-after", "")
    return float(seconds) if seconds.isdecimal() else None
