"""HTTP of one connection whose requests have to come in time: one that stops, or drips, holds nothing for long."""

import asyncio
from http import HTTPStatus
from typing import Any

import h11
import msgspec
import structlog
from uvicorn.protocols.http.h11_impl import H11Protocol

from central.access.limits import ConnectionLimiter
from central.store.refusals import RefusedError

SILENT_SECONDS = 25.0
"""From the connection until its first byte. Each kiosk keeps one on which nothing is sent, to notice that the centre
went, and asks when it ends: if that came much sooner, five thousand of them would ask for little else."""
HEAD_SECONDS = 5.0
"""From the first byte of a request until its head is whole."""
BODY_SECONDS, BYTES_A_SECOND = 10.0, 100_000
"""Then, until its body is: some seconds, and time for what has come at this pace."""
IN_HEAD, IN_BODY = h11.IDLE, h11.SEND_BODY
"""States of the other side in which it owes us a part of a request."""
SILENT = None
"""It has sent nothing yet."""

addresses = ConnectionLimiter()

log = structlog.get_logger(__name__)


class PunctualProtocol(H11Protocol):
    """Answers 408 to what does not come in time, if nothing was answered yet, and closes the connection."""

    _late_at: asyncio.TimerHandle | None = None
    _bytes = 0
    _state: Any = SILENT
    _since = 0.0

    # The base class is declared for all transports.
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request, not for ever; end the connection if the address has too many."""
        super().connection_made(transport)
        if not addresses.enter(self._address):
            transport.abort()
            return
        self._wait_for(SILENT)

    def data_received(self, data: bytes) -> None:
        """Take bytes, and note what is still to come."""
        self._bytes += len(data)
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """Go on with the next request."""
        super().on_response_complete()
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        addresses.leave(self._address)
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP as everything else is refused; nothing can be said in the middle of an answer."""
        self._stop_waiting()
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            self._answer(RefusedError("bad-request"))
        self.transport.close()

    @property
    def _address(self) -> str:
        return self.client[0] if self.client else ""

    def _look(self) -> None:
        state = self.conn.their_state
        if state is IN_HEAD and not self.conn.trailing_data[0]:
            self._stop_waiting()  # between two requests uvicorn itself waits, for some seconds
        elif state not in (IN_HEAD, IN_BODY):
            self._stop_waiting()
        elif state is not self._state or self._late_at is None:
            self._wait_for(state)

    def _wait_for(self, state: Any) -> None:
        self._stop_waiting()
        self._state, self._bytes, self._since = state, 0, self.loop.time()
        self._late_at = self.loop.call_at(self._end(), self._late)

    def _end(self) -> float:
        if self._state is SILENT:
            return self._since + SILENT_SECONDS
        if self._state is IN_HEAD:
            return self._since + HEAD_SECONDS
        return self._since + BODY_SECONDS + self._bytes / BYTES_A_SECOND

    def _stop_waiting(self) -> None:
        if self._late_at:
            self._late_at.cancel()
            self._late_at = None

    def _late(self) -> None:
        """Give up, unless what has come meanwhile bought more time."""
        if (end := self._end()) > self.loop.time():
            self._late_at = self.loop.call_at(end, self._late)
            return
        self._late_at = None
        if self.transport.is_closing():
            return
        if self._state is not SILENT:
            self._refuse()
        self.transport.close()

    def _refuse(self) -> None:
        log.warning("request_late", part="head" if self._state is IN_HEAD else "body", bytes=self._bytes)
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            self._answer(RefusedError("request-late"))

    def _answer(self, refusal: RefusedError) -> None:
        content = msgspec.json.encode(refusal.refusal)
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(content)).encode()),
            (b"connection", b"close"),
        ]
        reason = HTTPStatus(refusal.status).phrase.encode()
        for event in (
            h11.Response(status_code=refusal.status, headers=headers, reason=reason),
            h11.Data(data=content),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
