"""Feeds at the kiosk: what the centre published is here, whole, or what was here before stays."""

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.client import CentralUnreachableError
from sync.feeds import feed_status
from sync.feeds.follower import Follower
from sync.feeds.manifest import ManifestVerifier
from sync.feeds.pages import spans
from sync.protocol.feeds import Change, FeedHead, Page
from sync.store.reference import Reference, ReferenceReader
from tests.sync.feed_kiosk import Kiosk, fill, titles
from tests.sync.publisher import Published, Publisher, apply

# Going on from a cursor.


def test_what_is_published_is_here_and_confirmed(kiosk, centre):
    rows = fill(centre["guides"], 3)
    kiosk.follow()
    assert kiosk.rows() == rows
    found = kiosk.feed_status()
    assert (found.epoch, found.seq, found.rows, found.problem) == ("e1", 3, 3, "")
    assert found.is_fresh(datetime.now(UTC))


def test_a_change_and_a_tombstone_arrive(kiosk, centre):
    fill(centre["guides"], 3)
    kiosk.follow()
    centre["guides"].put("g00001", None)
    centre["guides"].put("g00002", {"title": "改了"})
    kiosk.follow()
    assert kiosk.rows() == titles(centre["guides"])
    assert "g00001" not in kiosk.rows()


def test_a_key_that_was_taken_away_may_come_back(kiosk, centre):
    for value in ({"n": 1}, None, {"n": 2}):
        centre["guides"].put("g", value)
        kiosk.follow()
    assert kiosk.rows() == {"g": {"n": 2}}


def test_pages_end_at_the_same_places_for_all_kiosks(kiosk, centre, small_pages):
    fill(centre["guides"], 5)
    kiosk.follow()
    fill(centre["guides"], 10, first=5)
    kiosk.follow()
    pages = [path.rsplit("/", 1)[1] for path in centre.asked if "e1" in path]
    assert pages == ["0-5", "0-10", "10-15"]
    assert kiosk.rows() == titles(centre["guides"])


@given(st.integers(0, 12_345), st.sampled_from([0, 1, 37, 9_990]), st.sampled_from([9_999, 10_000, 12_345]))
def test_wherever_kiosks_stand_their_pages_are_the_same_the_last_one_too(after, min_seq, upto):
    after = min(max(after, min_seq), upto)
    head = FeedHead(name="guides", epoch="e", seq=upto, min_seq=min_seq, rows=0, checksum="", max_age=1)
    pages = list(spans(after, head))
    at = after
    for start, end in pages:
        assert min_seq <= start <= at < end and end - start <= 5_000
        assert start in (min_seq, *range(start // 100 * 100, start + 1, 100))
        at = end
    assert at == upto
    if after < upto:
        assert pages[-1] == list(spans(upto - 1, head))[-1]
        assert len(pages) <= 32


def test_of_a_page_that_begins_before_the_cursor_only_what_is_new_counts(kiosk, centre):
    fill(centre["guides"], 150)
    kiosk.follow()
    for number in range(3):
        centre["guides"].put(f"g{number:05}", {"title": "更正"})
    centre["guides"].put("g00149", None)
    kiosk.follow()
    assert centre.asked[-1] == "/v1/feeds/guides/e1/100-154"
    assert kiosk.rows() == titles(centre["guides"])
    assert kiosk.feed_status("guides").problem == ""


def test_with_nothing_new_one_small_question_is_all(kiosk, centre):
    fill(centre["guides"], 3)
    kiosk.follow()
    before = kiosk.feed_status().since
    centre.asked.clear()
    kiosk.follow()
    assert centre.asked == ["/v1/feeds"]
    assert kiosk.feed_status().since > before


@pytest.mark.parametrize("after, upto", [(0, 3), (2, 4), (4, 5)], ids=["replayed", "overlapping", "ahead"])
def test_a_page_that_does_not_go_on_from_the_cursor_changes_nothing(tmp_path, after, upto):
    feed = Published()
    fill(feed, 5)
    reference = Reference(tmp_path)
    reference.current.begin("guides", "e1")
    assert apply(reference.current, feed.page("guides", 0, 3))
    before = reference.current.cursor("guides")
    assert not apply(reference.current, feed.page("guides", after, upto))
    assert reference.current.cursor("guides") == before
    reference.close()


def test_a_page_of_another_epoch_changes_nothing(tmp_path):
    reference = Reference(tmp_path)
    reference.current.begin("guides", "e1")
    other = Published("e2")
    fill(other, 2)
    assert not apply(reference.current, other.page("guides", 0, 2))
    reference.close()


def test_a_page_that_fails_in_the_middle_leaves_neither_rows_nor_cursor(tmp_path, monkeypatch):
    monkeypatch.setattr("sync.store.reference_file.ROWS_A_STATEMENT", 1)
    feed = Published()
    fill(feed, 4)
    reference = Reference(tmp_path)
    reference.current.begin("guides", "e1")
    page = feed.page("guides", 0, 4)
    broken = Page(page.feed, page.epoch, page.after, page.upto, [*page.changes, Change(4, "h", object())])
    with pytest.raises(Exception, match="bind"):
        reference.current.apply(broken, 0)
    assert ReferenceReader(tmp_path).rows("guides") == {}
    assert reference.current.cursor("guides").seq == 0
    reference.close()


# Starting anew.


def test_a_row_that_was_lost_on_the_way_is_noticed_by_the_checksum_and_all_is_fetched_again(kiosk, centre):
    rows = fill(centre["guides"], 5)
    whole = centre["guides"].page
    centre["guides"].page = lambda name, after, upto: Page(
        name, "e1", after, upto, whole(name, after, upto).changes[:-1]
    )
    kiosk.follow()
    assert kiosk.rows() == {}
    assert "differ" in kiosk.feed_status().problem
    centre["guides"].page = whole
    kiosk.time += 60
    kiosk.follow()
    assert kiosk.rows() == rows
    assert kiosk.feed_status().problem == ""


def test_a_kiosk_whose_row_was_changed_here_gets_the_right_one_again(kiosk, centre):
    rows = fill(centre["guides"], 3)
    kiosk.follow()
    with sqlite3.connect(kiosk.folder / "ref.db") as file:
        file.execute("UPDATE feed SET checksum = '00'")
    centre["guides"].put("g00009", {"title": "新"})
    kiosk.follow()
    assert kiosk.rows() == rows | {"g00009": {"title": "新"}}


def test_a_centre_restored_from_a_backup_has_a_new_epoch_and_its_rows_replace_ours(kiosk, centre):
    fill(centre["guides"], 6)
    kiosk.follow()
    centre.restore("guides", 4, "e2")
    centre["guides"].put("g00000", {"title": "另一个"})
    kiosk.follow()
    assert kiosk.rows() == titles(centre["guides"])
    assert kiosk.feed_status().epoch == "e2"


def test_a_cursor_beyond_the_head_starts_anew_also_in_the_same_epoch(kiosk, centre):
    fill(centre["guides"], 6)
    kiosk.follow()
    centre.restore("guides", 4, "e1")
    kiosk.follow()
    assert kiosk.rows() == titles(centre["guides"])


def test_a_kiosk_set_up_anew_starts_from_the_snapshot_and_goes_on_by_pages(kiosk, centre):
    fill(centre["guides"], 20)
    centre.build_snapshot()
    fill(centre["guides"], 3, first=20)
    kiosk.follow()
    assert kiosk.rows() == titles(centre["guides"])
    assert [path for path in centre.asked if "e1" in path] == ["/v1/feeds/guides/e1/0-23"]


def test_a_cursor_from_before_the_log_is_led_to_the_snapshot(kiosk, centre):
    fill(centre["guides"], 2)
    kiosk.follow()
    fill(centre["guides"], 20, first=2)
    centre.build_snapshot()
    centre["guides"].min_seq = 10
    kiosk.follow()
    assert kiosk.rows() == titles(centre["guides"])


def test_old_rows_are_read_until_the_new_ones_are_whole(kiosk, centre, small_pages):
    old = fill(centre["guides"], 3)
    kiosk.follow()
    centre.restore("guides", 0, "e2")
    fill(centre["guides"], 25, first=100)
    kiosk.follower.ask_now()
    seen = set()
    while not kiosk.follower.step():
        seen.add(len(kiosk.rows()))
    assert seen == {len(old)}
    assert len(kiosk.rows()) == 25


def test_other_feeds_and_card_statuses_survive_a_new_start(tmp_path):
    centre = Publisher("K1", "guides", "outlets")
    fill(centre["guides"], 3)
    fill(centre["outlets"], 4)
    kiosk = Kiosk(tmp_path, centre)
    kiosk.follow()
    centre.restore("guides", 1, "e2")
    kiosk.follow()
    assert kiosk.rows("outlets") == titles(centre["outlets"])
    assert kiosk.rows("guides") == titles(centre["guides"])
    kiosk.close()


# Damage, freshness, manners.


def spoilt_from(place: int):
    def spoil(content: bytes) -> bytes:
        return content[:place] + b"\xa5" * (len(content) - place)

    return spoil


def without_its_first_page(content: bytes) -> bytes:
    return bytes(4096) + content[4096:]


def cut_in_half(content: bytes) -> bytes:
    return content[: len(content) // 2]


@pytest.mark.parametrize("spoil", [spoilt_from(0), spoilt_from(4096), without_its_first_page, cut_in_half])
def test_a_damaged_file_is_fetched_again_and_its_rows_are_not_relied_on_meanwhile(kiosk, centre, spoil):
    rows = fill(centre["guides"], 300)
    kiosk.follow()
    kiosk.follower.close()
    path = (kiosk.folder / "ref.db").resolve()
    path.write_bytes(spoil(path.read_bytes()))
    kiosk.start()
    assert not kiosk.feed_status().is_fresh(datetime.now(UTC))
    kiosk.follow()
    assert kiosk.rows() == rows
    assert kiosk.feed_status().is_fresh(datetime.now(UTC))


def test_a_removed_file_is_fetched_again(kiosk, centre):
    rows = fill(centre["guides"], 3)
    kiosk.follow()
    kiosk.follower.close()
    for path in kiosk.folder.glob("ref*"):
        path.unlink()
    kiosk.start()
    assert kiosk.feed_status().age(datetime.now(UTC)) is None
    kiosk.follow()
    assert kiosk.rows() == rows


def test_the_age_counts_from_the_first_contact_and_a_clock_set_back_does_not_make_it_young(kiosk, centre):
    centre["guides"].put("g", {})

    def away(path):
        if "e1" in path:
            raise CentralUnreachableError("cut")

    centre.before = away
    kiosk.follow()
    now = datetime.now(UTC)
    found = kiosk.feed_status()
    assert found.is_fresh(now)
    assert not found.is_fresh(now + timedelta(seconds=centre.max_age + 60))
    assert not found.is_fresh(now - timedelta(days=400))


def test_a_centre_that_asks_for_time_is_given_it_with_jitter(kiosk, centre):
    def busy(path):
        raise CentralUnreachableError("busy", retry_after=40)

    centre.before = busy
    pauses = {kiosk.follow() for _ in range(5)}
    assert all(40 <= pause <= 60 for pause in pauses)
    assert len(pauses) > 1


def test_the_centre_says_how_often_it_wants_to_be_asked(kiosk, centre):
    centre.ask_again = 200
    assert 200 <= kiosk.follow() <= 250


def test_the_first_question_comes_at_a_random_moment(kiosk, centre):
    gatekeeper = ManifestVerifier(kiosk.store, centre.public_key)
    waits = {
        Follower(kiosk.store, centre, kiosk.copies, gatekeeper, clock=kiosk.now, first_wait=30).step()
        for _ in range(5)
    }
    assert len(waits) == 5
    assert all(0 < wait <= 30 for wait in waits)


def test_a_feed_that_this_program_does_not_know_is_passed_over(tmp_path):
    centre = Publisher("K1", "weather", "guides")
    fill(centre["guides"], 1)
    kiosk = Kiosk(tmp_path, centre)
    kiosk.follow()
    assert set(feed_status.feed_statuses(kiosk.store)) == {"guides"}
    kiosk.close()
