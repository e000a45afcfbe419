"""Pages: what a kiosk gets between two numbers, and when it has to start anew."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from central.feeds import log
from central.feeds.aging import LONGEST_OFFLINE, SUPERSEDED_RETENTION, age_out
from central.feeds.pages import MustRefetchError, TooManyRowsError, page
from central.feeds.publisher import open_publisher
from central.feeds.snapshots import build
from central.feeds.tables import feed_replaced, feed_rows
from central.store.database import reading
from sync.protocol.feeds import ROWS_PER_PAGE
from tests.central.feed_reader import Copy, head_of, published

changes = st.lists(
    st.dictionaries(st.sampled_from("abcd"), st.sampled_from([None, "1", "2", '"纸"']), min_size=1),
    min_size=1,
    max_size=6,
)


def later(after: timedelta = timedelta()) -> datetime:
    return datetime.now(UTC) + after


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes, st.data())
def test_pages_lead_exactly_to_every_head_that_was_announced(on_sqlite, steps, data):
    announced, expected = [], {}
    with on_sqlite.connect() as tx:
        for step in steps:
            log.append(tx, "guides", step, later())
            expected = {key: value for key, value in (expected | step).items() if value is not None}
            announced.append((log.head(tx, "guides"), expected))
        head, values = data.draw(st.sampled_from(announced))
        copy, at_once = Copy(None, "guides"), data.draw(st.integers(1, 5))
        while copy.seq < head.seq:
            upto = min(head.seq, copy.seq + at_once)
            copy.apply(page(tx, "guides", "guides", head.epoch, copy.seq, upto))
    assert copy.values == values
    assert (copy.checksum, len(copy.rows)) == (head.checksum, head.rows)


def test_a_page_has_the_last_change_of_each_key_in_the_order_of_the_keys(any_engine):
    for value in range(4):
        published(any_engine, "outlets", ("B", f"{value}"), ("a", f"{value}"), ("甲", f"{value}"))
    head = head_of(any_engine, "outlets")
    with reading(any_engine) as connection:
        found = page(connection, "outlets", "outlets", head.epoch, 0, head.seq)
    assert [(change.key, change.value) for change in found.changes] == [
        ("B", "3"),
        ("a", "3"),
        ("甲", "3"),
    ]
    assert (found.feed, found.after, found.upto) == ("outlets", 0, 12)


@pytest.mark.parametrize(
    ("after", "upto", "changes"),
    [
        (0, 2, [("a", "1"), ("b", "1")]),
        (1, 3, [("b", "1"), ("c", "1")]),
        (2, 3, [("c", "1")]),
        (2, 4, [("b", "2"), ("c", "1")]),
        (3, 4, [("b", "2")]),
    ],
)
def test_a_page_begins_after_its_first_number_and_ends_with_its_second(on_sqlite, after, upto, changes):
    for change in (("a", "1"), ("b", "1"), ("c", "1"), ("b", "2")):
        published(on_sqlite, "outlets", change)
    epoch = head_of(on_sqlite, "outlets").epoch
    with reading(on_sqlite) as connection:
        found = page(connection, "outlets", "outlets", epoch, after, upto)
    assert [(change.key, change.value) for change in found.changes] == changes


@pytest.mark.parametrize(
    ("epoch", "after", "upto"),
    [("other", 0, 1), ("", 0, 4), ("", 3, 5)],
    ids=["another epoch", "beyond the head", "from the future"],
)
def test_a_cursor_that_the_log_does_not_know_starts_anew(any_engine, epoch, after, upto):
    published(any_engine, "outlets", ("a", "1"), ("b", "1"), ("c", "1"))
    epoch = epoch or head_of(any_engine, "outlets").epoch
    with reading(any_engine) as connection, pytest.raises(MustRefetchError):
        page(connection, "outlets", "outlets", epoch, after, upto)


@pytest.mark.parametrize(("after", "upto"), [(0, ROWS_PER_PAGE + 1), (2, 2), (3, 1)])
def test_a_page_is_neither_empty_nor_too_long(on_sqlite, after, upto):
    with reading(on_sqlite) as connection, pytest.raises(TooManyRowsError):
        page(connection, "outlets", "outlets", "e", after, upto)


def test_a_feed_that_never_began_has_no_pages(on_sqlite):
    with reading(on_sqlite) as connection, pytest.raises(MustRefetchError):
        page(connection, "commands/K1", "commands", "e", 0, 1)


def test_what_was_taken_away_is_forgotten_after_the_longest_absence(any_engine, tmp_path):
    published(any_engine, "outlets", ("a", "1"), ("b", "1"))
    published(any_engine, "outlets", ("a", None))
    early = Copy(any_engine, "outlets")
    early.catch_up(2)
    build(any_engine, open_publisher(tmp_path))
    published(any_engine, "outlets", ("b", None))

    def forgotten(after: timedelta) -> int:
        with any_engine.begin() as tx:
            return age_out(tx, later(after))

    assert forgotten(LONGEST_OFFLINE - timedelta(hours=1)) == 0
    assert forgotten(LONGEST_OFFLINE + timedelta(hours=1)) == 1  # the other one is newer than the snapshot
    head = head_of(any_engine, "outlets")
    assert (head.min_seq, head.snapshot_seq, head.seq, head.rows) == (3, 3, 4, 0)
    with pytest.raises(MustRefetchError):
        early.catch_up()


def test_a_feed_without_a_snapshot_forgets_nothing(any_engine):
    published(any_engine, "commands/K1", ("a", "1"))
    published(any_engine, "commands/K1", ("a", None))
    with any_engine.begin() as tx:
        assert age_out(tx, later(2 * LONGEST_OFFLINE)) == 0
    assert head_of(any_engine, "commands/K1").min_seq == 0


def test_the_log_keeps_one_change_a_key_once_nobody_is_on_the_way(any_engine):
    for value in range(5):
        published(any_engine, "outlets", ("a", f"{value}"))
    with any_engine.begin() as tx:
        age_out(tx, later(SUPERSEDED_RETENTION + timedelta(minutes=1)))
    with reading(any_engine) as connection:
        assert connection.execute(select(feed_replaced)).all() == []
        assert [row.seq for row in connection.execute(select(feed_rows))] == [5]
    copy = Copy(any_engine, "outlets")
    copy.catch_up()
    assert copy.checksum == head_of(any_engine, "outlets").checksum


def test_a_new_epoch_makes_every_cursor_unknown_and_the_manifest_number_higher(any_engine):
    published(any_engine, "outlets", ("a", "1"), ("b", "1"))
    published(any_engine, "outlets", ("a", None))
    before = head_of(any_engine, "outlets")
    with any_engine.begin() as tx:
        log.begin_epochs(tx, later())
    after = head_of(any_engine, "outlets")
    assert after.epoch != before.epoch
    anew = Copy(any_engine, "outlets")
    anew.catch_up()
    assert (anew.values, anew.checksum) == ({"b": "1"}, after.checksum)
