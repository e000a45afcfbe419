"""What happened that somebody must look into: told to the centre as an event, and kept for staff."""

from typing import Any

import msgspec

from sync.protocol.event_kinds import EventBody, name_of, values_of
from sync.store.events import record
from sync.store.meta import Rows, get_meta, set_meta
from sync.store.transaction import Transaction, now

ALARMS = "alarms"
KEPT = 10


def raise_alarm(tx: Transaction, event: EventBody, *, visit_id: str = "", partition: str = "") -> None:
    """Record ``event``, and keep it among the last alarms."""
    record(tx, event, visit_id=visit_id, partition=partition)
    rows = tx.rows("SELECT value FROM meta WHERE key = ?", (ALARMS,))
    before = msgspec.json.decode(rows[0]["value"]) if rows else []
    last = [*before, {"at": now(), "event": name_of(type(event)), **values_of(event)}][-KEPT:]
    set_meta(tx, ALARMS, msgspec.json.encode(last).decode())


def alarms(store: Rows) -> list[dict[str, Any]]:
    """Return the last alarms, the newest last: ``at``, ``event``, and what the event says."""
    text = get_meta(store, ALARMS)
    return msgspec.json.decode(text) if text else []
