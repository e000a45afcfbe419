"""The one way in for kiosks: read, authenticate, do the work in one transaction, answer.

Nothing of what a request holds is logged here or told in an exception: it may be about a citizen.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar, get_type_hints

import msgspec
import structlog
from msgspec import Struct, field
from sqlalchemy import Connection
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from central.access import bodies
from central.access.answering import only_declared_refusals
from central.access.answers import as_json, refused
from central.access.kiosks import (
    Caller,
    applicant,
    authenticate,
    checked,
    record_contacts,
    signed_by,
)
from central.access.lanes import Lane
from central.access.limits import RateLimiter
from central.access.nesting import without_events
from central.access.nonces import spend
from central.access.proofs import admit
from central.access.proxy import PROXIES, address_of, said_by_proxy
from central.access.roll_call import RollCall
from central.access.visits import VisitLimits
from central.store.database import reading
from central.store.refusals import RefusedError
from central.store.transactions import committed
from sync.protocol.call import Call, Signer
from sync.protocol.decoding import UnreadableError, decoded
from sync.protocol.messages import Delivery
from sync.protocol.signature import Target, authority

log = structlog.get_logger(__name__)
STRANGERS = ("signature-wrong", "invitation-wrong", "upgrade-required")
"""What is said to those who are no kiosk of ours."""
GUESS_SECONDS = 0.25
"""How soon a stranger's guess is answered: to look for a kiosk or an invitation takes longer when there is one."""
NOTHING_ELSE: Mapping[int, str] = {}
Message = TypeVar("Message")
Prepared = TypeVar("Prepared")
Reading = Callable[[Prepared, Caller, Request, datetime], Awaitable[Response]]
Answering = Callable[[Request, bytes], Awaitable[Response]]
Endpoint = Callable[[Request], Any]


class RequestGuards(Struct, frozen=True):
    """What every request has to pass, beside its signature; the application keeps it as ``state.door``.

    ``certificate_header`` is where a proxy that we trust says which TLS client certificate it checked. ``authorities``
    are what kiosks know the centre by, as they sign it; without any, whatever a request says. ``visit_limits`` are for
    calls about a person. ``strangers`` are the addresses from which requests came that nobody we know has signed.
    """

    certificate_header: str | None = None
    authorities: frozenset[str] = frozenset()
    visit_limits: VisitLimits = VisitLimits()
    kiosks: RateLimiter = field(default_factory=RateLimiter)
    unenrolled: RateLimiter = field(default_factory=lambda: RateLimiter(per_second=5, burst=50))
    strangers: RateLimiter = field(default_factory=lambda: RateLimiter(per_second=0.5, burst=20))


class Contract(Struct, frozen=True):
    """What an endpoint takes and answers, for the description of the interface.

    ``answer`` is the type of the JSON in the answer, or what kind of file (media type) it is. ``also`` are other
    ways to answer, by their status, ``refusals`` the codes of a call's own.
    """

    summary: str
    message: Any
    answer: Any
    signed: bool
    also: Mapping[int, str] = {}
    refusals: tuple[str, ...] = ()


def answering(lane: Lane, call: Call[Any, Any], work: Callable[..., Any]) -> Endpoint:
    """Make the endpoint of a call, in a transaction of its own."""

    def answer(request: Request, body: bytes) -> Response:
        at = datetime.now(UTC)

        def decide(tx: Connection) -> Response:
            caller = _admitted(tx, request, body, at, timeless=call.timeless, turn=lane.name)
            if not call.timeless:
                spend(tx, caller)
            if caller.needs_update:
                record_contacts(tx, [caller], at)
            message = _decoded(body, call.request)
            limits = request.app.state.door.visit_limits
            try:
                with only_declared_refusals(call):
                    caller = admit(tx, caller, call, message, at, limits)
                    return as_json(work(tx, caller, message, at))
            except RefusedError as refusal:
                if not refusal.keeps:
                    raise
                return refused(refusal)

        return committed(lane.engine, decide)

    return _calling(lane, call, answer)


def answering_applicants(lane: Lane, call: Call[Any, Any], work: Callable[..., Any]) -> Endpoint:
    """Make the endpoint of a call that submits the key that it is signed with; ``work`` gets the engine."""

    def answer(request: Request, body: bytes) -> Response:
        request.app.state.door.unenrolled.take("")
        message = _decoded(body, call.request)
        key = message.algorithm, message.public_key
        kiosk_id = applicant(request.headers, _target(request), body, *key)
        with only_declared_refusals(call):
            return as_json(work(lane.engine, kiosk_id, message, datetime.now(UTC)))

    return _calling(lane, call, answer)


ANSWERING = {Signer.KIOSK: answering, Signer.SUBMITTED: answering_applicants}


def _calling(lane: Lane, call: Call[Any, Any], answer: Callable[[Request, bytes], Response]) -> Endpoint:
    contract = Contract(call.summary, call.request, call.answer, signed=True, refusals=call.refused_with)
    return _noted(_endpoint(partial(lane.run, answer)), contract)


def read_endpoint(
    roll_call: RollCall[Prepared],
    work: Reading[Prepared],
    contains: Any,
    also: Mapping[int, str] = NOTHING_ELSE,
    *,
    as_of_now: bool = False,
) -> Endpoint:
    """Make an endpoint that only reads: ``work`` makes the response of what the roll call has prepared.

    :param contains: what the response holds, and ``also`` what else may be answered: see ``Contract``.
    :param as_of_now: what was prepared a moment ago will not do.
    """
    look_up = roll_call.look_up if as_of_now else roll_call.known

    async def answer(request: Request, body: bytes) -> Response:
        at, door = datetime.now(UTC), request.app.state.door
        signed = signed_by(request.headers, _target(request), body)
        found = await look_up(signed.kiosk_id)
        row = found.kiosks.get(signed.kiosk_id)
        caller = checked(row, signed, request.headers, at, _certificate(request))
        door.kiosks.take(caller.kiosk_id)
        if caller.needs_update:
            roll_call.record(caller)
        return await work(found.prepared, caller, request, at)

    return described(_endpoint(answer), work, contains=contains, also=also)


def _admitted(
    connection: Connection,
    request: Request,
    body: bytes,
    at: datetime,
    *,
    timeless: bool = False,
    turn: str | None = None,
) -> Caller:
    door: RequestGuards = request.app.state.door
    caller = authenticate(
        connection,
        request.headers,
        _target(request),
        body,
        at,
        _certificate(request),
        timeless=timeless,
        turn=turn,
    )
    door.kiosks.take(caller.kiosk_id)
    return caller


def _target(request: Request) -> Target:
    """Return what was asked as it came: a proxy before us must hand on host and address unchanged."""
    host = authority(request.headers.get("host", ""))
    if (ours := request.app.state.door.authorities) and host not in ours:
        raise RefusedError("signature-wrong")
    path, query = (request.scope[part].decode("latin-1") for part in ("raw_path", "query_string"))
    return Target(request.method, host, path, f"?{query}")


def _certificate(request: Request) -> str | None:
    """Return the client certificate that the proxy has checked, as it says it; None where none does."""
    header = request.app.state.door.certificate_header
    return said_by_proxy(request, header) if header else None


def looking(lane: Lane, work: Callable[[Connection], Any]) -> Endpoint:
    """Make an endpoint of ``work``, which anybody may ask for and which looks at the database."""

    def answer(_request: Request, _body: bytes) -> Response:
        with reading(lane.engine) as connection:
            return as_json(work(connection))

    return described(_endpoint(partial(lane.run, answer)), work, signed=False)


def described(
    endpoint: Endpoint,
    work: Callable[..., Any],
    *,
    signed: bool = True,
    contains: Any = None,
    also: Mapping[int, str] = NOTHING_ELSE,
) -> Endpoint:
    """Note at an endpoint what ``work`` says of itself: its first line, its answer.

    :param contains: what is answered, where ``work`` makes the response itself.
    """
    summary = (work.__doc__ or work.__name__.replace("_", " ")).strip().splitlines()[0]
    answer = contains or get_type_hints(work)["return"]
    return _noted(endpoint, Contract(summary, None, answer, signed, also))


def _noted(endpoint: Endpoint, contract: Contract) -> Endpoint:
    endpoint.contract = contract  # type: ignore[attr-defined]  # a function takes attributes, its type does not say so
    return endpoint


def contract_of(route: Route) -> Contract:
    """Return what was noted at a route's endpoint."""
    contract: Contract = route.endpoint.contract  # type: ignore[attr-defined]  # noted at it by _noted
    return contract


def _endpoint(answer: Answering) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        began = time.monotonic()
        try:
            body = await bodies.whole(request)
            _require_few_failures(request)
            return await answer(request, body)
        except RefusedError as refusal:
            return await _said_no(request, refusal, began)
        except ClientDisconnect:  # half a request: the kiosk will repeat it
            return Response(status_code=400)

    return endpoint


def _require_few_failures(request: Request) -> None:
    """Continue unless too many requests from there were signed by nobody that we know.

    :raises Refused: they were; the same for a kiosk that we know, so that this tells nothing.
    """
    if (address := address_of(request)) not in PROXIES:
        request.app.state.door.strangers.look(address)


async def _said_no(request: Request, refusal: RefusedError, began: float) -> Response:
    """Return the refusal; a stranger's is counted, and comes when its time does not tell what was found."""
    if refusal.code in STRANGERS:
        if (address := address_of(request)) not in PROXIES:
            with suppress(RefusedError):
                request.app.state.door.strangers.take(address)
        if "signature-input" in request.headers:  # else nothing was looked for
            await asyncio.sleep(began + GUESS_SECONDS - time.monotonic())
    return refused(refusal)


def _decoded(body: bytes, message: type[Message]) -> Message:
    try:
        return decoded(body, message)
    except UnreadableError as error:
        if message is Delivery:
            return _spoilt_delivery(body)  # type: ignore[return-value]  # Message is Delivery here
        raise RefusedError("bad-request") from error


def _spoilt_delivery(body: bytes) -> Delivery:
    """Return a delivery with an event that is too deep to be decoded, or no JSON: it must not spoil the others."""
    rest, events = without_events(body)
    try:
        return msgspec.structs.replace(decoded(rest, Delivery), events=[msgspec.Raw(each) for each in events])
    except UnreadableError as error:
        raise RefusedError("bad-request") from error
