"""The addresses that kiosks know."""

from datetime import datetime
from typing import Literal

import structlog
from msgspec import Struct
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from central.access.answers import as_json
from central.access.endpoint import described, enrolling, looking, signed
from central.access.kiosks import Caller
from central.access.lanes import Lanes
from central.cards import cards
from central.cards.card_keys import CardKeys
from central.certificates import issuing as certificates
from central.certificates.signing import Issuer
from central.events import events
from central.program import service_routes
from central.program.event_handlers import HANDLERS
from central.store.refusals import RefusedError
from central.store.schema import SchemaError, require_current
from sync.protocol.cards import CardState, CardStateRequest
from sync.protocol.certificates import IssueRequest
from sync.protocol.documents import Certificate
from sync.protocol.messages import Delivery, DeliveryAnswer

# A kiosk whose clock is further off would print wrong days. Its events are taken whatever their time.
LARGEST_SKEW_SECONDS = 24 * 3600
RETRY_AFTER = 10
"""Seconds: how soon somebody may have brought the tables up to date."""


log = structlog.get_logger(__name__)


class Health(Struct):
    """The centre answers."""

    status: Literal["ok"] = "ok"


class Readiness(Struct):
    """The centre and its database can do their work."""

    status: Literal["ready"] = "ready"


def routes(lanes: Lanes, issuer: Issuer, card_keys: CardKeys | None = None) -> list[Route]:
    """Return the kiosks' routes; without ``card_keys`` nothing can be proven to a card.

    What each takes and answers, ``openapi`` reads from these functions.
    """

    def receive_events(tx: Connection, caller: Caller, delivery: Delivery, at: datetime) -> DeliveryAnswer:
        """Accept events, each exactly once; an empty delivery returns how far the centre is."""
        return events.receive(tx, caller, delivery, at, HANDLERS)

    def issue_certificate(tx: Connection, caller: Caller, request: IssueRequest, at: datetime) -> Certificate:
        """Issue a certificate; the same request id always brings the same one."""
        if abs(caller.clock_skew) > LARGEST_SKEW_SECONDS:
            raise RefusedError("clock-off")
        return certificates.issue(tx, caller.kiosk_id, request, issuer, at)

    def card_state(tx: Connection, _caller: Caller, request: CardStateRequest, at: datetime) -> CardState:
        """Tell how the centre sees a card."""
        return cards.state(tx, request, at)

    return [
        Route("/v1/health", described(answer_health, health, signed=False)),
        Route("/v1/ready", looking(lanes.looks, readiness)),
        Route("/v1/enrol", enrolling(lanes.services), methods=["POST"]),
        Route("/v1/cards/state", signed(lanes.services, CardStateRequest, card_state), methods=["POST"]),
        Route("/v1/events", signed(lanes.events, Delivery, receive_events), methods=["POST"]),
        Route("/v1/certificates", signed(lanes.services, IssueRequest, issue_certificate), methods=["POST"]),
        *service_routes.routes(lanes.services, issuer, card_keys),
    ]


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


def answer_health(_request: Request) -> Response:
    """Answer without waiting for anything."""
    return as_json(health())
