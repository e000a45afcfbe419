"""The one way in for kiosks: read, authenticate, do the work in one transaction, answer.

Nothing of what a request holds is logged here or told in an exception: it may be about a citizen.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, Engine
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from central.api.kiosks import Caller, authenticate
from central.api.refusals import Refused
from central.database import reading
from sync.protocol.messages import DELIVERY_BYTES

Message = TypeVar("Message")
Work = Callable[[Connection, Caller, Message, datetime], Any]
Reading = Callable[[Connection, Caller, Request, datetime], Response]


def signed(engine: Engine, message: type[Message], work: Work[Message]) -> Callable[[Request], Any]:
    """Make an endpoint of ``work``, which gets a transaction, the kiosk, its message and the time."""

    def answer(request: Request, body: bytes) -> Response:
        at = datetime.now(UTC)
        with engine.begin() as tx:
            caller = authenticate(tx, request.headers, request.method, request.url.path, body, at)
            return as_json(work(tx, caller, _decoded(body, message), at))

    return _endpoint(answer)


def asked(engine: Engine, work: Reading) -> Callable[[Request], Any]:
    """Make an endpoint of ``work``, which only reads: it keeps nobody from writing, and makes its own response."""

    def answer(request: Request, body: bytes) -> Response:
        at = datetime.now(UTC)
        with engine.begin() as tx:
            caller = authenticate(tx, request.headers, request.method, request.url.path, body, at)
        with reading(engine) as connection:
            return work(connection, caller, request, at)

    return _endpoint(answer)


def as_json(message: Any, status: int = 200) -> Response:
    """Return a response with a message."""
    return Response(msgspec.json.encode(message), status, media_type="application/json")


def _endpoint(answer: Callable[[Request, bytes], Response]) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        try:
            body = await _body(request)
            return await run_in_threadpool(answer, request, body)
        except Refused as refused:
            return as_json(refused.refusal, refused.status)
        except ClientDisconnect:  # half a request: the kiosk will repeat it
            return Response(status_code=400)

    return endpoint


def _decoded(body: bytes, message: type[Message]) -> Message:
    try:
        return msgspec.json.decode(body, type=message)
    except msgspec.DecodeError as error:
        raise Refused("bad-request") from error


async def _body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > DELIVERY_BYTES:
            raise Refused("too-large")
    return body
