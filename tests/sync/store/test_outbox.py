"""The outbox: order within a partition, no waiting between partitions, nothing forgotten."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from sync.protocol.messages import EventAnswer
from sync.store import Store, outbox
from sync.store.transaction import format_time
from tests.events import happen

TODAY = datetime(2026, 11, 22, tzinfo=UTC)
LONG_AGO = TODAY - timedelta(days=31)


@pytest.fixture
def store(tmp_path):
    store = Store.open(tmp_path, "K1")
    yield store
    store.close()


def add(store: Store, *partitions: str) -> list[str]:
    return happen(store, *partitions)


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
    outbox.requeue_in_flight(store)
    assert claimed(store) == ids


def test_a_partition_that_waits_holds_no_other_back(store):
    ids = add(store, "a", "b", "a", "", "")
    assert claimed(store, waiting=["a", ids[3]]) == [ids[1], ids[4]]


def test_an_answer_decides_about_its_own_event_and_no_other(store):
    ids = add(store, *"abcde")
    claimed(store)
    results = ("ok", "duplicate", "conflict", "rejected")
    outbox.apply_answers(
        store, [EventAnswer(each, result, "why") for each, result in zip(ids, results, strict=False)]
    )
    states = {row["id"]: row["state"] for row in store.rows("SELECT id, state FROM outbox")}
    assert [states[each] for each in ids] == ["acknowledged"] * 2 + ["rejected"] * 2 + ["queued"]
    assert outbox.pending(store) == 1
    assert store.rows("SELECT reason FROM outbox WHERE id = ?", [ids[3]]) == [{"reason": "why"}]


def test_an_answer_to_an_event_that_was_not_sent_changes_nothing(store):
    (mine,) = add(store, "a")
    outbox.apply_answers(store, [EventAnswer(mine, "ok"), EventAnswer("unknown", "ok")])
    assert outbox.pending(store) == 1


def test_all_that_was_acknowledged_is_sent_again_in_the_old_order_to_a_centre_that_holds_less(store):
    ids = add(store, "a", "b")
    deliver(store)
    ids += add(store, "a")
    assert outbox.reconcile(store, store.install_epoch, held=1) == 1
    assert claimed(store) == ids


def test_nothing_is_sent_again_to_a_centre_that_holds_all(store):
    add(store, "a", "b")
    deliver(store)
    assert outbox.reconcile(store, store.install_epoch, held=2) == 0
    assert claimed(store) == []


def test_what_was_removed_still_counts_as_acknowledged(store):
    add(store, "a", "b")
    deliver(store, at=LONG_AGO)
    assert outbox.purge(store, TODAY, most=1) == 1
    assert outbox.purge(store, TODAY) == 1
    assert count(store) == 0
    assert outbox.acknowledged(store) == 2
    assert outbox.reconcile(store, store.install_epoch, held=2) == 0
    assert add(store, "c") == claimed(store)
    assert store.rows("SELECT seq FROM outbox") == [{"seq": 3}]


def test_what_was_acknowledged_is_kept_for_thirty_days_and_what_was_not_for_ever(store):
    add(store, "a")
    deliver(store, at=TODAY - timedelta(days=29))
    rejected = add(store, "b")
    deliver(store, "rejected", at=LONG_AGO)
    waiting = add(store, "c")
    outbox.purge(store, TODAY)
    assert count(store) == 3
    outbox.purge(store, TODAY + timedelta(days=2))
    assert [row["id"] for row in store.rows("SELECT id FROM outbox ORDER BY place")] == rejected + waiting


def test_what_the_centre_lost_and_the_kiosk_has_removed_is_told_once_and_then_done_with(store):
    add(store, "a", "b", "c")
    deliver(store, at=LONG_AGO)
    outbox.purge(store, TODAY)
    kept = add(store, "d")
    deliver(store)  # the centre has all four, and is then restored to what it was after two
    assert outbox.reconcile(store, store.install_epoch, held=2) == 2
    assert claimed(store) == kept
    outbox.apply_answers(store, [EventAnswer(kept[0], "ok")])
    outbox.reconcile(store, store.install_epoch, held=3)
    deliver(store, "duplicate")
    outbox.reconcile(store, store.install_epoch, held=3)
    assert told(store) == [("outbox.lost_at_centre", {"install_epoch": store.install_epoch, "events": 1})]
    deliver(store)  # the report itself
    assert outbox.reconcile(store, store.install_epoch, held=4) == 0
    assert len(told(store)) == 1


def test_a_centre_restored_twice_to_the_same_is_told_twice_and_nothing_is_given_up(store):
    ids = add(store, *"abcd")
    deliver(store)
    assert outbox.reconcile(store, store.install_epoch, held=1) == 3
    deliver(store, "duplicate")  # it took them; the first answer was lost on the way
    assert outbox.reconcile(store, store.install_epoch, held=4) == 0
    assert outbox.reconcile(store, store.install_epoch, held=1) == 3
    assert claimed(store) == ids
    assert told(store) == []


def test_an_outbox_that_is_stuck_is_told_once_each_time(store):
    add(store, "a", "b")
    begun = datetime.now(UTC)
    late = begun + timedelta(hours=25)
    assert not outbox.report_stuck_events(store, begun)
    assert outbox.report_stuck_events(store, late)
    assert outbox.report_stuck_events(store, late)
    assert [event for event, _ in told(store)] == ["outbox.stuck"]
    assert outbox.summary(store).stuck
    deliver(store)
    assert not outbox.report_stuck_events(store, late)
    assert not outbox.summary(store).stuck
    add(store, "a")
    assert outbox.report_stuck_events(store, late + timedelta(hours=25))
    assert [event for event, _ in told(store)] == ["outbox.stuck"] * 2


def test_a_rejected_event_is_listed_without_its_content(store):
    (mine,) = add(store, "a")
    deliver(store, "rejected")
    (found,) = outbox.rejected(store)
    assert (found.id, found.type, found.reason) == (mine, "card.pin_changed", "why")


def test_a_retried_event_goes_before_the_later_ones_and_after_the_earlier_rejected_ones_of_its_card(store):
    first, other, second, third = add(store, "a", "b", "a", "a")
    deliver(store, "rejected")
    later = add(store, "a")
    assert outbox.retry(store, second) == [first, second]
    assert claimed(store) == [first, second, *later]
    assert [each.id for each in outbox.rejected(store)] == [other, third]


def test_all_rejected_events_are_retried_in_their_order(store):
    ids = add(store, "a", "", "")
    deliver(store, "conflict")
    assert outbox.retry(store) == ids
    assert claimed(store) == ids
    assert outbox.retry(store) == []


@pytest.mark.parametrize("event_id", ["unknown", "acknowledged"])
def test_only_what_was_rejected_is_retried(store, event_id):
    add(store, "a")
    deliver(store, "rejected")
    (taken,) = add(store, "a")
    deliver(store)
    assert outbox.retry(store, taken if event_id == "acknowledged" else event_id) == []


def test_events_of_a_former_epoch_are_handed_out_apart_and_first(store):
    with store.transaction() as tx:
        tx.execute("INSERT INTO epochs (install_epoch, last_seq) VALUES ('old', 9)")
        tx.execute(
            "INSERT INTO outbox (id, install_epoch, seq, type, body, occurred_at)"
            " VALUES ('x', 'old', 9, 't', '{}', '2026-11-22T00:00:00Z')"
        )
    ids = add(store, "a", "b")
    old = outbox.claim(store, 10)
    assert [(event.install_epoch, event.seq) for event in old] == [("old", 9)]
    assert claimed(store) == ids
    assert outbox.epochs(store) == [store.install_epoch, "old"]


def deliver(store: Store, result: str = "ok", at: datetime | None = None) -> None:
    answers = [EventAnswer(each, result, "why") for each in claimed(store)]
    outbox.apply_answers(store, answers, at and format_time(at))


def told(store: Store) -> list[tuple[str, dict]]:
    return [(row["event"], json.loads(row["data"])) for row in store.rows("SELECT * FROM audit ORDER BY id")]


def count(store: Store) -> int:
    return store.rows("SELECT count(*) AS n FROM outbox")[0]["n"]


def test_the_summary_counts_and_names_the_oldest_that_waits(store):
    ids = add(store, "a", "b", "c")
    claimed(store, limit=2)
    outbox.apply_answers(store, [EventAnswer(ids[0], "ok"), EventAnswer(ids[1], "rejected", "no")])
    summary = outbox.summary(store)
    assert (summary.queued, summary.rejected, summary.acknowledged) == (1, 1, 1)
    assert [{"occurred_at": summary.oldest}] == store.rows(
        "SELECT occurred_at FROM outbox WHERE id = ?", [ids[2]]
    )
