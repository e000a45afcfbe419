"""The addresses that kiosks know."""

from datetime import datetime
from typing import Literal

from msgspec import Struct
from sqlalchemy import Connection, Engine
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from central.api import cards, certificates, events, service_routes
from central.api.answers import as_json
from central.api.endpoint import described, enrolling, signed
from central.api.kiosks import Caller
from central.api.refusals import Refused
from central.card_keys import CardKeys
from central.signing import Issuer
from sync.protocol.documents import Certificate
from sync.protocol.messages import CardState, CardStateRequest, Delivery, DeliveryAnswer, IssueRequest

# A kiosk whose clock is further off would print wrong days. Its events are taken whatever their time.
LARGEST_SKEW_SECONDS = 24 * 3600


class Health(Struct):
    """The centre answers."""

    status: Literal["ok"] = "ok"


def routes(engine: Engine, issuer: Issuer, card_keys: CardKeys | None = None) -> list[Route]:
    """Return the kiosks' routes; without ``card_keys`` nothing can be proven to a card.

    What each takes and answers, ``openapi`` reads from these functions.
    """

    def receive_events(tx: Connection, caller: Caller, delivery: Delivery, at: datetime) -> DeliveryAnswer:
        """Take in events, each exactly once; none at all asks how far the centre is."""
        return events.receive(tx, caller, delivery, at)

    def issue_certificate(tx: Connection, caller: Caller, request: IssueRequest, at: datetime) -> Certificate:
        """Issue a certificate; the same request id always brings the same one."""
        if abs(caller.clock_skew) > LARGEST_SKEW_SECONDS:
            raise Refused("clock-off")
        return certificates.issue(tx, caller.kiosk_id, request, issuer, at)

    def card_state(tx: Connection, _caller: Caller, request: CardStateRequest, at: datetime) -> CardState:
        """Tell how the centre sees a card."""
        return cards.state(tx, request, at)

    return [
        Route("/v1/health", described(answer_health, health, signed=False)),
        Route("/v1/enrol", enrolling(engine), methods=["POST"]),
        Route("/v1/cards/state", signed(engine, CardStateRequest, card_state), methods=["POST"]),
        Route("/v1/events", signed(engine, Delivery, receive_events), methods=["POST"]),
        Route("/v1/certificates", signed(engine, IssueRequest, issue_certificate), methods=["POST"]),
        *service_routes.routes(engine, issuer, card_keys),
    ]


def health() -> Health:
    """Say that the centre answers; unsigned."""
    return Health()


def answer_health(_request: Request) -> Response:
    """Answer without waiting for anything."""
    return as_json(health())
