"""The central system as one web application."""

import secrets
import time
import traceback
from typing import Any

import structlog
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import central.feeds.routes
import central.program.routes
import central.verify.offline
import central.verify.routes
from central.access.answers import as_json
from central.access.endpoint import RequestGuards
from central.access.lanes import Lanes
from central.access.proxy import ProxyMiddleware
from central.access.visits import VisitLimits
from central.cards.card_keys import CardKeys
from central.certificates.signing import Issuer
from central.credentials.national_platform import NationalPlatform, NoPlatform
from central.feeds.publisher import Publisher
from central.program import openapi
from central.store.refusals import RefusedError

OPENAPI = "/v1/openapi.json"

log = structlog.get_logger(__name__)


def create_app(
    lanes: Lanes,
    issuer: Issuer,
    publisher: Publisher,
    card_keys: CardKeys | None = None,
    door: RequestGuards | None = None,
    national_platform: NationalPlatform | None = None,
) -> Starlette:
    """Return the application: the kiosks' API, the feeds and the public page."""
    door = door or RequestGuards()
    platform = national_platform or NoPlatform()
    described = kiosk_routes(lanes, issuer, publisher, card_keys, door.visit_limits, platform)
    document = as_json(openapi.document(described))
    public = [*central.verify.offline.routes(issuer), *central.verify.routes.routes(lanes.public)]
    routes = [*described, Route(OPENAPI, lambda _: document), *public]
    app = Starlette(
        routes=routes,
        middleware=[
            Middleware(RequestLogMiddleware),
            Middleware(ProxyMiddleware),
        ],
    )
    app.router.redirect_slashes = False  # it would be told where to go by what it says the centre is called
    app.state.door = door
    return app


def kiosk_routes(
    lanes: Lanes,
    issuer: Issuer,
    publisher: Publisher,
    card_keys: CardKeys | None,
    visit_limits: VisitLimits,
    national_platform: NationalPlatform,
) -> list[Route]:
    """Return all that kiosks may ask for."""
    feeds = central.feeds.routes.routes(lanes.feeds, publisher)
    answers = central.program.routes.routes(
        lanes, issuer, card_keys, publisher, visit_limits, national_platform
    )
    return answers + feeds


def description() -> dict[str, Any]:
    """Return the description of what kiosks may ask for."""
    nothing: Any = None  # nothing is asked of anything to describe the routes
    return openapi.document(kiosk_routes(Lanes.of(nothing), nothing, nothing, None, nothing, nothing))


class RequestLogMiddleware:
    """Notes every request without what is in it; the unexpected gets a number that staff can quote."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.monotonic()
        status = 0

        async def noting(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except Exception as error:
            fault = secrets.token_hex(4)
            log.error("request_failed", fault=fault, **_where(error))
            if not status:
                await as_json(RefusedError("internal").refusal, 500)(scope, receive, noting)
        log.info("request", method=scope["method"], route=_route(scope), status=status, ms=_ms(began))


def _where(error: Exception) -> dict[str, Any]:
    """Say what broke where; not the exception's text, which may quote what it was about."""
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "error": type(error).__name__,
        "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }


def _route(scope: Scope) -> str:
    """Name the route and not the address, which holds the 校验码."""
    route = scope.get("route")
    return route.path if route else "-"


def _ms(began: float) -> float:
    return round((time.monotonic() - began) * 1000, 1)
