"""The outbox: order within a partition, no waiting between partitions, nothing forgotten."""

import pytest

from sync.protocol.messages import EventAnswer
from sync.store import Store, outbox


@pytest.fixture
def store(tmp_path):
    store = Store.open(tmp_path, "K1")
    yield store
    store.close()


def add(store: Store, *partitions: str) -> list[str]:
    with store.transaction() as tx:
        return [outbox.add(tx, "card.pin_changed", each, {}) for each in partitions]


def claimed(store: Store, **how) -> list[str]:
    return [event.id for event in outbox.claim(store, **{"limit": 10} | how)]


def test_events_are_handed_out_in_their_order_with_where_they_come_from(store):
    ids = add(store, "a", "b", "a")
    events = outbox.claim(store, 10)
    assert [event.id for event in events] == ids
    assert [event.seq for event in events] == [1, 2, 3]
    assert {(event.kiosk_id, event.install_epoch) for event in events} == {("K1", store.install_epoch)}
    assert events[0].occurred_at.tzinfo is not None


def test_what_is_being_sent_is_not_handed_out_again_until_it_is_released(store):
    ids = add(store, "a", "b", "a")
    assert claimed(store, limit=2) == ids[:2]
    assert claimed(store) == ids[2:]
    outbox.release(store)
    assert claimed(store) == ids


def test_a_partition_that_waits_holds_no_other_back(store):
    ids = add(store, "a", "b", "a", "", "")
    assert claimed(store, waiting=["a", ids[3]]) == [ids[1], ids[4]]


def test_an_answer_decides_about_its_own_event_and_no_other(store):
    ids = add(store, *"abcde")
    claimed(store)
    results = ("ok", "duplicate", "conflict", "rejected")
    outbox.settle(
        store, [EventAnswer(each, result, "why") for each, result in zip(ids, results, strict=False)]
    )
    states = {row["id"]: row["state"] for row in store.rows("SELECT id, state FROM outbox")}
    assert [states[each] for each in ids] == ["acknowledged"] * 2 + ["rejected"] * 2 + ["queued"]
    assert outbox.pending(store) == 1
    assert store.rows("SELECT reason FROM outbox WHERE id = ?", [ids[3]]) == [{"reason": "why"}]


def test_an_answer_to_an_event_that_was_not_sent_changes_nothing(store):
    (mine,) = add(store, "a")
    outbox.settle(store, [EventAnswer(mine, "ok"), EventAnswer("unknown", "ok")])
    assert outbox.pending(store) == 1


def test_all_that_was_acknowledged_can_be_sent_again_in_the_old_order(store):
    ids = add(store, "a", "b")
    outbox.settle(store, [EventAnswer(event.id, "ok") for event in outbox.claim(store, 10)])
    ids += add(store, "a")
    outbox.send_all_again(store)
    assert claimed(store) == ids


def test_the_summary_counts_and_names_the_oldest_that_waits(store):
    ids = add(store, "a", "b", "c")
    claimed(store, limit=2)
    outbox.settle(store, [EventAnswer(ids[0], "ok"), EventAnswer(ids[1], "rejected", "no")])
    summary = outbox.summary(store)
    assert (summary.queued, summary.rejected, summary.acknowledged) == (1, 1, 1)
    assert [{"occurred_at": summary.oldest}] == store.rows(
        "SELECT occurred_at FROM outbox WHERE id = ?", [ids[2]]
    )
