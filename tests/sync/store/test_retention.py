"""The record of the past is kept for three years by the centre's clock, and then goes, the oldest first."""

from datetime import UTC, datetime, timedelta

import pytest

from sync.store import Store, retention

TODAY = datetime(2026, 11, 27, 23, 50, tzinfo=UTC)
ALMOST = TODAY + timedelta(days=3 * 366)
AFTERWARDS = ALMOST + timedelta(days=1)
WRONG_CLOCKS = ("1970-01-01T00:00:00+00:00", "2099-01-01T00:00:00+00:00", "")


@pytest.fixture
def store(tmp_path):
    store = Store.open(tmp_path, "K1")
    yield store
    store.close()


def happened(store: Store, *events: str, at: str = "2026-11-27T00:00:00+00:00") -> None:
    with store.transaction() as tx:
        tx.executemany("INSERT INTO audit (at, event) VALUES (?, ?)", [(at, event) for event in events])


def acted(store: Store, outcome: str | None) -> None:
    at = "2026-11-27T00:00:00+00:00"
    with store.transaction() as tx:
        tx.execute(
            "INSERT INTO journal (visit_id, effect, intent_at, outcome_at, outcome) VALUES ('v', 'print', ?, ?, ?)",
            (at, outcome and at, outcome),
        )


def recorded(store: Store) -> list[str]:
    return [row["event"] for row in store.rows("SELECT event FROM audit ORDER BY id")]


def test_what_happened_is_kept_for_three_years(store):
    happened(store, "a", "b")
    assert retention.purge(store, TODAY) == 0
    happened(store, "c")
    assert retention.purge(store, ALMOST) == 0
    assert retention.purge(store, AFTERWARDS) == 2
    assert recorded(store) == ["c"]


def test_a_few_rows_go_at_a_time_the_oldest_first(store):
    happened(store, *"abcde")
    retention.purge(store, TODAY)
    assert retention.purge(store, AFTERWARDS, most=2) == 2
    assert recorded(store) == ["c", "d", "e"]
    assert retention.purge(store, AFTERWARDS) == 3


@pytest.mark.parametrize("wrong", WRONG_CLOCKS)
def test_a_row_of_a_wrong_clock_is_kept_as_long_as_any_other(store, wrong):
    happened(store, "a", at=wrong)
    for day in (TODAY, ALMOST):
        assert retention.purge(store, day) == 0
    assert retention.purge(store, AFTERWARDS) == 1


def test_an_act_is_kept_for_three_years_and_one_that_is_not_settled_until_it_is(store):
    for outcome in (None, "uncertain", "done", "failed"):
        acted(store, outcome)
    retention.purge(store, TODAY)
    acted(store, "done")
    assert retention.purge(store, AFTERWARDS) == 2
    assert [row["outcome"] for row in store.rows("SELECT outcome FROM journal ORDER BY id")] == [
        *(None, "uncertain", "done")
    ]
    with store.transaction() as tx:
        tx.execute("UPDATE journal SET outcome = 'done' WHERE outcome = 'uncertain'")
    assert retention.purge(store, AFTERWARDS) == 1


def test_the_days_are_kept_for_three_years_too(store):
    for day in range(5):
        retention.purge(store, TODAY + timedelta(days=day))
    retention.purge(store, AFTERWARDS + timedelta(days=3))
    days = [row["day"] for row in store.rows("SELECT day FROM record_days ORDER BY day")]
    assert days == ["2026-11-30", "2026-12-01", "2029-12-03"]
