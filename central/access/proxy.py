"""The proxy before the centre: only it is on this machine, and only it is believed what it says of who asks."""

import ipaddress

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

PROXIES = frozenset({"127.0.0.1", "::1"})
"""Where it stands. Other addresses of this machine, such as 127.0.0.2, are not its."""
ADDRESS = "X-Real-IP"
"""In which header it says the address of who asks; without it, who asks is on this machine too."""
SAID_BY_PROXY = "said_by_proxy"


class ProxyMiddleware:
    """Takes the address of who asks from the proxy, and from nobody else."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "http":
            is_proxy = _peer(scope) in PROXIES
            scope.setdefault("state", {})[SAID_BY_PROXY] = is_proxy
            said = Headers(scope=scope).get(ADDRESS, "")
            if is_proxy and _is_address(said):
                scope["client"] = (said, 0)
        await self._app(scope, receive, send)


def said_by_proxy(request: Request, header: str) -> str:
    """Return what the proxy says in a header of its own; '' if it is said by somebody else, or twice."""
    values = request.headers.getlist(header)
    return values[0] if getattr(request.state, SAID_BY_PROXY) and len(values) == 1 else ""


def address_of(request: Request) -> str:
    """Return who asks, for limits: an address; of IPv6 the network, of which each household has one."""
    address = _peer(request.scope)
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False))
    return address


def _peer(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else ""


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
