"""The inbox's rows: a delivery goes in with one statement, and what was there already stays as it was."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select
from sqlalchemy.dialects import sqlite

from central.store.arrays import Packed, bigints, moments, texts
from central.store.tables import events, positions, seals
from sync.protocol.messages import Delivery, Event

# All in one statement, so in one trip to the database: whether the centre still holds what it acknowledged, and
# nothing of another who bears this kiosk's name, and if so, seal, events and position. One array a column, and in
# PostgreSQL's binary form: as text, with all its quotes, it costs five times as much to write.
TAKE = """
WITH before AS (
  SELECT high_water, held FROM positions WHERE kiosk_id = %(kiosk_id)s AND install_epoch = %(epoch)s
), kept AS (
  INSERT INTO seals (kiosk_id, install_epoch, algorithm, key_id, signature, digests, received_at)
  SELECT %(kiosk_id)s, %(epoch)s, %(algorithm)s, %(key_id)s, %(signature)s, %(digests)b, %(received_at)s
  WHERE coalesce((SELECT held FROM before), 0) >= %(acknowledged)s
    AND coalesce((SELECT high_water FROM before), 0) <= %(sent)s
  RETURNING id
), taken AS (
  INSERT INTO events
    (kiosk_id, received_at, seal, place, id, install_epoch, seq, type, partition, occurred_at, content)
  SELECT %(kiosk_id)s, %(received_at)s, kept.id, sent.* FROM kept, unnest(
    %(place)b::bigint[], %(id)b::text[], %(install_epoch)b::text[], %(seq)b::bigint[], %(type)b::text[],
    %(partition)b::text[], %(occurred_at)b::timestamptz[], %(content)b::text[]) AS sent
  ON CONFLICT DO NOTHING RETURNING install_epoch, seq, place
), advanced AS (
  INSERT INTO positions (kiosk_id, install_epoch, high_water, held)
  SELECT %(kiosk_id)s, install_epoch, max(seq), count(*) FROM taken GROUP BY install_epoch
  ON CONFLICT (kiosk_id, install_epoch) DO UPDATE SET
    high_water = greatest(positions.high_water, excluded.high_water), held = positions.held + excluded.held
  RETURNING install_epoch, high_water, held
)
SELECT (SELECT id FROM kept), array(SELECT place FROM taken), high_water, held
FROM (SELECT) AS answer LEFT JOIN advanced ON advanced.install_epoch = %(epoch)s
"""

POSITION = select(positions.c.high_water, positions.c.held).where(
    positions.c.kiosk_id == bindparam("kiosk"), positions.c.install_epoch == bindparam("epoch")
)


PACKING: dict[str, Callable[[list[Any]], Packed]] = {
    "place": bigints,
    "id": texts,
    "install_epoch": texts,
    "seq": bigints,
    "type": texts,
    "partition": texts,
    "occurred_at": moments,
    "content": texts,
}


class Arrived(Struct, frozen=True):
    """A sound event, its place in the delivery, and its bytes."""

    place: int
    event: Event
    content: str


class IntakeResult(Struct, frozen=True):
    """The number of the delivery's seal, the places of the events that were new, and the position if at hand.

    Without a seal nothing was taken: the centre holds fewer events than it has acknowledged, or of a number that this
    kiosk has not sent.
    """

    seal: int | None
    places: set[int]
    position: tuple[int, int] | None


def take(
    tx: Connection,
    kiosk_id: str,
    delivery: Delivery,
    digests: Iterable[bytes],
    arrived: Sequence[Arrived],
    at: datetime,
    meanwhile: Callable[[], None],
) -> IntakeResult:
    """Record the seal and the events that are new, unless the kiosk and the centre do not know the same ones.

    :param meanwhile: is done while PostgreSQL works; what it raises is raised, and the caller ends the transaction.
    """
    seal = {
        "kiosk_id": kiosk_id,
        "algorithm": delivery.seal.algorithm,
        "key_id": delivery.seal.key_id,
        "signature": delivery.seal.signature,
        "digests": b"".join(digests),
        "received_at": at,
    }
    if tx.dialect.name == "postgresql":
        about = {
            "epoch": delivery.install_epoch,
            "acknowledged": delivery.acknowledged,
            "sent": delivery.sent,
        }
        packed = {name: PACKING[name](values) for name, values in columns(arrived).items()}
        seal_id, places, *reached = _ask(tx, seal | about | packed, meanwhile)
        return IntakeResult(seal_id, set(places), None if None in reached else tuple(reached))
    meanwhile()
    before = high_water, held = position(tx, kiosk_id, delivery.install_epoch)
    if held < delivery.acknowledged or high_water > delivery.sent:
        return IntakeResult(None, set(), before)
    keeping = insert(seals).values(seal | {"install_epoch": delivery.install_epoch}).returning(seals.c.id)
    seal_id = tx.execute(keeping).scalar_one()
    return IntakeResult(seal_id, _take_one_by_one(tx, kiosk_id, arrived, seal_id, at), None)


def came_twice(tx: Connection, kiosk_id: str, delivery: Delivery, arrived: Sequence[Arrived]) -> bool:
    """Return whether all that the centre holds beyond what the kiosk has sent is in this very delivery.

    Then a proxy, or the line, has handed it over before; it is no sign of a store that was put back.
    """
    e = events.c
    mine = (e.kiosk_id == kiosk_id) & (e.install_epoch == delivery.install_epoch)
    beyond = select(e.id, e.seq).where(mine & (e.seq > delivery.sent)).limit(len(arrived) + 1)
    return {(row.id, row.seq) for row in tx.execute(beyond)} <= {
        (each.event.id, each.event.seq) for each in arrived
    }


def _ask(tx: Connection, values: dict[str, Any], meanwhile: Callable[[], None]) -> tuple[Any, ...]:
    driver: Any = tx.connection.driver_connection
    with driver.pipeline(), driver.cursor() as cursor:
        cursor.execute(TAKE, values)
        meanwhile()
        found: tuple[Any, ...] = cursor.fetchone()
    return found


def drop_seal(tx: Connection, seal_id: int) -> None:
    """Forget a seal that no event names: all were here already, under the seal that they came with first."""
    tx.execute(delete(seals).where(seals.c.id == seal_id))


def there(tx: Connection, arrived: Sequence[Arrived]) -> dict[Any, str]:
    """Return what the centre has under the ids of these events and in their places, by id and by place."""
    if not arrived:
        return {}
    e = events.c
    # One condition an epoch: SQLite finds no index for a list of places.
    seqs: dict[tuple[str, str], list[int]] = {}
    for each in arrived:
        kiosk, epoch, seq = place_of(each.event)
        seqs.setdefault((kiosk, epoch), []).append(seq)
    places = [
        (e.kiosk_id == kiosk) & (e.install_epoch == epoch) & e.seq.in_(found)
        for (kiosk, epoch), found in seqs.items()
    ]
    same = or_(e.id.in_([each.event.id for each in arrived]), *places)
    rows = tx.execute(select(e.id, e.kiosk_id, e.install_epoch, e.seq, e.content).where(same)).all()
    by_place = {(row.kiosk_id, row.install_epoch, row.seq): row.content for row in rows}
    return {row.id: row.content for row in rows} | by_place


def place_of(event: Event) -> tuple[str, str, int]:
    """Return an event's place in its kiosk's sequence."""
    return event.kiosk_id, event.install_epoch, event.seq


def position(tx: Connection, kiosk_id: str, install_epoch: str) -> tuple[int, int]:
    """Return the highest sequence number that the centre holds, and how many events."""
    row = tx.execute(POSITION, {"kiosk": kiosk_id, "epoch": install_epoch}).one_or_none()
    return (row.high_water, row.held) if row else (0, 0)


def columns(arrived: Sequence[Arrived]) -> dict[str, list[Any]]:
    """Return what is kept of the events, column by column."""
    found = [each.event for each in arrived]
    return {
        "place": [each.place for each in arrived],
        "id": [event.id for event in found],
        "install_epoch": [event.install_epoch for event in found],
        "seq": [event.seq for event in found],
        "type": [event.type for event in found],
        "partition": [event.partition for event in found],
        "occurred_at": [event.occurred_at for event in found],
        "content": [each.content for each in arrived],
    }


def _take_one_by_one(
    tx: Connection, kiosk_id: str, arrived: Sequence[Arrived], seal_id: int, at: datetime
) -> set[int]:
    """Do the same on SQLite, which has no arrays."""
    if not arrived:
        return set()
    about = {"kiosk_id": kiosk_id, "received_at": at, "seal": seal_id}
    names, values = zip(*columns(arrived).items(), strict=True)
    rows = [dict(zip(names, row, strict=True)) | about for row in zip(*values, strict=True)]
    adding = sqlite.insert(events).on_conflict_do_nothing().returning(events.c.place)
    places = set(tx.execute(adding, rows).scalars())
    _advance(tx, kiosk_id, [each.event for each in arrived if each.place in places])
    return places


def _advance(tx: Connection, kiosk_id: str, taken: Sequence[Event]) -> None:
    """Note how far the kiosk's events have come."""
    for epoch in {event.install_epoch for event in taken}:
        seqs = [event.seq for event in taken if event.install_epoch == epoch]
        adding = sqlite.insert(positions).values(
            kiosk_id=kiosk_id, install_epoch=epoch, high_water=max(seqs), held=len(seqs)
        )
        new, old = adding.excluded, positions.c
        further = {"high_water": func.max(old.high_water, new.high_water), "held": old.held + new.held}
        tx.execute(adding.on_conflict_do_update(index_elements=["kiosk_id", "install_epoch"], set_=further))
