"""Recording what happened, and putting into the outbox what goes to the centre, in the caller's transaction."""

import json
import re
from typing import Any

import msgspec
from uuid_utils import uuid7

from sync.protocol.event_form import EventFormError, require_size
from sync.protocol.event_kinds import (
    EventBody,
    EventKind,
    Partition,
    UndeclaredEventError,
    kind_of,
    values_of,
)
from sync.protocol.messages import PARTITION
from sync.store import chain
from sync.store.transaction import Transaction, now

FORM = re.compile(PARTITION)


def record(tx: Transaction, event: EventBody, *, visit_id: str = "", partition: str = "") -> None:
    """Record an event for staff; the centre receives it if the catalogue says so.

    :param partition: the card's hash, of which the event makes use if the catalogue says so.
    :raises EventFormError: a value is beyond its bounds.
    """
    row = (now(), kind_of(type(event)).name, visit_id, _data(values_of(event)))
    written = tx.execute("INSERT INTO audit (at, event, visit_id, data) VALUES (?, ?, ?, ?)", row)
    chain.add_audit(tx, written.lastrowid, *row)
    if kind_of(type(event)).to_centre:
        add(tx, event, partition, visit_id=visit_id)


def add(tx: Transaction, event: EventBody, partition: str = "", *, visit_id: str = "") -> str:
    """Put an event into the outbox; return its id.

    :param partition: the card's hash, of which the event makes use if the catalogue says so.
    :raises EventFormError: the centre could never take it. UndeclaredEventError: it receives no such events.
    """
    kind = kind_of(type(event))
    partition = _partition(kind, partition)
    content = _content(kind, event, visit_id)
    [place] = tx.rows(
        "UPDATE epochs SET last_seq = last_seq + 1"
        " WHERE install_epoch = (SELECT value FROM meta WHERE key = 'install_epoch')"
        " RETURNING install_epoch, last_seq"
    )
    event_id = str(uuid7())
    tx.execute(
        "INSERT INTO outbox (id, install_epoch, seq, type, partition, body, occurred_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (event_id, *place.values(), kind.name, partition, content, now()),
    )
    return event_id


def _partition(kind: EventKind, partition: str) -> str:
    if not kind.to_centre:
        raise UndeclaredEventError(f"{kind.name} stays at the kiosk: it is not declared for the centre")
    if not FORM.fullmatch(partition):
        raise EventFormError("its partition is not of its form")
    return partition if kind.partition is Partition.CARD else ""


def _content(kind: EventKind, event: EventBody, visit_id: str) -> str:
    visit = {"visit_id": visit_id} if kind.in_visit else {}
    content = msgspec.json.encode(visit | values_of(event))
    require_size(content)
    return content.decode()


def _data(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True)
