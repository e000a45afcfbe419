"""The national platform, which alone knows whose electronic social security card a code is.

POST ``{url}/v1/e-cards/resolve`` with a ``Token`` is answered with 200 and an ``ECard``, or with another status and a
``Fault``. Whatever else comes, late or too long, is as if it were away.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from typing import Annotated, Literal, Protocol

import httpcore
import msgspec
import structlog
from msgspec import Meta, Struct

from central.store.refusals import RefusedError
from sync.protocol.cards import CardNumber
from sync.protocol.messages import IdNumber, Word, clean_id_number

RESOLVE = "/v1/e-cards/resolve"
SECONDS = 3.0
"""From the question to the last byte of the answer."""
LONGEST = 10_000
"""Bytes of an answer."""
AWAY = (OSError, TimeoutError, httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException)
OK = 200
JSON = ("Content-Type", "application/json")

log = structlog.get_logger(__name__)


class Token(Struct, frozen=True):
    """What is asked about. It is a secret."""

    token: Annotated[str, Meta(max_length=512)]

    def __repr__(self) -> str:
        return "Token()"


class ECard(Struct, frozen=True):
    """An electronic card: whose it is, and which physical card it belongs to."""

    id_number: IdNumber
    name: Word
    card_number: CardNumber

    def __post_init__(self) -> None:
        clean_id_number(self)

    def __repr__(self) -> str:
        return "ECard()"


class Fault(Struct, frozen=True):
    """Why there is no answer."""

    code: Literal["token-unknown", "token-used", "token-expired"]


class NationalPlatform(Protocol):
    """What resolves electronic cards."""

    def resolve(self, token: str) -> ECard:
        """Return whose electronic card a code is; it is used up by that.

        :raises Refused: it is none, was used or is too old; or the platform is away.
        """


class NoPlatform:
    """For a centre that was told of none."""

    def resolve(self, token: str) -> ECard:
        """Resolve nothing."""
        log.warning("national_platform_missing", advice="kiosk-central serve --national-platform URL")
        raise RefusedError("platform-away")


class HttpPlatform:
    """The platform at ``url``, over TLS or on this very machine."""

    def __init__(self, url: str, seconds: float = SECONDS, tls: ssl.SSLContext | None = None) -> None:
        self._url, self._seconds, self._tls = url.rstrip("/") + RESOLVE, seconds, tls

    def resolve(self, token: str) -> ECard:
        """Ask, once: a question that is repeated would find the code used."""
        try:
            status, content = asyncio.run(self._answer(msgspec.json.encode(Token(token))))
            if status == OK:
                return msgspec.json.decode(content, type=ECard)
            fault = msgspec.json.decode(content, type=Fault)
        except (*AWAY, msgspec.DecodeError) as error:
            log.warning("national_platform_away", error=type(error).__name__)
            raise RefusedError("platform-away") from None  # the error may quote what it was about
        raise RefusedError(fault.code)

    async def _answer(self, body: bytes) -> tuple[int, bytes]:
        async with (
            asyncio.timeout(self._seconds),
            httpcore.AsyncConnectionPool(self._tls) as pool,
            pool.stream("POST", self._url, headers=[JSON], content=body) as answer,
        ):
            return answer.status, await _bounded(answer.aiter_stream())


async def _bounded(parts: AsyncIterator[bytes]) -> bytes:
    """Return the whole, if it is not too long.

    :raises OSError: it is.
    """
    whole = bytearray()
    async for part in parts:
        whole += part
        if len(whole) > LONGEST:
            raise OSError("the answer is too long")
    return bytes(whole)


def open_platform(url: str | None) -> NationalPlatform:
    """Return the platform at ``url``; without one, no electronic card can be resolved."""
    return HttpPlatform(url) if url else NoPlatform()
