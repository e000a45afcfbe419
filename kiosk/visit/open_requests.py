"""Requests to the centre that may have been carried out, and whose answer nobody has: the next try uses the same id."""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from kiosk.visit.visit import Visit
from sync.protocol.call import Call, Request
from sync.protocol.messages import InVisit

KIND, KEPT_SECONDS = "open-requests", 24 * 3600
MOST = 20
"""As many are kept of one card: the last ones."""


def with_open_id(visit: Visit, call: Call[Request, Any], request: Request) -> Request:
    """Return ``request`` with the id of an open one for the same thing; without one, as it is."""
    open_id = _all(visit).get(_subject(call, request))
    return msgspec.structs.replace(request, request_id=open_id) if open_id else request


def remember(visit: Visit, call: Call[Request, Any], request: Request) -> None:
    """Keep the request's id, on disk, until it is forgotten or a day is over."""
    subject = _subject(call, request)
    others = {name: value for name, value in _all(visit).items() if name != subject}
    # Every act has a request_id; the type of requests does not say so.
    _keep(visit, {**dict(list(others.items())[1 - MOST :]), subject: request.request_id})  # type: ignore[attr-defined]


def forget(visit: Visit, call: Call[Request, Any], request: Request) -> None:
    """Take the request for answered, if it still has this id."""
    found = dict(_all(visit))
    # Every act has a request_id; the type of requests does not say so.
    if found.get(_subject(call, request)) == request.request_id:  # type: ignore[attr-defined]
        del found[_subject(call, request)]
        _keep(visit, found)


def _all(visit: Visit) -> Mapping[str, str]:
    record = visit.personal and visit.personal.get(KIND, visit.partition)
    return msgspec.json.decode(record, type=dict[str, str]) if record else {}


def _keep(visit: Visit, found: Mapping[str, str]) -> None:
    if visit.personal:
        visit.personal.put(KIND, visit.partition, msgspec.json.encode(dict(found)).decode(), KEPT_SECONDS)


def _subject(call: Call[Request, Any], request: Request) -> str:
    """Return a name for what is asked for, whatever id it has, and in whatever visit."""
    # Every act has a request_id; the type of requests does not say so.
    same = msgspec.structs.replace(request, request_id="")
    if isinstance(same, InVisit):
        same = msgspec.structs.replace(same, visit_id=None)
    asked = msgspec.json.encode(same)
    return hashlib.blake2b(call.path.encode() + asked, digest_size=16).hexdigest()
