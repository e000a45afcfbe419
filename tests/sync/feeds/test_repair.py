"""One bad feed stops no other; a row that was damaged here is found and fetched again."""

import json
from typing import Any

import pytest
import zstandard

from sync.client import Answer, AnswerLostError, CentralFailedError, CentralRefusedError
from sync.feeds import feed_status
from sync.feeds.pages import LARGEST_PAGE
from sync.protocol.feeds import CARD_STATUS, REFERENCE_FEEDS, Change
from sync.store.database import connect_plain
from tests.sync.feed_kiosk import Kiosk, fill, titles
from tests.sync.publisher import Publisher

ALL = (CARD_STATUS, *REFERENCE_FEEDS)
CARD = "610200D15600000500000001A1B2C3D4"


@pytest.fixture
def centre():
    centre = Publisher("K1", *ALL)
    for name in REFERENCE_FEEDS:
        fill(centre[name], 5)
    centre.list_card(CARD, 2)
    return centre


@pytest.fixture
def kiosk(tmp_path, centre):
    kiosk = Kiosk(tmp_path, centre)
    yield kiosk
    kiosk.close()


def damage(kiosk: Kiosk, statement: str) -> None:
    connection = connect_plain(kiosk.folder / "ref.db")
    connection.execute(statement)
    connection.close()


def is_as_published(kiosk: Kiosk, centre: Publisher) -> bool:
    return all(kiosk.rows(name) == titles(centre[name]) for name in REFERENCE_FEEDS)


DAMAGES = {
    "guides": "UPDATE row SET value = '{\"title\": 1}' WHERE feed = 'guides' AND key = 'g00002'",
    "outlets": "UPDATE row SET value = 'rubbish' WHERE feed = 'outlets' AND key = 'g00001'",
    "regions": "UPDATE row SET key = 'g9' WHERE feed = 'regions' AND key = 'g00000'",
    "notices": "DELETE FROM row WHERE feed = 'notices' AND key = 'g00003'",
    CARD_STATUS: "UPDATE card_status SET status = 1",
}


@pytest.mark.parametrize(("feed", "statement"), DAMAGES.items(), ids=DAMAGES)
def test_a_damaged_row_is_found_and_fetched_again_and_the_others_are_left(kiosk, centre, feed, statement):
    kiosk.follow()
    assert kiosk.follower.repair() == [], "nothing is damaged"
    damage(kiosk, statement)
    assert kiosk.follower.repair() == [feed]
    centre.asked.clear()
    kiosk.follow()
    assert is_as_published(kiosk, centre)
    assert kiosk.copies.damaged() == []
    assert {path.split("/")[3] for path in centre.asked if path != "/v1/feeds"} == {feed}


def test_a_running_process_repairs_when_it_is_asked_to(kiosk):
    kiosk.follow()
    damage(kiosk, DAMAGES["guides"])
    feed_status.ask_for_repair(kiosk.store, [])
    while not kiosk.follower.step():
        pass
    assert kiosk.rows()["g00002"] == {"title": "问题2"}
    assert feed_status.repair_asked(kiosk.store) is None, "once"


def broken(trouble):
    def before(path):
        if "/guides/" in path:
            raise trouble

    return before


@pytest.mark.parametrize(
    "trouble",
    [CentralFailedError("500"), AnswerLostError("half a page"), CentralRefusedError("feed-unknown", "")],
    ids=lambda each: type(each).__name__,
)
def test_a_feed_that_cannot_be_had_stops_no_other(kiosk, centre, trouble):
    centre.before = broken(trouble)
    kiosk.follow()
    assert kiosk.feed_status("guides").problem
    for name in set(REFERENCE_FEEDS) - {"guides"}:
        assert kiosk.rows(name) == titles(centre[name])
        assert kiosk.feed_status(name).problem == ""
    centre.before = lambda path: None
    kiosk.time += 3600
    kiosk.follow()
    assert is_as_published(kiosk, centre)
    assert kiosk.feed_status("guides").problem == ""


STATES_A_TERABYTE = b"\x28\xb5\x2f\xfd\xe0" + (2**40).to_bytes(8, "little") + b"\x53\x00\x00x"
BAD_PAGES = {
    "nothing": b"",
    "no zstd": b"<html>",
    "no page": zstandard.compress(b"\xc0"),
    "a bomb": zstandard.compress(bytes(LARGEST_PAGE + 1)),
    "a bomb by its own word": STATES_A_TERABYTE,
}


@pytest.mark.parametrize("content", BAD_PAGES.values(), ids=BAD_PAGES)
def test_a_page_that_is_none_stops_no_other_feed(kiosk, centre, content):
    read = centre.read

    def spoilt(path, unless=""):
        return Answer(200, {}, content) if "/guides/" in path else read(path, unless)

    centre.read = spoilt
    kiosk.follow()
    assert kiosk.feed_status("guides").problem
    assert kiosk.rows("outlets") == titles(centre["outlets"])


BAD_ROWS: dict[str, list[tuple[str, Any]]] = {
    CARD_STATUS: [("no hash", "2"), ("00000000ff", "no number"), ("f" * 40, "2"), ("00000000ff", str(2**70))],
    "regions": [("k", 5)],
}
CASES = [(feed, key, value) for feed, rows in BAD_ROWS.items() for key, value in rows]


@pytest.mark.parametrize(("feed", "key", "value"), CASES)
def test_a_bad_row_stops_no_other_feed(kiosk, centre, feed, key, value):
    bad = centre[feed]
    bad.changes.append(Change(bad.seq + 1, key, value))
    centre[feed].checksum = lambda: "0" * 16  # type: ignore[method-assign]
    kiosk.follow()
    assert kiosk.feed_status(feed).problem
    for name in set(REFERENCE_FEEDS) - {feed}:
        assert kiosk.rows(name) == titles(centre[name])


def test_a_bad_command_row_stops_no_feed_and_costs_no_reference(tmp_path):
    centre = Publisher("K1", "commands", *ALL)
    kiosk = Kiosk(tmp_path, centre)
    fill(centre["guides"], 3)
    kiosk.follow()
    commands = centre["commands"]
    commands.changes.append(Change(commands.seq + 1, "c1", "no JSON"))
    fill(centre["guides"], 3, first=3)
    kiosk.follow()
    assert kiosk.feed_status("commands").problem
    assert len(kiosk.rows("guides")) == 6
    assert not kiosk.copies._reference.was_lost
    kiosk.close()


def test_a_file_that_is_gone_is_no_end_where_pages_lead_from_the_beginning(kiosk, centre):
    centre.build_snapshot()

    def gone(path):
        if path.startswith("/v1/snapshots/"):
            raise CentralRefusedError("snapshot-unknown", "")

    centre.before = gone
    kiosk.follow()
    assert is_as_published(kiosk, centre)


def test_what_a_command_says_is_told_only_as_far_as_an_event_can_hold_it(tmp_path):
    centre = Publisher("K1", "commands")
    kiosk = Kiosk(tmp_path, centre)
    centre["commands"].put("k" * 199 + "\0", {"verb": "x" * 100_000 + "\0"})
    kiosk.follow()
    [told] = kiosk.store.rows("SELECT body FROM outbox WHERE type = 'command.failed'")
    assert len(json.loads(told["body"])["reason"]) <= 200
    kiosk.close()
