"""The addresses that kiosks know."""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Literal

import structlog
from msgspec import Struct
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

import central
from central.access.answering import Answering, answered
from central.access.answers import as_json
from central.access.endpoint import ANSWERING, described, looking
from central.access.lanes import Lanes
from central.access.visits import VisitLimits
from central.cards.card_keys import CardKeys
from central.certificates.signing import Issuer
from central.credentials.national_platform import NationalPlatform
from central.feeds.publisher import Publisher
from central.program.event_handlers import HANDLERS
from central.store.refusals import RefusedError
from central.store.schema import SchemaError, require_current

NO_ROOMS = ("central.program", "central.migrations")
"""Folders that answer nothing."""
RETRY_AFTER = 10
"""Seconds: how soon somebody may have brought the tables up to date."""


log = structlog.get_logger(__name__)


class Health(Struct):
    """The centre answers."""

    status: Literal["ok"] = "ok"


class Readiness(Struct):
    """The centre and its database can do their work."""

    status: Literal["ready"] = "ready"


def routes(
    lanes: Lanes,
    issuer: Issuer,
    card_keys: CardKeys | None,
    publisher: Publisher,
    visit_limits: VisitLimits,
    national_platform: NationalPlatform,
) -> list[Route]:
    """Return the kiosks' routes; without ``card_keys`` nothing can be proven to a card.

    What each takes and answers, ``openapi`` reads from its endpoint.
    """
    tools = {
        "issuer": issuer,
        "card_keys": card_keys,
        "handlers": HANDLERS,
        "publisher": publisher,
        "visit_limits": visit_limits,
        "national_platform": national_platform,
    }
    return [
        Route("/v1/health", described(answer_health, health, signed=False)),
        Route("/v1/ready", looking(lanes.looks, readiness)),
        *(_route(lanes, answering, tools) for answering in answerings()),
    ]


def answerings() -> tuple[Answering, ...]:
    """Return what every room answers."""
    for room in iter_modules(central.__path__, f"{central.__name__}."):
        if room.ispkg and room.name not in NO_ROOMS:
            for module in iter_modules(import_module(room.name).__path__, f"{room.name}."):
                import_module(module.name)
    return answered()


def _route(lanes: Lanes, answering: Answering, tools: Mapping[str, Any]) -> Route:
    call, lane = answering.call, getattr(lanes, answering.lane)
    endpoint = ANSWERING[call.signer](lane, call, answering.with_tools(tools))
    return Route(call.path, endpoint, methods=["POST"])


def health() -> Health:
    """Say that the centre answers; unsigned."""
    return Health()


def readiness(connection: Connection) -> Readiness:
    """Say that the database answers and has the tables that this program needs; unsigned. Else 503."""
    try:
        require_current(connection)
    except SchemaError as error:
        log.error("not_ready", reason=str(error))
        raise RefusedError("not-ready", retry_after=RETRY_AFTER) from error
    return Readiness()


async def answer_health(_request: Request) -> Response:
    """Answer without waiting for anything."""
    return as_json(health())
