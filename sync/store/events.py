"""Putting events into the outbox, in the transaction that does what they report."""

from typing import Any

import msgspec
from uuid_utils import uuid7

from sync.store.transaction import Transaction, now


def add(tx: Transaction, type: str, partition: str, body: Any) -> str:
    """Put an event into the outbox, in the caller's transaction; return its id.

    :param partition: what it keeps its order within (a card's hash), or '' for nothing.
    """
    [place] = tx.rows(
        "UPDATE epochs SET last_seq = last_seq + 1"
        " WHERE install_epoch = (SELECT value FROM meta WHERE key = 'install_epoch')"
        " RETURNING install_epoch, last_seq"
    )
    event_id = str(uuid7())
    tx.execute(
        "INSERT INTO outbox (id, install_epoch, seq, type, partition, body, occurred_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (event_id, *place.values(), type, partition, msgspec.json.encode(body).decode(), now()),
    )
    return event_id


def report(tx: Transaction, event: str, **data: object) -> None:
    """Write down what happened to the store or the outbox itself, for staff here and at the centre."""
    tx.execute(
        "INSERT INTO audit (at, event, visit_id, data) VALUES (?, ?, '', ?)",
        (now(), event, msgspec.json.encode(data).decode()),
    )
    add(tx, event, "", {"visit_id": "", **data})
