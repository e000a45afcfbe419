"""The addresses that kiosks know."""

from datetime import datetime

from sqlalchemy import Connection, Engine
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from central.api import cards, certificates, events, service_routes
from central.api.endpoint import as_json, signed
from central.api.kiosks import Caller
from central.api.refusals import Refused
from central.card_keys import CardKeys
from central.signing import Issuer
from sync.protocol.documents import Certificate
from sync.protocol.messages import CardState, CardStateRequest, DeliveryAnswer, IssueRequest

# A kiosk whose clock is further off would print wrong days. Its events are taken whatever their time.
LARGEST_SKEW_SECONDS = 24 * 3600


def routes(engine: Engine, issuer: Issuer, card_keys: CardKeys | None = None) -> list[Route]:
    """Return the kiosks' routes; without ``card_keys`` nothing can be proven to a card."""

    def receive_events(
        tx: Connection, caller: Caller, envelope: events.Envelope, at: datetime
    ) -> DeliveryAnswer:
        return events.receive(tx, caller.kiosk_id, envelope, at)

    def issue_certificate(tx: Connection, caller: Caller, request: IssueRequest, at: datetime) -> Certificate:
        if abs(caller.clock_skew) > LARGEST_SKEW_SECONDS:
            raise Refused("clock-off")
        return certificates.issue(tx, caller.kiosk_id, request, issuer, at)

    def card_state(tx: Connection, _caller: Caller, request: CardStateRequest, at: datetime) -> CardState:
        return cards.state(tx, request, at)

    return [
        Route("/v1/health", health),
        Route("/v1/cards/state", signed(engine, CardStateRequest, card_state), methods=["POST"]),
        Route("/v1/events", signed(engine, events.Envelope, receive_events), methods=["POST"]),
        Route("/v1/certificates", signed(engine, IssueRequest, issue_certificate), methods=["POST"]),
        *service_routes.routes(engine, issuer, card_keys),
    ]


def health(_request: Request) -> Response:
    """Say that the centre answers."""
    return as_json({"status": "ok"})
