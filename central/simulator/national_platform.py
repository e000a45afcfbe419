"""A simulated national platform: invented people's electronic cards, as their telephones show them.

POST ``/v1/e-cards/show`` with an ID number does what a telephone does: it returns a new code. ``/v1/e-cards/resolve``
is the interface that the centre uses. Everybody who asks is a stranger: what they send is read in bounds.
"""

import secrets
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from central.credentials.national_platform import LONGEST, RESOLVE, ECard, Fault, Token
from central.people.people import Person, demo_people
from sync.protocol.messages import IdNumber, clean_id_number

SHOW = "/v1/e-cards/show"
VALID = timedelta(seconds=60)
KEPT = timedelta(minutes=10)
"""How long it is known that a code was used, or expired; afterwards it is unknown."""
MOST_CODES = 10_000
STATUS = {"token-unknown": 404, "token-used": 409, "token-expired": 410}

Message = TypeVar("Message")


class PersonAsked(Struct, frozen=True):
    """Whose telephone it is."""

    id_number: IdNumber

    def __post_init__(self) -> None:
        clean_id_number(self)

    def __repr__(self) -> str:
        return "PersonAsked()"


class Code(Struct, frozen=True):
    """What the telephone shows, until when."""

    token: str
    expires_at: datetime

    def __repr__(self) -> str:
        return f"Code({self.expires_at})"


class Issued(Struct):
    """A code that was shown: whose, until when, and whether it was resolved."""

    holder: ECard
    expires_at: datetime
    used: bool = False


class SimulatedPlatform:
    """Codes of the electronic cards of ``people``."""

    def __init__(
        self,
        people: Iterable[Person] = (),
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        of = people or demo_people()
        self._cards = {each.id_number: ECard(each.id_number, each.name, each.card_number) for each in of}
        self._issued: dict[str, Issued] = {}
        self._clock = clock
        self._lock = threading.Lock()

    def show(self, id_number: str) -> Code | None:
        """Return a new code of a person, or None for somebody who has no electronic card."""
        holder = self._cards.get(id_number)
        if holder is None:
            return None
        code = Code(secrets.token_urlsafe(48), self._clock() + VALID)
        with self._lock:
            self._forget()
            self._issued[code.token] = Issued(holder, code.expires_at)
        return code

    def resolve(self, token: str) -> ECard | Fault:
        """Return whose code it is, once within a minute."""
        with self._lock:
            issued = self._issued.get(token)
            if issued is None:
                return Fault("token-unknown")
            if issued.used:
                return Fault("token-used")
            if self._clock() >= issued.expires_at:
                return Fault("token-expired")
            issued.used = True
            return issued.holder

    def _forget(self) -> None:
        """Forget the oldest codes, which come first."""
        old = self._clock() - KEPT
        while self._issued:
            first = next(iter(self._issued))
            if len(self._issued) < MOST_CODES and self._issued[first].expires_at > old:
                return
            del self._issued[first]


def application(platform: SimulatedPlatform) -> Starlette:
    """Return the platform as a web application."""

    async def show(request: Request) -> Response:
        asked = await _read(request, PersonAsked)
        if asked is None:
            return Response(status_code=400)
        code = platform.show(asked.id_number)
        return _json(code) if code else Response(status_code=404)

    async def resolve(request: Request) -> Response:
        asked = await _read(request, Token)
        if asked is None:
            return Response(status_code=400)
        found = platform.resolve(asked.token)
        return _json(found, STATUS[found.code]) if isinstance(found, Fault) else _json(found)

    return Starlette(routes=[Route(SHOW, show, methods=["POST"]), Route(RESOLVE, resolve, methods=["POST"])])


async def _read(request: Request, kind: type[Message]) -> Message | None:
    """Return what was sent, or None where it is too long or something else."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LONGEST:
            return None
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _json(message: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(message), status, media_type="application/json")
