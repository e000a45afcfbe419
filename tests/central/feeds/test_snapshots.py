"""Snapshots are there whole or not at all, and stay as long as somebody may be fetching them."""

import os
import time

import pytest

from central.feeds.publisher import open_publisher
from central.feeds.snapshots import GRACE_SECONDS, SMALLEST, build, due
from central.store.database import reading
from tests.central.feed_reader import head_of, published


@pytest.fixture
def publisher(tmp_path):
    return open_publisher(tmp_path)


def files(publisher) -> set[str]:
    return {file.name for file in publisher.snapshots.iterdir()}


def test_a_full_disk_leaves_no_half_file_and_the_old_snapshot_in_use(on_sqlite, publisher, monkeypatch):
    published(on_sqlite, "outlets", ("a", "1"))
    [first] = build(on_sqlite, publisher)
    published(on_sqlite, "outlets", ("b", "1"))

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
        patch.setattr(os, "fsync", full)
        build(on_sqlite, publisher)
    assert files(publisher) == {first.sha256}
    assert head_of(on_sqlite, "outlets").snapshot_sha256 == first.sha256


def test_a_file_that_got_lost_is_built_again(on_sqlite, publisher):
    published(on_sqlite, "outlets", ("a", "1"))
    [first] = build(on_sqlite, publisher)
    (publisher.snapshots / first.sha256).unlink()
    assert build(on_sqlite, publisher) == [first]
    assert files(publisher) == {first.sha256}


def test_an_old_file_stays_for_a_day(on_sqlite, publisher):
    published(on_sqlite, "outlets", ("a", "1"))
    [first] = build(on_sqlite, publisher)
    published(on_sqlite, "outlets", ("b", "1"))
    [second] = build(on_sqlite, publisher)
    assert files(publisher) == {first.sha256, second.sha256}
    long_ago = time.time() - GRACE_SECONDS - 60
    for name in files(publisher):
        os.utime(publisher.snapshots / name, (long_ago, long_ago))
    build(on_sqlite, publisher)
    assert files(publisher) == {second.sha256}


def test_a_snapshot_is_due_at_first_and_then_when_the_log_has_grown(on_sqlite, publisher):
    def is_due() -> bool:
        with reading(on_sqlite) as connection:
            return due(connection)

    assert not is_due()
    published(on_sqlite, "outlets", ("a", "1"))
    assert is_due()
    build(on_sqlite, publisher)
    published(on_sqlite, "outlets", ("b", "1"))
    assert not is_due()
    published(on_sqlite, "outlets", *((f"{number}", "1") for number in range(SMALLEST)))
    assert is_due()
