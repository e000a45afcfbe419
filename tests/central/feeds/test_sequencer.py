"""The sequencer: a number for every change, without a gap, and none that a kiosk has already gone past."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from central.feeds.manifest import begin_feeds, heads
from central.feeds.names import PUBLIC, UnknownFeedError
from central.feeds.publishing import card_status_changed, publish
from central.feeds.sequencer import load, sequence
from central.feeds.tables import feed_changes, feed_replaced, feed_rows
from central.store.database import reading
from sync.protocol.card_status_list import Listed, card_hash
from tests.central.feed_reader import CARD_KEY, Copy, head_of, published

WANG = "610200D15600000500000001A1B2C3D4"


def test_a_reader_of_a_sequence_loses_what_commits_late_and_a_reader_of_ours_does_not(on_postgres):
    naive, ours = [], Copy(on_postgres, "notices")

    def read_naively() -> None:
        c = feed_changes.c
        with reading(on_postgres) as connection:
            last = max(naive, default=0)
            naive.extend(connection.execute(select(c.id).where(c.id > last).order_by(c.id)).scalars())

    def read_ours() -> None:
        sequence(on_postgres, CARD_KEY)
        ours.catch_up()

    for read in (read_naively, read_ours):
        with on_postgres.connect() as slow, on_postgres.connect() as quick:
            publish(slow, "notices", [(f"first {read.__name__}", '"drew the lower number"')])
            publish(quick, "notices", [(f"second {read.__name__}", '"committed first"')])
            quick.commit()
            read()
            slow.commit()
            read()

    assert len(naive) == 1  # one of two: the number of the other one is lower than what was read already
    assert set(ours.values) == {
        f"{place} {each}" for place in ("first", "second") for each in ("read_naively", "read_ours")
    }
    assert ours.seq == head_of(on_postgres, "notices").seq == 4


def test_numbers_have_no_gap_and_nothing_is_lost_whoever_writes_numbers_and_reads_at_once(any_engine):
    done = threading.Event()

    def write(writer: int) -> None:
        chance = random.Random(writer)
        for turn in range(8):
            with any_engine.begin() as tx:
                keys = chance.sample(range(12), 3)
                publish(tx, "outlets", [(str(key), f'"{writer}.{turn}.{key}"') for key in keys])

    def number() -> None:
        while not done.is_set():
            sequence(any_engine, CARD_KEY)

    copy = Copy(any_engine, "outlets")
    with ThreadPoolExecutor() as pool:
        numbering = [pool.submit(number) for _ in range(2)]
        writing = [pool.submit(write, writer) for writer in range(4)]
        while not all(each.done() for each in writing):
            copy.catch_up(at_once=5)
        done.set()
        for each in numbering + writing:
            each.result()
    sequence(any_engine, CARD_KEY)
    copy.catch_up()

    head = head_of(any_engine, "outlets")
    with reading(any_engine) as connection:
        numbers = [
            *connection.execute(select(feed_rows.c.seq)).scalars(),
            *connection.execute(select(feed_replaced.c.seq)).scalars(),
        ]
        table = {row.key: row.value for row in connection.execute(select(feed_rows))}
    assert sorted(numbers) == list(range(1, head.seq + 1))
    assert copy.values == table
    assert (copy.checksum, len(copy.rows)) == (head.checksum, head.rows)


def test_of_several_changes_of_a_key_the_last_one_counts(any_engine):
    assert published(any_engine, "guides", ("a", "1"), ("b", "1"), ("a", "2")) == 2
    copy = Copy(any_engine, "guides")
    copy.catch_up()
    assert copy.values == {"a": "2", "b": "1"}


def test_publishing_the_same_value_again_is_no_change(any_engine):
    assert published(any_engine, "guides", ("a", "1"), ("gone", None)) == 1
    assert published(any_engine, "guides", ("a", "1"), ("gone", None)) == 0
    assert head_of(any_engine, "guides").seq == 1


def test_what_a_failed_transaction_published_is_never_seen(any_engine):
    with pytest.raises(ZeroDivisionError), any_engine.begin() as tx:
        publish(tx, "guides", [("a", "1")])
        raise ZeroDivisionError
    assert sequence(any_engine, CARD_KEY) == 0
    assert published(any_engine, "guides", ("b", "1")) == 1
    assert head_of(any_engine, "guides").seq == 1


def test_each_feed_counts_for_itself(any_engine):
    published(any_engine, "guides", ("a", "1"))
    published(any_engine, "commands/K1", ("a", "1"), ("b", "1"))
    assert head_of(any_engine, "guides").seq == 1
    assert head_of(any_engine, "commands/K1").seq == 2


def test_several_workers_that_start_at_once_begin_each_feed_once(any_engine):
    def begin(_: int) -> None:
        with any_engine.begin() as tx:
            begin_feeds(tx, PUBLIC, datetime.now(UTC))

    with ThreadPoolExecutor() as pool:
        list(pool.map(begin, range(4)))
    with reading(any_engine) as connection:
        assert {head.name for head in heads(connection, ["K1"]).of("K1")} == set(PUBLIC)


@pytest.mark.parametrize("feed", ["nothing", "commands", "commands/", "commands/a b", "guides/K1"])
def test_there_are_no_other_feeds(on_sqlite, feed):
    with pytest.raises(UnknownFeedError), on_sqlite.begin() as tx:
        publish(tx, feed, [("a", "1")])


def test_many_rows_at_once_come_after_what_waits(any_engine):
    with any_engine.begin() as tx:
        publish(tx, "outlets", [("a", '"waits"'), ("b", '"waits"')])
    with any_engine.begin() as tx:
        assert load(tx, "outlets", [("a", '"loaded"')], CARD_KEY) == 3
    copy = Copy(any_engine, "outlets")
    copy.catch_up()
    assert copy.values == {"a": '"loaded"', "b": '"waits"'}
    assert copy.checksum == head_of(any_engine, "outlets").checksum


def test_a_lost_card_is_listed_under_its_hash_and_leaves_the_list_when_it_is_found(any_engine):
    copy = Copy(any_engine, "card-status")
    expected = []
    for state in ("normal", "lost-phone", "lost-formal", "cancelled", "normal"):
        with any_engine.begin() as tx:
            card_status_changed(tx, WANG, state)
        sequence(any_engine, CARD_KEY)
        copy.catch_up()
        assert copy.checksum == (head.checksum if (head := head_of(any_engine, "card-status")) else "0" * 16)
        expected.append(copy.values)
    key = f"{card_hash(CARD_KEY, WANG):010x}"
    listed = [{key: str(int(each))} for each in (Listed.PROVISIONALLY_LOST, Listed.LOST, Listed.CANCELLED)]
    assert expected == [{}, *listed, {}]
    with reading(any_engine) as connection:
        assert connection.execute(select(feed_rows.c.key)).scalars().all() == [key]
