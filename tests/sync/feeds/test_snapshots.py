"""Files to start from: one that is not what the manifest names, or is no good, is not used, and the old rows stay."""

import errno
from contextlib import contextmanager
from itertools import islice, takewhile

import pytest
import zstandard

from sync.client import CentralUnreachableError
from sync.feeds.download import SnapshotUnpacker
from tests.sync.feed_kiosk import Kiosk, fill
from tests.sync.publisher import Publisher

SPOILT = {
    "of 0 bytes": lambda content: b"",
    "truncated": lambda content: content[: len(content) // 2],
    "with another content": lambda content: content[:-9] + b"tampered!",
    "too long": lambda content: content + b"more",
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_a_spoilt_snapshot_is_thrown_away_and_the_old_rows_stay(kiosk, centre, spoil):
    old = fill(centre["guides"], 3)
    kiosk.follow()
    centre.restore("guides", 0, "e2")
    new = fill(centre["guides"], 50)
    centre.build_snapshot()
    centre["guides"].min_seq = 50
    centre.forge = spoil
    kiosk.follow()
    assert kiosk.rows() == old
    assert kiosk.feed_status().problem
    assert not list(kiosk.folder.glob("*.part"))
    centre.forge = lambda content: content
    kiosk.time += 60
    kiosk.follow()
    assert kiosk.rows() == new


def other_table(database) -> None:
    database.execute("ALTER TABLE row ADD COLUMN more")


def wrong_count(database) -> None:
    database.execute("DELETE FROM row WHERE key = 'g00001'")


@pytest.mark.parametrize("spoil", [other_table, wrong_count])
def test_a_snapshot_with_other_tables_or_a_wrong_count_is_not_used(kiosk, centre, spoil):
    fill(centre["guides"], 5)
    centre.build_snapshot(spoil)
    kiosk.follow()
    assert kiosk.rows() == {}
    assert kiosk.feed_status().problem


def test_a_snapshot_with_a_feed_of_a_newer_centre_is_used_and_that_feed_passed_over(tmp_path):
    """As an older program meets ``answers``: the rows that it knows come, and nothing asks for the others."""
    centre = Publisher("K1", "guides", "weather")
    fill(centre["weather"], 2)
    rows = fill(centre["guides"], 3)
    centre.build_snapshot()
    kiosk = Kiosk(tmp_path, centre)
    kiosk.follow()
    assert kiosk.rows() == rows
    assert kiosk.feed_status().problem == "" and kiosk.copies.damaged() == []
    assert not [path for path in centre.asked if "weather" in path]
    kiosk.close()


@pytest.mark.parametrize("content", [b"", b"not a database" * 100], ids=["empty", "text"])
def test_a_snapshot_that_is_no_database_is_not_used(kiosk, centre, content):
    old = fill(centre["guides"], 3)
    kiosk.follow()
    centre.restore("guides", 0, "e2")
    fill(centre["guides"], 5)
    centre.offer(content, "guides")
    kiosk.follow()
    assert kiosk.rows() == old
    assert kiosk.feed_status().problem
    assert not list(kiosk.folder.glob("*.part"))


def test_a_snapshot_that_is_not_zstd_is_not_used(kiosk, centre, monkeypatch):
    fill(centre["guides"], 5)
    monkeypatch.setattr(zstandard, "compress", lambda content: content)
    centre.offer(b"plain", "guides")
    monkeypatch.undo()
    kiosk.follow()
    assert "zstd" in kiosk.feed_status().problem


def test_a_cut_download_goes_on_where_it_was_also_after_a_restart(kiosk, centre, monkeypatch):
    monkeypatch.setattr("sync.feeds.download.PIECE_SECONDS", 0)
    new = fill(centre["guides"], 50)
    centre.build_snapshot()
    centre.piece = 64
    starts = []
    whole = centre.stream

    @contextmanager
    def cut(path, start):
        starts.append(start)
        with whole(path, start) as pieces:
            yield pieces if len(starts) > 1 else breaking(islice(pieces, 3))

    centre.stream = cut
    kiosk.follow()
    assert kiosk.rows() == {}
    kiosk.restart()
    kiosk.follow()
    assert starts == [0, 3 * 64]
    assert kiosk.rows() == new


def breaking(pieces):
    yield from pieces
    raise CentralUnreachableError("cut")


def test_others_get_their_turn_while_a_snapshot_comes(kiosk, centre, monkeypatch):
    monkeypatch.setattr("sync.feeds.download.PIECE_SECONDS", 0)
    fill(centre["guides"], 50)
    size = centre.build_snapshot().bytes
    centre.piece = 64
    kiosk.follower.ask_now()
    turns = len(list(takewhile(lambda pause: pause == 0, iter(kiosk.follower.step, None))))
    assert turns > size // 64


def test_what_unpacks_without_end_is_let_neither_onto_the_disk_nor_into_memory(kiosk, centre, monkeypatch):
    largest = 0
    write = SnapshotUnpacker.write

    def written(unpacking, plain):
        nonlocal largest
        largest = max(largest, len(plain))
        return write(unpacking, plain)

    monkeypatch.setattr(SnapshotUnpacker, "write", written)
    centre.offer(bytes(80 << 20), "guides")
    fill(centre["guides"], 1)
    kiosk.follow()
    assert "unpacked size exceeds" in kiosk.feed_status().problem
    assert 0 < largest <= 1 << 20
    assert not [*kiosk.folder.glob("*.plain"), *kiosk.folder.glob("*.part")]


def test_a_full_disk_leaves_the_old_rows(kiosk, centre, monkeypatch):
    old = fill(centre["guides"], 3)
    kiosk.follow()
    centre.restore("guides", 0, "e2")
    fill(centre["guides"], 50)
    centre.build_snapshot()

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("sync.feeds.download.SnapshotUnpacker.take", full)
        kiosk.follow()
    assert kiosk.rows() == old
    assert "No space" in kiosk.feed_status().problem


def test_a_snapshot_that_failed_is_not_fetched_at_every_question(kiosk, centre):
    fill(centre["guides"], 5)
    centre.build_snapshot(wrong_count)
    for _ in range(3):
        kiosk.follow()
    assert len([path for path in centre.asked if "snapshots" in path]) == 1
