"""Feeds at the kiosk: what the centre published is here, whole, or what was here before stays."""

import errno
import json
import sqlite3
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile

import pytest
import zstandard

from sync.client import CentralUnreachable
from sync.feeds import commands, standing
from sync.feeds.copies import Copies
from sync.feeds.download import Unpacking
from sync.feeds.follower import Follower
from sync.feeds.manifest import FeedKeyError, Gatekeeper
from sync.protocol.feeds import COMMANDS, Change, Page
from sync.store import Store
from sync.store.reference import Reference, ReferenceReader
from tests.sync.publisher import Published, Publisher, apply


class Kiosk:
    """A kiosk's folder and the follower in it, which can be stopped at any piece of its work."""

    def __init__(self, folder, centre: Publisher) -> None:
        self.folder, self.centre = folder, centre
        self.time = 1000.0
        self.store = Store.open(folder, "K1")
        self.reader = ReferenceReader(folder)
        self.start()

    def start(self) -> None:
        self.copies = Copies(self.store, self.centre, self.folder, clock=self.now)
        gatekeeper = Gatekeeper(self.store, self.centre.public_key)
        self.follower = Follower(self.store, self.centre, self.copies, gatekeeper, clock=self.now)

    def now(self) -> float:
        return self.time

    def restart(self) -> None:
        self.follower.close()
        self.start()

    def follow(self) -> float:
        """Go once through the feeds; return how long the follower wants to rest then."""
        self.follower.ask_now()
        while not (pause := self.follower.step()):
            pass
        return pause

    def rows(self, feed: str = "guides") -> dict:
        return {key: json.loads(value) for key, value in self.reader.rows(feed).items()}

    def standing(self, feed: str = "guides") -> standing.Standing:
        return standing.standings(self.store)[feed]

    def close(self) -> None:
        self.follower.close()
        self.store.close()


@pytest.fixture
def centre():
    return Publisher()


@pytest.fixture
def kiosk(tmp_path, centre):
    kiosk = Kiosk(tmp_path, centre)
    yield kiosk
    kiosk.close()


def fill(feed: Published, count: int, first: int = 0) -> dict:
    rows = {f"g{number:05}": {"title": f"问题{number}"} for number in range(first, first + count)}
    for key, value in rows.items():
        feed.put(key, value)
    return rows


def titles(feed: Published) -> dict:
    return {key: json.loads(change.value) for key, change in feed.rows().items()}


@pytest.fixture
def small_pages(monkeypatch):
    monkeypatch.setattr("sync.feeds.pages.ROWS_PER_PAGE", 10)


# Going on from a cursor.


def test_what_is_published_is_here_and_confirmed(kiosk, centre):
    rows = fill(centre["guides"], 3)
    kiosk.follow()
    assert kiosk.rows() == rows
    found = kiosk.standing()
    assert (found.epoch, found.seq, found.rows, found.problem) == ("e1", 3, 3, "")
    assert found.fresh(datetime.now(UTC))


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
    assert pages == ["0-5", "5-10", "10-15"]


def test_with_nothing_new_one_small_question_is_all(kiosk, centre):
    fill(centre["guides"], 3)
    kiosk.follow()
    before = kiosk.standing().since
    centre.asked.clear()
    kiosk.follow()
    assert centre.asked == ["/v1/feeds"]
    assert kiosk.standing().since > before


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
    assert "differ" in kiosk.standing().problem
    centre["guides"].page = whole
    kiosk.time += 60
    kiosk.follow()
    assert kiosk.rows() == rows
    assert kiosk.standing().problem == ""


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
    assert kiosk.standing().epoch == "e2"


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
    assert [path for path in centre.asked if "e1" in path] == ["/v1/feeds/guides/e1/20-23"]


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


# Snapshots that must not be used.

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
    assert kiosk.standing().problem
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
    assert kiosk.standing().problem


@pytest.mark.parametrize("content", [b"", b"not a database" * 100], ids=["empty", "text"])
def test_a_snapshot_that_is_no_database_is_not_used(kiosk, centre, content):
    old = fill(centre["guides"], 3)
    kiosk.follow()
    centre.restore("guides", 0, "e2")
    fill(centre["guides"], 5)
    centre.offer(content, "guides")
    kiosk.follow()
    assert kiosk.rows() == old
    assert kiosk.standing().problem
    assert not list(kiosk.folder.glob("*.part"))


def test_a_snapshot_that_is_not_zstd_is_not_used(kiosk, centre, monkeypatch):
    fill(centre["guides"], 5)
    monkeypatch.setattr(zstandard, "compress", lambda content: content)
    centre.offer(b"plain", "guides")
    monkeypatch.undo()
    kiosk.follow()
    assert "zstd" in kiosk.standing().problem


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
    raise CentralUnreachable("cut")


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
    write = Unpacking.write

    def written(unpacking, plain):
        nonlocal largest
        largest = max(largest, len(plain))
        return write(unpacking, plain)

    monkeypatch.setattr(Unpacking, "write", written)
    centre.offer(bytes(80 << 20), "guides")
    fill(centre["guides"], 1)
    kiosk.follow()
    assert "unpacks to more" in kiosk.standing().problem
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
        patch.setattr("sync.feeds.download.Unpacking.take", full)
        kiosk.follow()
    assert kiosk.rows() == old
    assert "No space" in kiosk.standing().problem


def test_a_snapshot_that_failed_is_not_fetched_at_every_question(kiosk, centre):
    fill(centre["guides"], 5)
    centre.build_snapshot(wrong_count)
    for _ in range(3):
        kiosk.follow()
    assert len([path for path in centre.asked if "snapshots" in path]) == 1


# The manifest.


def admit(kiosk, manifest, centre):
    return Gatekeeper(kiosk.store, centre.public_key).admit(centre.signed(manifest))


def forged(centre):
    stranger = Publisher(centre.kiosk_id, "guides")
    stranger["guides"].put("g", {"title": "假的"})
    signed = stranger.signed(stranger.manifest())
    return type(signed)(
        signed.algorithm, centre.signed(centre.manifest()).key_id, signed.manifest, signed.signature
    )


def with_another_text(centre):
    signed = centre.signed(centre.manifest())
    return type(signed)(
        signed.algorithm, signed.key_id, signed.manifest.replace("guides", "guidez"), signed.signature
    )


def of_another_kiosk(centre):
    other = Publisher("K2")
    other.key = centre.key
    return other.signed(other.manifest())


def with_an_unknown_key(centre):
    stranger = Publisher(centre.kiosk_id)
    return stranger.signed(stranger.manifest())


@pytest.mark.parametrize("make", [forged, with_another_text, of_another_kiosk, with_an_unknown_key])
def test_a_manifest_that_is_not_to_be_believed_changes_nothing(kiosk, centre, make):
    old = fill(centre["guides"], 3)
    kiosk.follow()
    fill(centre["guides"], 3, first=3)
    true = centre.signed
    wrong = make(centre)
    centre.signed = lambda manifest: wrong
    kiosk.follow()
    assert kiosk.rows() == old
    assert standing.trouble(kiosk.store)
    centre.signed = true
    kiosk.follow()
    assert len(kiosk.rows()) == 6
    assert not standing.trouble(kiosk.store)


def unsigned(centre, question, _before):
    answer = question()
    del answer.headers["signature"]
    return answer


def the_answer_before(_centre, question, before):
    before.request = question().request
    return before


def of_another_state(centre, question, _before):
    return centre.answer(304, '"another"', b"")


@pytest.mark.parametrize("given", [unsigned, the_answer_before, of_another_state])
@pytest.mark.parametrize("changed", [False, True])
def test_what_is_answered_is_believed_only_when_it_is_signed_in_answer_to_this_question(
    kiosk, centre, given, changed
):
    fill(centre["guides"], 1)
    whole = centre.answer
    kept = []

    def keeping(*about):
        kept.append(whole(*about))
        return kept[-1]

    centre.answer = keeping
    kiosk.follow()
    if changed:
        fill(centre["guides"], 1, first=1)

    def spoilt(*about):
        centre.answer = whole
        return given(centre, lambda: whole(*about), kept[0])

    centre.answer = spoilt
    kiosk.follow()
    assert standing.trouble(kiosk.store)
    assert len(kiosk.rows()) == 1
    kiosk.follow()  # asks for the whole manifest
    assert not standing.trouble(kiosk.store)
    assert len(kiosk.rows()) == (2 if changed else 1)


def test_an_older_manifest_is_a_replay_also_after_a_restart(kiosk, centre):
    fill(centre["guides"], 1)
    old = centre.signed(centre.manifest())
    fill(centre["guides"], 1, first=1)
    kiosk.follow()
    kiosk.restart()
    centre.signed = lambda manifest: old
    kiosk.follow()
    assert "replay" in standing.trouble(kiosk.store)
    assert len(kiosk.rows()) == 2


def test_without_a_pinned_key_the_first_one_is_trusted_and_kept(kiosk, centre):
    gatekeeper = Gatekeeper(kiosk.store)
    assert gatekeeper.key == ""
    gatekeeper.trust_first(centre.public_key)
    assert Gatekeeper(kiosk.store).admit(centre.signed(centre.manifest())).kiosk_id == "K1"


def test_a_pinned_key_that_is_none_is_told(kiosk):
    with pytest.raises(FeedKeyError):
        Gatekeeper(kiosk.store, "bm8ga2V5")


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
    assert not kiosk.standing().fresh(datetime.now(UTC))
    kiosk.follow()
    assert kiosk.rows() == rows
    assert kiosk.standing().fresh(datetime.now(UTC))


def test_a_removed_file_is_fetched_again(kiosk, centre):
    rows = fill(centre["guides"], 3)
    kiosk.follow()
    kiosk.follower.close()
    for path in kiosk.folder.glob("ref*"):
        path.unlink()
    kiosk.start()
    assert kiosk.standing().age(datetime.now(UTC)) is None
    kiosk.follow()
    assert kiosk.rows() == rows


def test_the_age_counts_from_the_first_contact_and_a_clock_set_back_does_not_make_it_young(kiosk, centre):
    centre["guides"].put("g", {})

    def away(path):
        if "e1" in path:
            raise CentralUnreachable("cut")

    centre.before = away
    kiosk.follow()
    now = datetime.now(UTC)
    found = kiosk.standing()
    assert found.fresh(now)
    assert not found.fresh(now + timedelta(seconds=centre.max_age + 60))
    assert not found.fresh(now - timedelta(days=400))


def test_a_centre_that_asks_for_time_is_given_it_with_jitter(kiosk, centre):
    def busy(path):
        raise CentralUnreachable("busy", retry_after=40)

    centre.before = busy
    pauses = {kiosk.follow() for _ in range(5)}
    assert all(40 <= pause <= 60 for pause in pauses)
    assert len(pauses) > 1


def test_the_centre_says_how_often_it_wants_to_be_asked(kiosk, centre):
    centre.ask_again = 200
    assert 200 <= kiosk.follow() <= 250


def test_the_first_question_comes_at_a_random_moment(kiosk, centre):
    gatekeeper = Gatekeeper(kiosk.store, centre.public_key)
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
    assert set(standing.standings(kiosk.store)) == {"guides"}
    kiosk.close()


# Commands to this kiosk.


@pytest.fixture
def commanded(tmp_path):
    kiosk = Kiosk(tmp_path, Publisher("K1", COMMANDS))
    yield kiosk
    kiosk.close()


def reports(kiosk) -> list[tuple[str, dict]]:
    rows = kiosk.store.rows("SELECT type, body FROM outbox ORDER BY seq")
    return [(row["type"], json.loads(row["body"])) for row in rows]


def test_a_command_is_done_once_and_reported(commanded):
    commanded.centre[COMMANDS].put("c1", {"verb": "set-out-of-service", "reason": "换纸"})
    commanded.follow()
    assert commands.out_of_service(commanded.store) == "换纸"
    commanded.centre[COMMANDS].put("c2", {"verb": "set-in-service"})
    commanded.follow()
    commanded.follow()
    assert commands.out_of_service(commanded.store) == ""
    assert [(kind, body["key"]) for kind, body in reports(commanded)] == [
        ("command.done", "c1"),
        ("command.done", "c2"),
    ]


def test_a_command_is_not_repeated_when_the_centre_was_restored(commanded):
    commanded.centre[COMMANDS].put("c1", {"verb": "set-out-of-service"})
    commanded.follow()
    commanded.centre.restore(COMMANDS, 1, "e2")
    commanded.follow()
    assert len(reports(commanded)) == 1


def test_a_withdrawn_command_is_not_done(commanded):
    commanded.centre[COMMANDS].put("c1", {"verb": "set-out-of-service"})
    commanded.centre[COMMANDS].put("c1", None)
    commanded.follow()
    assert reports(commanded) == []


def test_a_command_that_nobody_knows_is_reported_as_failed(commanded):
    commanded.centre[COMMANDS].put("c1", {"verb": "dance"})
    commanded.centre[COMMANDS].put("c2", ["no", "command"])
    commanded.follow()
    assert [kind for kind, _ in reports(commanded)] == ["command.failed", "command.failed"]


def test_a_command_that_a_power_cut_broke_off_is_not_repeated(commanded, monkeypatch):
    commanded.centre[COMMANDS].put("c1", {"verb": "resend-outbox"})

    def cut(store):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("sync.store.outbox.send_all_again", cut)
        commanded.follow()
    commanded.restart()
    commanded.follow()
    assert reports(commanded) == [("command.failed", {"key": "c1", "reason": "interrupted"})]


def test_the_reference_is_fetched_from_the_beginning_when_the_centre_says_so(tmp_path):
    centre = Publisher("K1", COMMANDS, "guides")
    fill(centre["guides"], 3)
    kiosk = Kiosk(tmp_path, centre)
    kiosk.follow()
    centre[COMMANDS].put("c1", {"verb": "refetch-reference"})
    centre.asked.clear()
    kiosk.follow()
    assert "/v1/feeds/guides/e1/0-3" in centre.asked
    kiosk.close()
