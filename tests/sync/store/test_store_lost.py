"""A store that is gone is told as a loss; a centre gone mad does not fill the store with epochs."""

from contextlib import closing

import msgspec
import pytest

from sync.process.delivery import DeliveryWorker
from sync.protocol.messages import PLACE_TAKEN, DeliveryAnswer, EventAnswer
from sync.store import Store, outbox
from sync.store.alarms import alarms
from tests.events import happen

KIOSK = "610200-001"


def test_a_centre_that_says_of_every_place_that_it_is_taken_does_not_fill_the_store(tmp_path):
    class Broken:
        clock_offset = 0.0

        def deliver(self, _epoch, events, _acknowledged, _sent):
            return DeliveryAnswer([EventAnswer(each.id, "conflict", PLACE_TAKEN) for each in events], 0, 0)

    with (
        closing(Store.open(tmp_path, KIOSK)) as store,
        closing(DeliveryWorker(store, Broken(), tmp_path)) as worker,
    ):
        happen(store, "a")
        for _ in range(50):
            worker.step()
        assert len(alarms(store)) == 1


@pytest.mark.parametrize("gone", ["missing", "empty", "missing with its log"])
def test_a_store_that_is_gone_is_told_as_a_loss_and_not_silently_made_anew(tmp_path, gone):
    with closing(Store.open(tmp_path, KIOSK)) as store:
        happen(store, "")
    for name in ("ops.db-wal", "ops.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    (tmp_path / "ops.db").unlink()
    if gone == "empty":
        (tmp_path / "ops.db").touch()
    with closing(Store.open(tmp_path, KIOSK)) as store:
        [alarm] = alarms(store)
        assert alarm["event"] == "store.lost"
        assert [event.type for event in outbox.claim(store, 10)] == ["store.lost"]
    with closing(Store.open(tmp_path, KIOSK)) as store:
        assert len(alarms(store)) == 1, "told once"


def test_a_new_kiosk_has_lost_nothing(tmp_path):
    with closing(Store.open(tmp_path, KIOSK)) as store:
        assert alarms(store) == []


def test_a_first_start_that_was_broken_off_has_lost_nothing(tmp_path):
    Store.open(tmp_path, KIOSK).close()
    (tmp_path / "ops.key-id").unlink()  # it is written when the store is whole
    with closing(Store.open(tmp_path, KIOSK)) as store:
        assert alarms(store) == []
    assert (tmp_path / "ops.key-id").exists()


def test_a_store_without_its_keys_name_is_not_opened_with_another_key(tmp_path):
    Store.open(tmp_path, KIOSK).close()
    (tmp_path / "ops.key-id").unlink()
    (tmp_path / "store.key").write_text("ab" * 32)
    before = (tmp_path / "ops.db").read_bytes()
    with pytest.raises(Exception, match="nothing was changed"):
        Store.open(tmp_path, KIOSK)
    assert (tmp_path / "ops.db").read_bytes() == before


def test_alarms_are_json_for_whoever_asks(tmp_path):
    Store.open(tmp_path, KIOSK).close()
    (tmp_path / "ops.db").unlink()
    with closing(Store.open(tmp_path, KIOSK)) as store:
        assert msgspec.json.decode(msgspec.json.encode(alarms(store)))
