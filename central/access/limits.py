"""Rate and concurrency limits: refuse kiosks that request too often, and tell clients when to retry."""

import math
import random
import time
from collections.abc import Callable

from msgspec import Struct
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from central.access.answers import refused
from central.store.refusals import RefusedError

PER_SECOND, BURST = 20.0, 200.0
IN_HAND = 2048
"""Requests from their head to the beginning of their answer. Before the database each lane has a limit of its own."""
ALIVE = "/v1/health"
"""Is answered also to one too many: it waits for nothing."""


class Bucket(Struct):
    """How many requests somebody may still make, as of ``at``."""

    left: float
    at: float


class RateLimiter:
    """A token bucket for each name: ``burst`` requests at once, ``per_second`` in the long run."""

    def __init__(
        self,
        per_second: float = PER_SECOND,
        burst: float = BURST,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._per_second, self._burst, self._clock = per_second, burst, clock
        self._buckets: dict[str, Bucket] = {}

    def take(self, name: str) -> None:
        """Count one request.

        :raises Refused: it is one too many.
        """
        now = self._clock()
        bucket = self._buckets.setdefault(name, Bucket(self._burst, now))
        bucket.left = min(self._burst, bucket.left + (now - bucket.at) * self._per_second)
        bucket.at = now
        if bucket.left < 1:
            raise RefusedError("too-often", retry_after=math.ceil((1 - bucket.left) / self._per_second))
        bucket.left -= 1


class ConcurrencyLimiter:
    """Limits the requests in progress; refuses the others immediately and tells them when to retry.

    A request whose response has begun no longer counts: a slow download uses no concurrency slot.
    """

    def __init__(self, app: ASGIApp, most: int = IN_HAND) -> None:
        self._app, self._most, self._inside = app, most, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif self._inside >= self._most and scope.get("path") != ALIVE:
            await refused(busy())(scope, receive, send)
        else:
            await self._let_in(scope, receive, send)

    async def _let_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        inside = 1
        self._inside += inside

        async def leaving(message: Message) -> None:
            nonlocal inside
            self._inside -= inside
            inside = 0
            await send(message)

        try:
            await self._app(scope, receive, leaving)
        finally:
            self._inside -= inside


def busy() -> RefusedError:
    """Return the 503 refusal with a randomised retry time."""
    return RefusedError("busy", retry_after=random.randint(1, 5))  # noqa: S311 jitter is no secret


def database_away() -> RefusedError:
    """Return the refusal while the database does not answer, or not in time."""
    return RefusedError("database-away", retry_after=random.randint(2, 8))  # noqa: S311 jitter is no secret
