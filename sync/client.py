"""Kiosk HTTP client for the centre: short, signed requests that end within seconds."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from http import HTTPStatus
from types import UnionType
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
from sync.centre_clock import CentreClock
from sync.identity import Identity
from sync.keys.places import KeyUnusableHereError
from sync.protocol.call import Call, Request
from sync.protocol.decoding import UnreadableError, decoded
from sync.protocol.deliveries import DELIVER_EVENTS
from sync.protocol.enrolment import ENROL, EnrolmentAnswer, EnrolmentRequest
from sync.protocol.messages import HIGHEST, DeliveryAnswer, Event, Heads, Seal
from sync.protocol.refusals import Refusal, details_of

if TYPE_CHECKING:
    from sync.line import Line
    from sync.tls import Tls

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
NOT_BEGUN = frozenset({"busy", "too-often"})
"""Refusals of a centre that has too much to do: it has not looked at the request."""
NOT_ANSWERED = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)
"""Of the line, or of the hour, and not of what was asked."""
CLOCK_OFF = "clock-off"
HEALTH = "/v1/health"

Answered = TypeVar("Answered")


class CentralClient:
    """The centre at ``url``, as one kiosk sees it. Any thread may use it.

    ``version`` is the software's, for the centre's list of kiosks. ``tls`` is whom it trusts and how it shows itself;
    without it, the public CAs are trusted.
    ``unanswered`` says that what was asked last brought no answer at all.
    """

    def __init__(
        self,
        url: str,
        identity: Identity,
        *,
        timeout: Timeout = TIMEOUT,
        version: str = "",
        tls: "Tls | None" = None,
    ) -> None:
        self._url, self._timeout, self._version, self._tls = url.rstrip("/"), timeout, version, tls
        self._identity = identity
        self._clock = CentreClock(url)
        self.unanswered = False

    @cached_property
    def _line(self) -> "Line":
        # Made on first use: loading it, and all trusted certificates, takes as long as drawing a page.
        from sync.line import Line

        return Line(self._url, self._timeout, f"branch-kiosk/{self._version}", self._tls)

    @property
    def clock_offset(self) -> float | None:
        """How many seconds the centre's clock is ahead of ours, or None while that is not known."""
        return self._clock.offset

    def load(self) -> None:
        """Make ready for the first request, so that nobody waits for that; nothing is sent."""
        self._line.load()

    def call(self, call: Call[Request, Answered], request: Request) -> Answered:
        """Return the centre's answer to ``request``. The same ``request_id`` brings the same answer.

        :raises CentralRefusedError: it says no; CentralUnreachableError: nothing was done there; AnswerLostError:
            perhaps it was, and the same request again brings the answer.
        """
        try:
            return self._signed_for_now(lambda: self._post(call, request))
        except AnswerLostError as lost:
            if not call.safe:
                raise
            raise CentralUnreachableError(str(lost), lost.retry_after) from lost

    def deliver(
        self,
        install_epoch: str,
        events: Sequence[Event],
        acknowledged: int = 0,
        sent: int = HIGHEST,
        heads: Heads | None = None,
    ) -> DeliveryAnswer:
        """Hand over events under the kiosk's seal; none at all asks how far the centre is.

        It takes none while it holds fewer than ``acknowledged``, or one with a number beyond ``sent``.

        :param heads: how far the kiosk's history is, and what the kiosk holds of the centre's.
        :raises: as ``call`` does.
        """
        with _key_in_hand():
            sealed = self._identity.seal(install_epoch, events)
        about = {"acknowledged": acknowledged, "sent": sent, "heads": heads}
        return self.call(DELIVER_EVENTS, msgspec.structs.replace(sealed, **about))

    def seal(self, text: bytes) -> Seal:
        """Return the seal of the kiosk's key over ``text``.

        :raises CentralUnreachableError: the key cannot be used now.
        """
        with _key_in_hand():
            return self._identity.seal_text(text)

    def enrol(self, code: str, region: str | None = None) -> EnrolmentAnswer:
        """Request enrolment of the kiosk's key with the code that `kiosk-central invite` printed; may be repeated.

        :param region: where the kiosk stands.
        :raises: as ``call`` does.
        """
        key = self._identity.public_key, self._identity.algorithm
        return self.call(ENROL, EnrolmentRequest(code, *key, region))

    def read(self, path: str, unless: str = "") -> Answer:
        """Get ``path``; if it is still what the entity tag ``unless`` names, the answer is 304 and empty.

        :raises CentralRefusedError: it is unavailable; CentralUnreachableError: retry or give up.
        """
        return self._signed_for_now(lambda: self._read(path, unless))

    @contextmanager
    def stream(self, path: str, start: int) -> Iterator[Iterator[bytes]]:
        """Get ``path`` from its byte ``start`` on, in pieces as they come.

        :raises CentralRefusedError: it is unavailable; CentralUnreachableError: also when the line is cut in between.
        """
        sent = time.monotonic()
        with _key_in_hand():
            headers = {"Range": f"bytes={start}-"} | self._sign_read(path)
        with self._line.stream(path, headers, most=ANSWER_BYTES) as (head, pieces):
            self._clock.learn(head.headers, sent)
            _require_taken(head)
            whole = head.status_code != HTTPStatus.PARTIAL_CONTENT
            yield _from(start if whole else 0, pieces)

    def reachable(self) -> bool:
        """Return whether the centre answers at all."""
        try:
            return self._line.ask("GET", HEALTH, dict, most=ANSWER_BYTES).is_success
        except CentralUnreachableError:
            return False

    def cut(self) -> None:
        """End what is going on, from another thread or a signal's handler; nothing can be asked afterwards."""
        self._line.cut()

    def close(self) -> None:
        """Close the connections."""
        if made := vars(self).pop("_line", None):
            made.close()

    def _signed_for_now(self, ask: Callable[[], Answered]) -> Answered:
        """Ask; when the centre finds the request's date wrong, once more, by the time that its refusal told."""
        try:
            with _key_in_hand():
                return ask()
        except CentralRefusedError as refusal:
            if refusal.code != CLOCK_OFF:
                raise
        with _key_in_hand():
            return ask()

    def _read(self, path: str, unless: str) -> Answer:
        conditions = {"If-None-Match": unless} if unless else {}
        answer = self._ask("GET", path, lambda: self._sign_read(path) | conditions, most=PAGE_BYTES)
        if answer.status_code != HTTPStatus.NOT_MODIFIED:
            _require_taken(answer)
        return answer

    def _post(self, call: Call[Request, Answered], request: Request) -> Answered:
        body = msgspec.json.encode(request)

        def headers() -> Mapping[str, str]:
            # What counts whatever its date tells the centre how the machine's own clock goes.
            at = None if call.timeless else self._clock.now()
            return {"Content-Type": "application/json"} | self._identity.sign("POST", url, body, at)

        url = self._url + call.path
        given = self._ask("POST", call.path, headers, body, most=ANSWER_BYTES)
        _require_taken(given)
        return _message(given, call.answer)

    def _sign_read(self, path: str) -> dict[str, str]:
        return self._identity.sign("GET", self._url + path, b"", self._clock.now())

    def _ask(
        self,
        method: str,
        path: str,
        headers: Callable[[], Mapping[str, str]],
        body: bytes = b"",
        *,
        most: int,
    ) -> Answer:
        self.unanswered, sent = True, time.monotonic()
        answer = self._line.ask(method, path, headers, body, most=most)
        self._clock.learn(answer.headers, sent)
        self.unanswered = False
        return answer


@contextmanager
def _key_in_hand() -> Iterator[None]:
    """Take a key that cannot be used now for a centre that cannot be asked: nothing was done there."""
    try:
        yield
    except KeyUnusableHereError as error:
        raise CentralUnreachableError(f"the kiosk's own key cannot be used: {error}") from error


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
    raise CentralRefusedError(refusal.code, refusal.message, details_of(refusal))


def _message(answer: Answer, message: type[Answered] | UnionType) -> Answered:
    try:
        return decoded(answer.content, message)
    except UnreadableError as error:
        found = f"something else answered ({answer.status_code}): {error}"
        raise AnswerLostError(found, _retry_after(answer)) from error


def _retry_after(answer: Answer) -> float | None:
    seconds = answer.headers.get("retry-after", "")
    return min(float(seconds), LONGEST_ASKED_FOR) if seconds.isdecimal() else None
