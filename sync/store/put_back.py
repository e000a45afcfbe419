"""A store that was put back from an older image of its disk, or that has a twin: two machines made of one image.

Both show in the same way: the centre has events of this install epoch that this store never sent. Then the store
begins an epoch of its own, so that no two events ever claim one place. What was never sent goes along; what the centre
has of it already it knows again by its id.
"""

import uuid
from collections.abc import Sequence
from typing import Any

from sync.protocol.events import StorePutBack, StoreTwin
from sync.protocol.messages import HIGHEST, PLACE_TAKEN
from sync.store import chain, outbox
from sync.store.alarms import raise_alarm
from sync.store.store import Store
from sync.store.transaction import Transaction


def claimed(store: Store, epoch: str) -> int:
    """Return how far the centre may be with ``epoch`` by what this store has sent; of a former one, any far."""
    return outbox.sent(store, epoch) if epoch == store.install_epoch else HIGHEST


def begin_epoch(store: Store, high_water: int) -> None:
    """Leave the present install epoch, because the centre is at ``high_water`` with it, and tell everybody.

    What it has acknowledged is sent once more: whose events those were is no longer certain.
    """
    left, begun = store.install_epoch, uuid.uuid4().hex
    with store.transaction() as tx:
        [epoch] = tx.rows("SELECT sent FROM epochs WHERE install_epoch = ?", (left,))
        # What may have been sent, and was not heard, is sent again and then counts there, too.
        left_at = max(high_water, epoch["sent"])
        tx.execute("UPDATE epochs SET left_at = ? WHERE install_epoch = ?", (left_at, left))
        tx.execute("INSERT INTO epochs (install_epoch) VALUES (?)", (begun,))
        tx.execute("UPDATE meta SET value = ? WHERE key = 'install_epoch'", (begun,))
        chain.begin_epoch(tx)
        moved = _take_along(tx, left, begun, epoch["sent"])
        outbox.queue_again(tx, left)
        raise_alarm(
            tx,
            StorePutBack(install_epoch=left, high_water=high_water, sent=epoch["sent"], events=moved),
        )
    store.install_epoch = begun


def in_the_way(store: Store) -> list[dict[str, Any]]:
    """Return the events whose places another's events have taken: ``place`` in the outbox, ``install_epoch``."""
    sql = "SELECT place, install_epoch FROM outbox WHERE state = 'rejected' AND reason = ? ORDER BY place"
    return store.rows(sql, (PLACE_TAKEN,))


def give_way(store: Store, events: Sequence[dict[str, Any]]) -> None:
    """Give events that are in the way new places, in the present epoch."""
    with store.transaction() as tx:
        _renumber(tx, store.install_epoch, events)


def watch_twin(store: Store, epoch: str, high_water: int) -> bool:
    """Tell everybody, once, when the centre goes on hearing of an epoch that this store has left; return whether."""
    where = (epoch, high_water)
    with store.transaction() as tx:
        found = tx.rows(
            "UPDATE epochs SET left_at = NULL WHERE install_epoch = ? AND left_at < ? RETURNING 1", where
        )
        if found:
            raise_alarm(tx, StoreTwin(install_epoch=epoch, high_water=high_water))
    return bool(found)


def _take_along(tx: Transaction, left: str, begun: str, sent: int) -> int:
    """Bring what was never sent into the new epoch, in its order; return how many events."""
    never_sent = tx.rows(
        "SELECT place FROM outbox WHERE install_epoch = ? AND seq > ? AND state = 'queued' ORDER BY place",
        (left, sent),
    )
    return _renumber(tx, begun, never_sent)


def _renumber(tx: Transaction, epoch: str, events: Sequence[dict[str, Any]]) -> int:
    for event in events:
        [next_one] = tx.rows(
            "UPDATE epochs SET last_seq = last_seq + 1 WHERE install_epoch = ? RETURNING last_seq", (epoch,)
        )
        tx.execute(
            "UPDATE outbox SET install_epoch = ?, seq = ?, state = 'queued', reason = NULL WHERE place = ?",
            (epoch, next_one["last_seq"], event["place"]),
        )
    return len(events)
