"""Putting events into the outbox, in the transaction that does what they report."""

import re
from typing import Any

import msgspec
from uuid_utils import uuid7

from sync.protocol.event_form import EventFormError, require_size, require_values
from sync.protocol.messages import PARTITION, TYPE
from sync.store.transaction import Transaction, now

FORM = re.compile(f"{TYPE} {PARTITION}")


def add(tx: Transaction, type: str, partition: str, body: Any) -> str:
    """Put an event into the outbox, in the caller's transaction; return its id.

    :param partition: what it keeps its order within (a card's hash), or '' for nothing.
    :raises EventFormError: the centre could never take it.
    """
    content = _content(type, partition, body)
    [place] = tx.rows(
        "UPDATE epochs SET last_seq = last_seq + 1"
        " WHERE install_epoch = (SELECT value FROM meta WHERE key = 'install_epoch')"
        " RETURNING install_epoch, last_seq"
    )
    event_id = str(uuid7())
    tx.execute(
        "INSERT INTO outbox (id, install_epoch, seq, type, partition, body, occurred_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (event_id, *place.values(), type, partition, content, now()),
    )
    return event_id


def _content(type: str, partition: str, body: Any) -> str:
    if not FORM.fullmatch(f"{type} {partition}"):
        raise EventFormError("its type or partition is not of its form")
    require_values(body)
    content = msgspec.json.encode(body)
    require_size(content)
    return content.decode()


def report(tx: Transaction, event: str, **data: object) -> None:
    """Record what happened to the store or the outbox itself, for staff here and at the centre."""
    tx.execute(
        "INSERT INTO audit (at, event, visit_id, data) VALUES (?, ?, '', ?)",
        (now(), event, msgspec.json.encode(data).decode()),
    )
    add(tx, event, "", {"visit_id": "", **data})
