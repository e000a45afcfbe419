"""Bodies of requests: whole, or refused; what is on its way takes nobody's place, and not all the memory."""

from starlette.requests import Request

from central.access.limits import MemoryLimiter
from central.store.refusals import RefusedError
from sync.protocol.messages import DELIVERY_BYTES

ALWAYS = 64_000
"""Bytes of a body that there is always room for: all requests but large deliveries fit."""
_memory = MemoryLimiter()


async def whole(request: Request, memory: MemoryLimiter = _memory) -> bytes:
    """Return the body of a request when it is in.

    :raises Refused: it is, or is going to be, too large, or too many large ones are on their way.
    """
    if _announced(request) > DELIVERY_BYTES:
        raise RefusedError("too-large")
    body, counted = bytearray(), 0
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > DELIVERY_BYTES:
                raise RefusedError("too-large")
            if (more := len(body) - ALWAYS - counted) > 0:
                memory.take(more)
                counted += more
    finally:
        memory.give_back(counted)
    return bytes(body)


def _announced(request: Request) -> int:
    text = request.headers.get("content-length", "")
    return int(text) if text.isdecimal() else 0
