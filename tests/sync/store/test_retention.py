"""The record of the past is kept for three years, and then goes, the oldest first."""

from datetime import UTC, datetime, timedelta

import pytest

from sync.store import Store, retention
from sync.store.transaction import format_time

TODAY = datetime(2030, 3, 1, tzinfo=UTC)
OLD = TODAY - timedelta(days=3 * 366 + 1)
YOUNG = TODAY - timedelta(days=3 * 365)


@pytest.fixture
def store(tmp_path):
    store = Store.open(tmp_path, "K1")
    yield store
    store.close()


def happened(store: Store, *times: datetime) -> None:
    with store.transaction() as tx:
        rows = [(format_time(at), "visit.ended") for at in times]
        tx.executemany("INSERT INTO audit (at, event) VALUES (?, ?)", rows)


def acted(store: Store, outcome: str | None, at: datetime) -> None:
    times = (format_time(at), outcome and format_time(at))
    with store.transaction() as tx:
        tx.execute(
            "INSERT INTO journal (visit_id, effect, intent_at, outcome_at, outcome) VALUES ('v', 'print', ?, ?, ?)",
            (*times, outcome),
        )


def recorded(store: Store) -> list[datetime]:
    return [datetime.fromisoformat(row["at"]) for row in store.rows("SELECT at FROM audit ORDER BY id")]


def test_what_happened_is_kept_for_three_years(store):
    happened(store, OLD, YOUNG, TODAY)
    assert retention.purge(store, TODAY) == 1
    assert recorded(store) == [YOUNG, TODAY]
    assert retention.purge(store, TODAY) == 0


def test_a_few_rows_go_at_a_time_the_oldest_first(store):
    happened(store, *(OLD + timedelta(minutes=minute) for minute in range(5)))
    assert retention.purge(store, TODAY, most=2) == 2
    assert recorded(store) == [OLD + timedelta(minutes=minute) for minute in range(2, 5)]


@pytest.mark.parametrize("wrong", [datetime(1970, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)])
def test_a_row_of_a_wrong_clock_goes_with_its_neighbours_and_keeps_none_back(store, wrong):
    happened(store, OLD, wrong, OLD, YOUNG, wrong, TODAY)
    assert retention.purge(store, TODAY) == 3
    assert recorded(store) == [YOUNG, wrong, TODAY]


def test_an_act_is_kept_for_three_years_and_one_that_is_not_settled_until_it_is(store):
    for outcome in (None, "uncertain", "done", "failed"):
        acted(store, outcome, OLD)
    acted(store, "done", YOUNG)
    assert retention.purge(store, TODAY) == 2
    kept = store.rows("SELECT outcome FROM journal ORDER BY id")
    assert [row["outcome"] for row in kept] == [None, "uncertain", "done"]
