"""Real events, for tests that need some and mind no particular ones."""

from datetime import UTC, datetime
from typing import Any

from sync.protocol.event_kinds import EventBody, name_of, values_of
from sync.protocol.events import CardPinChanged, StaffCalled
from sync.protocol.messages import Event
from sync.store import Store, outbox

POISON = '{"n":9223372036854775808}'
"""A body that no centre takes."""
STAFF_CALLED = StaffCalled(phase="menu")
"""One that keeps no order."""


def pin_changed(number: int = 1) -> CardPinChanged:
    """One that keeps its order among those of its card."""
    return CardPinChanged(act=f"A1-{number}")


def happen(store: Store, *cards: str) -> list[str]:
    """Let one event happen with each of these cards, or with none for ''; return their ids."""
    with store.transaction() as tx:
        return [outbox.add(tx, pin_changed() if card else STAFF_CALLED, card) for card in cards]


def poison(store: Store, card: str) -> str:
    """Let an event wait that a program of before the bounds has recorded, and no centre takes; return its id."""
    with store.transaction() as tx:
        event_id = outbox.add(tx, pin_changed(), card)
        tx.execute("UPDATE outbox SET body = ? WHERE id = ?", (POISON, event_id))
    return event_id


def sent(body: EventBody, **about: Any) -> Event:
    """Return an event as a kiosk sends it."""
    plain = {
        "id": "event-1",
        "kiosk_id": "610200-001",
        "install_epoch": "a" * 32,
        "seq": 1,
        "type": name_of(type(body)),
        "occurred_at": datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
        "body": {"visit_id": "visit-1", **values_of(body)},
    }
    return Event(**plain | about)
