"""Acts that need two people: one requests, another confirms, within a deadline, exactly what was requested."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from central.store.acts import Actor, record
from central.store.tables import requests

VALID = timedelta(hours=24)
"""How long a request waits for the second person."""
ID_LENGTH = 16
MOST_SHOWN = 200
WAITING, CONFIRMED, WITHDRAWN = "waiting", "confirmed", "withdrawn"


class RequestError(Exception):
    """The request cannot be confirmed or withdrawn, and nothing was done; the message says why."""


def make(tx: Connection, actor: Actor, act: str, content: Mapping[str, Any], summary: str) -> Row[Any]:
    """Record what somebody requests, and return it; its id is the hash of what it is.

    :param content: all that the act needs, as JSON has it.
    """
    about = {
        "act": act,
        "content": json.dumps(content, ensure_ascii=False, sort_keys=True),
        "summary": summary,
        "requested_by": actor.by,
        "requested_at": actor.at,
        "expires_at": actor.at + VALID,
    }
    request_id = _named(**about)
    tx.execute(insert(requests).values(id=request_id, state=WAITING, **about))
    record(tx, actor, "request-made", request_id, kind=act, until=actor.at + VALID, note=summary)
    return tx.execute(select(requests).where(requests.c.id == request_id)).one()


def confirm(tx: Connection, actor: Actor, request_id: str) -> Row[Any]:
    """Let a second person confirm a request; return it. The act is then done in the same transaction.

    :raises RequestError: it was made by the same person, is no longer waiting, or is not what it was.
    """
    found = _waiting(tx, actor, request_id)
    if _folded(found.requested_by) == _folded(actor.by):
        raise RequestError(
            f"{actor.by} has made this request: another person has to confirm it, and nothing was done"
        )
    _settle(tx, actor, found, CONFIRMED)
    record(tx, actor, "request-confirmed", request_id, kind=found.act, note=found.summary)
    return found


def withdraw(tx: Connection, actor: Actor, request_id: str) -> None:
    """Take a request back; any operator may.

    :raises RequestError: it is no longer waiting.
    """
    found = _waiting(tx, actor, request_id)
    _settle(tx, actor, found, WITHDRAWN)
    record(tx, actor, "request-withdrawn", request_id, kind=found.act, note=found.summary)


def waiting(connection: Connection, at: datetime) -> Sequence[Row[Any]]:
    """Return the requests that can still be confirmed, the oldest first."""
    r = requests.c
    wanted = select(requests).where(r.state == WAITING, r.expires_at > at).order_by(r.requested_at)
    return connection.execute(wanted.limit(MOST_SHOWN)).all()


def _waiting(tx: Connection, actor: Actor, request_id: str) -> Row[Any]:
    found = tx.execute(select(requests).where(requests.c.id == request_id).with_for_update()).one_or_none()
    if found is None:
        raise RequestError(f"there is no request {request_id}; `kiosk-central pending` lists those that wait")
    if found.state != WAITING:
        raise RequestError(f"request {request_id} was {found.state} by {found.settled_by} already")
    if found.expires_at <= actor.at:
        raise RequestError(
            f"request {request_id} waited for a second person for too long; it has to be made again"
        )
    names = ("act", "content", "summary", "requested_by", "requested_at", "expires_at")
    if _named(**{name: getattr(found, name) for name in names}) != request_id:
        raise RequestError(f"request {request_id} is not what was requested: somebody has changed it since")
    return found


def _settle(tx: Connection, actor: Actor, found: Row[Any], state: str) -> None:
    values = {"state": state, "settled_by": actor.by, "settled_at": actor.at}
    tx.execute(update(requests).where(requests.c.id == found.id).values(values))


def _named(**about: Any) -> str:
    """Return the id of a request: what it is, who made it and when, hashed."""
    told = {
        name: value.timestamp() if isinstance(value, datetime) else value for name, value in about.items()
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:ID_LENGTH]


def _folded(name: str) -> str:
    return name.casefold()
