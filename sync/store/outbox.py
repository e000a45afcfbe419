"""Events on their way to the centre: each is delivered until the centre has said what became of it.

The events of one partition keep their order; a partition that must wait holds no other back; an event that the
centre can never take is set aside with its reason, and the next ones of its partition go on.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct

from sync.protocol.event_kinds import EventBody, name_of
from sync.protocol.events import OutboxLostAtCentre, OutboxStuck
from sync.protocol.messages import Event, EventAnswer
from sync.store.events import add, record
from sync.store.store import Store
from sync.store.transaction import Transaction, format_time, now

__all__ = [
    "Rejected",
    "Summary",
    "acknowledged",
    "add",
    "apply_answers",
    "claim",
    "epochs",
    "is_waiting",
    "ordering_key",
    "pending",
    "purge",
    "queue_again",
    "reconcile",
    "rejected",
    "report_stuck_events",
    "requeue_in_flight",
    "retry",
    "sent",
    "summary",
]

RESULT_STATES = {
    "ok": "acknowledged",
    "duplicate": "acknowledged",
    "conflict": "rejected",
    "rejected": "rejected",
}
# Events without a partition keep no order: each of them is a line of its own.
LINE = "coalesce(nullif(partition, ''), id)"
KEPT = timedelta(days=30)
PURGE_STEP = 500
STUCK_AFTER = timedelta(hours=24)


class Summary(Struct, frozen=True):
    """Status of the outbox. ``oldest`` is when the oldest event that still waits occurred; ``stuck``: too long ago."""

    queued: int
    rejected: int
    acknowledged: int
    oldest: str | None
    stuck: bool = False


class Rejected(Struct, frozen=True):
    """An event that the centre did not take, and why; nothing of its content."""

    id: str
    type: str
    reason: str
    occurred_at: str


def ordering_key(event: Event) -> str:
    """Name the line that an event stands in: its partition, or itself alone."""
    return event.partition or event.id


def pending(store: Store) -> int:
    """Return how many events the centre has not answered yet."""
    rows = store.rows("SELECT count(*) AS n FROM outbox WHERE state IN ('queued', 'sending')")
    return int(rows[0]["n"])


def is_waiting(store: Store, event: type[EventBody], partition: str) -> bool:
    """Return whether the centre has not yet answered such an event of this partition."""
    sql = "SELECT 1 FROM outbox WHERE type = ? AND partition = ? AND state IN ('queued', 'sending') LIMIT 1"
    return bool(store.rows(sql, (name_of(event), partition)))


def epochs(store: Store) -> list[str]:
    """Return the install epochs whose events this store answers for, its own first."""
    rows = store.rows(
        "SELECT install_epoch FROM epochs ORDER BY install_epoch != ?, rowid", (store.install_epoch,)
    )
    return [row["install_epoch"] for row in rows]


def claim(store: Store, limit: int, waiting: Collection[str] = ()) -> list[Event]:
    """Take the first events to send, in order and of one epoch, without those in the lines that are ``waiting``."""
    with store.transaction() as tx:
        rows = tx.rows(
            "SELECT place, seq, id, install_epoch, type, partition, body, occurred_at"  # noqa: S608
            f" FROM outbox WHERE state = 'queued' AND {LINE} NOT IN (SELECT value FROM json_each(?))"
            " ORDER BY place LIMIT ?",
            (_json(list(waiting)), limit),
        )
        rows = [row for row in rows if row["install_epoch"] == rows[0]["install_epoch"]]
        tx.execute(
            "UPDATE outbox SET state = 'sending', attempts = attempts + 1"
            " WHERE place IN (SELECT value FROM json_each(?))",
            (_json([row.pop("place") for row in rows]),),
        )
    return [_event(store, row) for row in rows]


def apply_answers(
    store: Store, answers: Sequence[EventAnswer], at: str | None = None, *, heard: bool = True
) -> None:
    """Record what the centre answered; what it did not answer is queued again.

    :param at: when the centre answered, by its own clock as far as that is known.
    :param heard: whether what was being sent may have reached the centre.
    """
    with store.transaction() as tx:
        if heard:
            tx.execute(
                "UPDATE epochs SET sent = max(sent, (SELECT coalesce(max(seq), 0) FROM outbox o"
                " WHERE o.state = 'sending' AND o.install_epoch = epochs.install_epoch))"
            )
        for answer in answers:
            _apply(tx, answer, at or now())
        tx.execute("UPDATE outbox SET state = 'queued' WHERE state = 'sending'")


def requeue_in_flight(store: Store, *, heard: bool = True) -> None:
    """Queue again whatever was being sent when the line, or this process, was interrupted."""
    apply_answers(store, [], heard=heard)


def sent(store: Store, install_epoch: str) -> int:
    """Return the highest number of the epoch that may have reached the centre, but for what is being sent now."""
    rows = store.rows("SELECT sent FROM epochs WHERE install_epoch = ?", (install_epoch,))
    return int(rows[0]["sent"])


def acknowledged(store: Store, install_epoch: str | None = None) -> int:
    """Return how many events of an epoch the centre has said it holds, also those that were removed here since."""
    rows = store.rows(
        "SELECT acknowledged FROM epochs WHERE install_epoch = ?", (install_epoch or store.install_epoch,)
    )
    return int(rows[0]["acknowledged"])


def reconcile(store: Store, install_epoch: str, held: int) -> int:
    """Compare what the centre holds with what it has acknowledged; queue what it may have lost.

    Nothing is given up before all was sent again and the centre, holding no more than before, had it already:
    then what is missing is no longer here, and staff and the centre are told.

    :return: how many of its acknowledged events the centre has lost at least.
    """
    where = {"epoch": install_epoch, "held": held}
    with store.transaction() as tx:
        tx.execute(
            "UPDATE epochs SET resent_at_held = NULL WHERE install_epoch = :epoch AND resent_at_held != :held",
            where,
        )
        [epoch] = tx.rows("SELECT * FROM epochs WHERE install_epoch = :epoch", where)
        missing: int = epoch["acknowledged"] - held
        if missing <= 0:
            return 0
        if epoch["resent_at_held"] == held:
            tx.execute("UPDATE epochs SET acknowledged = :held WHERE install_epoch = :epoch", where)
            record(tx, OutboxLostAtCentre(install_epoch=install_epoch, events=missing))
        else:
            queue_again(tx, install_epoch, held)
    return missing


def send_all_again(store: Store) -> None:
    """Queue again whatever was acknowledged and is still here; to the centre it is a duplicate, or what it lost."""
    with store.transaction() as tx:
        for epoch in tx.rows("SELECT install_epoch FROM epochs"):
            queue_again(tx, epoch["install_epoch"])


def queue_again(tx: Transaction, install_epoch: str, held: int | None = None) -> None:
    """Queue again what of an epoch was acknowledged and is still here.

    :param held: how many events of it the centre holds, if some are missed there.
    """
    where = {"epoch": install_epoch, "held": held}
    again = tx.execute(
        "UPDATE outbox SET state = 'queued', acknowledged_at = NULL"
        " WHERE state = 'acknowledged' AND install_epoch = :epoch",
        where,
    )
    tx.execute(
        "UPDATE epochs SET acknowledged = acknowledged - :again, resent_at_held = :held"
        " WHERE install_epoch = :epoch",
        where | {"again": again.rowcount},
    )


def purge(store: Store, at: datetime, most: int = PURGE_STEP) -> int:
    """Remove some of the events that were acknowledged longer ago than they are kept; return how many.

    :param at: the time by the same clock as in ``settle``, so that a jump of the kiosk's own removes nothing.
    """
    with store.transaction() as tx:
        removed = tx.execute(
            "DELETE FROM outbox WHERE place IN (SELECT place FROM outbox"
            " WHERE state = 'acknowledged' AND acknowledged_at < ? ORDER BY acknowledged_at LIMIT ?)",
            (format_time(at - KEPT), most),
        )
    return int(removed.rowcount)


def report_stuck_events(store: Store, at: datetime, limit: timedelta = STUCK_AFTER) -> bool:
    """Return whether an event has waited longer than ``limit``; tell staff and the centre once each time it begins."""
    oldest = _oldest(store)
    stuck = oldest is not None and oldest < format_time(at - limit)
    if stuck != _is_stuck(store):
        with store.transaction() as tx:
            if oldest is not None and stuck:
                tx.execute("INSERT INTO meta (key, value) VALUES ('outbox_stuck', ?)", (oldest,))
                record(tx, OutboxStuck(oldest=oldest))
            else:
                tx.execute("DELETE FROM meta WHERE key = 'outbox_stuck'")
    return stuck


def rejected(store: Store) -> list[Rejected]:
    """Return the events that the centre did not take, in their order."""
    rows = store.rows(
        "SELECT id, type, coalesce(reason, '') AS reason, occurred_at FROM outbox"
        " WHERE state = 'rejected' ORDER BY place"
    )
    return [Rejected(**row) for row in rows]


def retry(store: Store, event_id: str | None = None) -> list[str]:
    """Queue rejected events again, all or one with those of its partition before it; return their ids in order."""
    which = "true"
    if event_id is not None:
        which = (
            "(id = :id OR partition != '' AND partition = (SELECT partition FROM outbox WHERE id = :id)"
            " AND place < (SELECT place FROM outbox WHERE id = :id AND state = 'rejected'))"
        )
    with store.transaction() as tx:
        rows = tx.rows(
            "UPDATE outbox SET state = 'queued', reason = NULL WHERE state = 'rejected'"  # noqa: S608
            f" AND {which} RETURNING place, id",
            {"id": event_id},
        )
    return [row["id"] for row in sorted(rows, key=lambda row: row["place"])]


def retry_refused(store: Store, reason: str) -> None:
    """Queue the events again that were rejected for this reason."""
    with store.transaction() as tx:
        tx.execute(
            "UPDATE outbox SET state = 'queued', reason = NULL WHERE state = 'rejected' AND reason = ?",
            (reason,),
        )


def summary(store: Store) -> Summary:
    """Return the status of the outbox."""
    [counted] = store.rows(
        "SELECT count(*) FILTER (WHERE state IN ('queued', 'sending')) AS queued,"
        " count(*) FILTER (WHERE state = 'rejected') AS rejected,"
        " (SELECT sum(acknowledged) FROM epochs) AS acknowledged FROM outbox"
    )
    return Summary(**counted, oldest=_oldest(store), stuck=_is_stuck(store))


def _apply(tx: Transaction, answer: EventAnswer, at: str) -> None:
    state = RESULT_STATES[answer.result]
    taken = state == "acknowledged"
    settled = tx.rows(
        "UPDATE outbox SET state = ?, reason = ?, acknowledged_at = ? WHERE id = ? AND state = 'sending'"
        " RETURNING install_epoch",
        (state, answer.reason or None, at if taken else None, answer.id),
    )
    if taken and settled:
        epoch = answer.install_epoch or settled[0]["install_epoch"]
        if answer.install_epoch:
            _held_elsewhere(tx, answer)
        tx.execute("UPDATE epochs SET acknowledged = acknowledged + 1 WHERE install_epoch = ?", (epoch,))


def _held_elsewhere(tx: Transaction, answer: EventAnswer) -> None:
    """Give an event the place that the centre has it in: this store's twin, or its own past, has sent it before."""
    tx.execute(
        "INSERT INTO epochs (install_epoch) VALUES (?) ON CONFLICT DO NOTHING", (answer.install_epoch,)
    )
    tx.execute(
        "UPDATE outbox SET install_epoch = ?, seq = ? WHERE id = ?",
        (answer.install_epoch, answer.seq, answer.id),
    )


def _oldest(store: Store) -> str | None:
    [row] = store.rows(
        "SELECT min(occurred_at) AS oldest FROM"
        " (SELECT occurred_at FROM outbox WHERE state IN ('queued', 'sending') ORDER BY place LIMIT 1)"
    )
    oldest: str | None = row["oldest"]
    return oldest


def _is_stuck(store: Store) -> bool:
    return bool(store.rows("SELECT 1 FROM meta WHERE key = 'outbox_stuck'"))


def _event(store: Store, row: dict[str, Any]) -> Event:
    body = msgspec.json.decode(row["body"])
    return msgspec.convert({**row, "kiosk_id": store.kiosk_id, "body": body}, Event)


def _json(value: list[Any]) -> str:
    return msgspec.json.encode(value).decode()
