"""Events on their way to the centre: each is delivered until the centre has said what became of it.

An event is added in the transaction that does what it reports. The events of one partition keep their order;
a partition that must wait holds no other back; an event that the centre can never take is set aside with its
reason.
"""

from collections.abc import Collection, Sequence
from typing import Any

import msgspec
from msgspec import Struct
from uuid_utils import uuid7

from sync.protocol.messages import Event, EventAnswer
from sync.store.store import Store, Transaction, now

RESULT_STATES = {
    "ok": "acknowledged",
    "duplicate": "acknowledged",
    "conflict": "rejected",
    "rejected": "rejected",
}
# Events without a partition keep no order: each of them is a line of its own.
LINE = "coalesce(nullif(partition, ''), id)"


class Summary(Struct, frozen=True):
    """How the outbox stands. ``oldest`` is when the oldest event that still waits occurred."""

    queued: int
    rejected: int
    acknowledged: int
    oldest: str | None


def line_of(event: Event) -> str:
    """Name the line that an event stands in: its partition, or itself alone."""
    return event.partition or event.id


def add(tx: Transaction, type: str, partition: str, body: Any) -> str:
    """Put an event into the outbox, in the caller's transaction; return its id.

    :param partition: what it keeps its order within (a card's hash), or '' for nothing.
    """
    event_id = str(uuid7())
    tx.execute(
        "INSERT INTO outbox (id, install_epoch, type, partition, body, occurred_at)"
        " VALUES (?, (SELECT value FROM meta WHERE key = 'install_epoch'), ?, ?, ?, ?)",
        (event_id, type, partition, msgspec.json.encode(body).decode(), now()),
    )
    return event_id


def pending(store: Store) -> int:
    """Return how many events the centre has not answered yet."""
    return store.rows("SELECT count(*) AS n FROM outbox WHERE state IN ('queued', 'sending')")[0]["n"]


def is_waiting(store: Store, type: str, partition: str) -> bool:
    """Tell whether the centre has not yet answered an event of this type and partition."""
    sql = "SELECT 1 FROM outbox WHERE type = ? AND partition = ? AND state IN ('queued', 'sending') LIMIT 1"
    return bool(store.rows(sql, (type, partition)))


def claim(store: Store, limit: int, waiting: Collection[str] = ()) -> list[Event]:
    """Take the first ``limit`` events to send, in order, without those in the lines that are ``waiting``."""
    with store.transaction() as tx:
        rows = tx.rows(
            "UPDATE outbox SET state = 'sending', attempts = attempts + 1 WHERE seq IN ("  # noqa: S608
            " SELECT seq FROM outbox WHERE state = 'queued'"
            f" AND {LINE} NOT IN (SELECT value FROM json_each(?)) ORDER BY seq LIMIT ?)"
            " RETURNING seq, id, install_epoch, type, partition, body, occurred_at",
            (msgspec.json.encode(list(waiting)).decode(), limit),
        )
    return [_event(store, row) for row in sorted(rows, key=lambda row: row["seq"])]


def settle(store: Store, answers: Sequence[EventAnswer]) -> None:
    """Write down what the centre answered; what it did not answer is queued again."""
    with store.transaction() as tx:
        for answer in answers:
            state = RESULT_STATES[answer.result]
            tx.execute(
                "UPDATE outbox SET state = ?, reason = ?, acknowledged_at = ?"
                " WHERE id = ? AND state = 'sending'",
                (state, answer.reason or None, now() if state == "acknowledged" else None, answer.id),
            )
        tx.execute("UPDATE outbox SET state = 'queued' WHERE state = 'sending'")


def release(store: Store) -> None:
    """Queue again whatever was being sent when the line, or this process, broke off."""
    settle(store, [])


def acknowledged(store: Store) -> int:
    """Return how many events the centre has said it holds."""
    return store.rows("SELECT count(*) AS n FROM outbox WHERE state = 'acknowledged'")[0]["n"]


def send_all_again(store: Store) -> None:
    """Queue also what was acknowledged, for a centre that lost some of it; the rest are duplicates to it."""
    with store.transaction() as tx:
        tx.execute("UPDATE outbox SET state = 'queued', acknowledged_at = NULL WHERE state = 'acknowledged'")


def summary(store: Store) -> Summary:
    """Return how the outbox stands."""
    row = store.rows(
        "SELECT count(*) FILTER (WHERE state IN ('queued', 'sending')) AS queued,"
        " count(*) FILTER (WHERE state = 'rejected') AS rejected,"
        " count(*) FILTER (WHERE state = 'acknowledged') AS acknowledged,"
        " min(occurred_at) FILTER (WHERE state IN ('queued', 'sending')) AS oldest FROM outbox"
    )[0]
    return Summary(**row)


def _event(store: Store, row: dict[str, Any]) -> Event:
    body = msgspec.json.decode(row["body"])
    return msgspec.convert({**row, "kiosk_id": store.kiosk_id, "body": body}, Event)
