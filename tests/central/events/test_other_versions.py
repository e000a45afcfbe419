"""Kiosks of several versions are out there: what an older one has in its outbox is delivered as it is."""

import json
from contextlib import closing

import msgspec

from central.store import tables as models
from sync.identity import Identity
from sync.process.delivery import DeliveryWorker
from sync.protocol.messages import Event
from sync.store import Store, now, outbox
from tests.central.centre import an_identity
from tests.central.deliveries import EPOCH, event, results
from tests.events import ON_THE_WIRE

KIOSK = "610200-001"


def wait_as_of_before(store: Store, name: str, body: dict) -> None:
    """Let an event wait as the kiosk wrote it before events were structs."""
    with store.transaction() as tx:
        [row] = tx.rows("UPDATE epochs SET last_seq = last_seq + 1 RETURNING install_epoch, last_seq")
        tx.execute(
            "INSERT INTO outbox (id, install_epoch, seq, type, partition, body, occurred_at)"
            " VALUES (?, ?, ?, ?, 'card', ?, ?)",
            (f"e{row['last_seq']}", *row.values(), name, json.dumps({"visit_id": "v", **body}), now()),
        )


def test_what_an_older_kiosk_has_recorded_is_delivered_as_it_is(any_centre, tmp_path):
    with closing(Store.open(tmp_path, KIOSK)) as store:
        for _, name, body in ON_THE_WIRE:
            wait_as_of_before(store, name, body)
        line = any_centre.client(any_centre.enrol(Identity.of(KIOSK, tmp_path)))
        with closing(DeliveryWorker(store, line, tmp_path)) as worker:
            while outbox.pending(store):
                worker.step()
        assert outbox.rejected(store) == []
    held = sorted(
        (msgspec.json.decode(row.content, type=Event) for row in any_centre.rows(models.events)),
        key=lambda each: each.seq,
    )
    assert [(each.type, each.body) for each in held] == [
        (name, {"visit_id": "v", **body}) for _, name, body in ON_THE_WIRE
    ]


def test_what_a_newer_kiosk_says_and_this_centre_does_not_know_is_kept(any_centre):
    kiosk = any_centre.client(any_centre.enrol(an_identity(KIOSK)))
    newer = event(1, type="device.invented", body={"anything": [1, "two"], "at": {"all": True}})
    longer = event(2, type="staff.called", body={"phase": "menu", "from": "the lobby"})
    assert results(kiosk.deliver(EPOCH, [newer, longer])) == ["ok", "ok"]
    assert any_centre.count(models.events) == 2
