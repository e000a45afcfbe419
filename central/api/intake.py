"""The inbox's rows: a delivery goes in with one statement, and what was there already stays as it was."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, case, delete, insert, or_, select, text, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from central.models import events, positions, seals
from sync.protocol.messages import Delivery, Event

# One array a column: PostgreSQL reads a hundred rows as fast as one statement of ten values.
UNNEST = text(
    "INSERT INTO events (id, kiosk_id, install_epoch, seq, type, partition, occurred_at, content, place,"
    " received_at, seal)"
    " SELECT sent.*, :received_at, :seal FROM unnest(CAST(:id AS text[]), CAST(:kiosk_id AS text[]),"
    " CAST(:install_epoch AS text[]), CAST(:seq AS bigint[]), CAST(:type AS text[]),"
    " CAST(:partition AS text[]), CAST(:occurred_at AS timestamptz[]), CAST(:content AS text[]),"
    " CAST(:place AS integer[])) AS sent"
    " ON CONFLICT DO NOTHING RETURNING place"
)
DIALECTS: Any = {"postgresql": postgresql, "sqlite": sqlite}


class Arrived(Struct, frozen=True):
    """A sound event, its place in the delivery, and its bytes."""

    place: int
    event: Event
    content: str


def keep_seal(
    tx: Connection, kiosk_id: str, delivery: Delivery, digests: Iterable[bytes], at: datetime
) -> int:
    """Keep the seal of a delivery; return its number."""
    made = delivery.seal
    row = {
        "kiosk_id": kiosk_id,
        "install_epoch": delivery.install_epoch,
        "algorithm": made.algorithm,
        "key_id": made.key_id,
        "signature": made.signature,
        "digests": b"".join(digests),
        "received_at": at,
    }
    return tx.execute(insert(seals).returning(seals.c.id), row).scalar_one()


def drop_seal(tx: Connection, seal_id: int) -> None:
    """Forget a seal that no event names: all were here already, under the seal that they came with first."""
    tx.execute(delete(seals).where(seals.c.id == seal_id))


def take(tx: Connection, arrived: Sequence[Arrived], seal_id: int, at: datetime) -> set[int]:
    """Write down the events that are new; return their places in the delivery."""
    if not arrived:
        return set()
    if tx.dialect.name == "postgresql":
        return set(tx.execute(UNNEST, _columns(arrived) | {"received_at": at, "seal": seal_id}).scalars())
    adding = sqlite.insert(events).on_conflict_do_nothing().returning(events.c.place)
    return set(tx.execute(adding, [_row(each, seal_id, at) for each in arrived]).scalars())


def there(tx: Connection, arrived: Sequence[Arrived]) -> dict[Any, str]:
    """Return what the centre has under the ids of these events and in their places, by id and by place."""
    if not arrived:
        return {}
    e = events.c
    ids = [each.event.id for each in arrived]
    places = [place_of(each.event) for each in arrived]
    same = or_(e.id.in_(ids), tuple_(e.kiosk_id, e.install_epoch, e.seq).in_(places))
    rows = tx.execute(select(e.id, e.kiosk_id, e.install_epoch, e.seq, e.content).where(same)).all()
    by_place = {(row.kiosk_id, row.install_epoch, row.seq): row.content for row in rows}
    return {row.id: row.content for row in rows} | by_place


def place_of(event: Event) -> tuple[str, str, int]:
    """Return an event's place in its kiosk's sequence."""
    return event.kiosk_id, event.install_epoch, event.seq


def advance(tx: Connection, taken: Collection[Event]) -> None:
    """Note how far the kiosks' events have come."""
    for kiosk_id, epoch in {(event.kiosk_id, event.install_epoch) for event in taken}:
        seqs = [event.seq for event in taken if event.install_epoch == epoch]
        adding = DIALECTS[tx.dialect.name].insert(positions)
        new, old = adding.excluded, positions.c
        further = {
            "high_water": case((new.high_water > old.high_water, new.high_water), else_=old.high_water),
            "held": old.held + new.held,
        }
        row = {"kiosk_id": kiosk_id, "install_epoch": epoch, "high_water": max(seqs), "held": len(seqs)}
        tx.execute(
            adding.on_conflict_do_update(index_elements=["kiosk_id", "install_epoch"], set_=further), row
        )


def position(tx: Connection, kiosk_id: str, install_epoch: str) -> tuple[int, int]:
    """Return the highest sequence number that the centre holds, and how many events."""
    mine = (positions.c.kiosk_id == kiosk_id) & (positions.c.install_epoch == install_epoch)
    row = tx.execute(select(positions.c.high_water, positions.c.held).where(mine)).one_or_none()
    return (row.high_water, row.held) if row else (0, 0)


def _columns(arrived: Sequence[Arrived]) -> dict[str, list[Any]]:
    found = [each.event for each in arrived]
    names = ("id", "kiosk_id", "install_epoch", "seq", "type", "partition", "occurred_at")
    columns = {name: [getattr(event, name) for event in found] for name in names}
    return columns | {
        "content": [each.content for each in arrived],
        "place": [each.place for each in arrived],
    }


def _row(each: Arrived, seal_id: int, at: datetime) -> dict[str, Any]:
    return {
        "id": each.event.id,
        "kiosk_id": each.event.kiosk_id,
        "install_epoch": each.event.install_epoch,
        "seq": each.event.seq,
        "type": each.event.type,
        "partition": each.event.partition,
        "occurred_at": each.event.occurred_at,
        "content": each.content,
        "place": each.place,
        "received_at": at,
        "seal": seal_id,
    }
