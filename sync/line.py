"""One request and its whole answer, within one deadline and one size; whatever goes wrong says if it was sent."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import httpcore

from sync.answers import Answer, AnswerLostError, CentralUnreachableError, Timeout
from sync.tls import Tls
from sync.wire import Deadline, Wires

NOT_SENT = (
    httpcore.ConnectError,
    httpcore.ConnectTimeout,
    httpcore.PoolTimeout,
    httpcore.UnsupportedProtocol,
    httpcore.LocalProtocolError,
)
BROKEN = (httpcore.ReadError, httpcore.WriteError, httpcore.RemoteProtocolError)
LOST = (*BROKEN, httpcore.ReadTimeout, httpcore.WriteTimeout)
IDLE_SECONDS = 15
"""For which a connection is kept: the next look whether the centre is there comes before, and needs no new one."""
SLOWEST = 1_000
"""Bytes a second: a file that comes more slowly is fetched another time, from where it was."""


class Line:
    """The way to the centre at ``url``. Any thread may use it."""

    def __init__(self, url: str, timeout: Timeout, agent: str, tls: Tls | None = None) -> None:
        self._url, self._timeout, self._tls = url.rstrip("/"), timeout, tls or Tls()
        # What is packed could unpack to anything.
        self._always = {"User-Agent": agent, "Accept": "*/*", "Accept-Encoding": "identity"}
        self._deadline = Deadline()
        self._wires = Wires(self._deadline, timeout.connect)

    @cached_property
    def _pool(self) -> httpcore.ConnectionPool:
        return httpcore.ConnectionPool(
            ssl_context=self._tls.context, keepalive_expiry=IDLE_SECONDS, network_backend=self._wires
        )

    def load(self) -> None:
        """Make ready for the first request; nothing is sent."""
        _ = self._pool

    def ask(
        self,
        method: str,
        path: str,
        headers: Callable[[], Mapping[str, str]],
        body: bytes = b"",
        *,
        most: int,
    ) -> Answer:
        """Send a request; return its answer of at most ``most`` bytes.

        Once more when the connection broke: one from before the centre's restart does so at once. All that is sent may
        be sent twice: the centre knows it again by its id. ``headers`` are made each time: no signature counts twice.

        :raises CentralUnreachableError: it was not sent. AnswerLostError: it was, and may have been heard.
        """
        self._deadline.begin(self._timeout.whole)
        try:
            return self._ask(method, path, headers(), body, most)
        except BROKEN:
            with _told(not_sent=AnswerLostError):
                return self._ask(method, path, headers(), body, most)
        except (*NOT_SENT, *LOST):
            with _told(not_sent=CentralUnreachableError):
                raise

    @contextmanager
    def stream(
        self, path: str, headers: Mapping[str, str], *, most: int
    ) -> Iterator[tuple[Answer, Iterator[bytes]]]:
        """Get ``path``; yield the answer's head and its body in pieces as they come, but not too slowly.

        An answer that is no success is whole in its head, of at most ``most`` bytes.

        :raises: as ``ask`` does, also while the pieces come.
        """
        self._deadline.begin(self._timeout.whole)
        with _told(not_sent=CentralUnreachableError), self._opened("GET", path, headers, b"") as response:
            head = _answer(response, headers)
            if not head.is_success:
                head = _answer(response, headers, _whole(response.iter_stream(), most))
            yield head, self._steadily(response.iter_stream())

    def cut(self) -> None:
        """End what is going on, from another thread or a signal's handler; nothing can be asked afterwards."""
        self._wires.cut()

    def close(self) -> None:
        """Close the connections."""
        if made := vars(self).pop("_pool", None):
            made.close()

    def _ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes, most: int) -> Answer:
        with self._opened(method, path, headers, body) as response:
            return _answer(response, headers, _whole(response.iter_stream(), most))

    def _opened(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Any:
        sent = {name.encode(): value.encode() for name, value in (self._always | dict(headers)).items()}
        self._tls.renew()
        waiting = {"timeout": {"pool": self._timeout.connect}}
        return self._pool.stream(
            method, self._url + path, headers=list(sent.items()), content=body, extensions=waiting
        )

    def _steadily(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the pieces; each buys time for the next. What happens between them costs nothing."""
        coming, seconds = iter(pieces), self._timeout.whole
        while True:
            began = time.monotonic()
            self._deadline.begin(seconds)
            if (piece := next(coming, None)) is None:
                return
            seconds += len(piece) / SLOWEST - (time.monotonic() - began)
            seconds = min(seconds, self._timeout.whole)
            yield piece


def _whole(pieces: Iterable[bytes], most: int) -> bytes:
    content = bytearray()
    for piece in pieces:
        content += piece
        if len(content) > most:
            raise httpcore.RemoteProtocolError(f"the answer has more than {most} bytes")
    return bytes(content)


def _answer(response: httpcore.Response, asked: Mapping[str, str], content: bytes = b"") -> Answer:
    return Answer(response.status, _headers(response.headers), content, asked.get("Signature", ""))


def _headers(pairs: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    found: dict[str, dict[str, None]] = {}
    for name, value in pairs:
        found.setdefault(name.decode("latin-1").lower(), {})[value.decode("latin-1")] = None
    return {name: ", ".join(values) for name, values in found.items()}


@contextmanager
def _told(not_sent: type[CentralUnreachableError]) -> Iterator[None]:
    """Say in our own errors what went wrong; ``not_sent`` for what did not leave."""
    try:
        yield
    except NOT_SENT as error:
        raise not_sent(f"{type(error).__name__}: {error}") from error
    except LOST as error:
        raise AnswerLostError(f"{type(error).__name__}: {error}") from error
