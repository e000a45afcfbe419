"""Messages as HTTP responses."""

from typing import Any

import msgspec
from starlette.responses import Response

from central.store.refusals import RefusedError


def as_json(message: Any, status: int = 200) -> Response:
    """Return a response with a message."""
    return Response(msgspec.json.encode(message), status, media_type="application/json")


def refused(refusal: RefusedError) -> Response:
    """Return the response that says no."""
    response = as_json(refusal.refusal, refusal.status)
    if refusal.retry_after is not None:
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response
