"""The card status list at the kiosk: exact, quick to ask, and never believed without its key."""

import random
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.card_status import CardStatuses
from sync.protocol.card_status_list import Listed, row_key
from sync.protocol.feeds import CARD_STATUS
from sync.store.database import connect_plain
from tests.sync.feed_kiosk import Kiosk
from tests.sync.publisher import CARD_KEY, Publisher

LOST, CANCELLED, FREE = (f"610200D1560000050000000{n}A1B2C3D4" for n in (1, 2, 3))


@pytest.fixture
def centre():
    centre = Publisher("K1", CARD_STATUS, "guides")
    centre["guides"].put("g", {"title": "问题"})
    centre.list_card(LOST, Listed.LOST)
    centre.list_card(CANCELLED, Listed.CANCELLED)
    return centre


@pytest.fixture
def statuses(kiosk, monkeypatch):
    monkeypatch.setattr("sync.card_status.LOOK_SECONDS", 0)
    return CardStatuses(kiosk.folder)


@pytest.fixture(params=["by pages", "by the list"])
def loaded(request, kiosk, centre):
    if request.param == "by the list":
        centre.build_card_list()
    kiosk.follow()
    return kiosk


def test_a_listed_card_is_found_and_another_is_not(loaded, statuses):
    assert statuses.lookup(LOST) is Listed.LOST
    assert statuses.lookup(CANCELLED) is Listed.CANCELLED
    assert statuses.lookup(FREE) is None


def test_asking_keeps_nobody_from_tidying_up_the_file(loaded, statuses):
    statuses.lookup(LOST)
    with closing(connect_plain(loaded.folder / "ref.db")) as other:
        [(busy, _, _)] = other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    assert not busy


def test_a_card_that_is_released_or_listed_later_is_known_after_the_next_page(loaded, centre, statuses):
    centre.list_card(LOST, None)
    centre.list_card(CANCELLED, Listed.PROVISIONALLY_LOST)
    centre.list_card(FREE, Listed.LOST)
    loaded.follow()
    assert statuses.lookup(LOST) is None
    assert statuses.lookup(CANCELLED) is Listed.PROVISIONALLY_LOST
    assert statuses.lookup(FREE) is Listed.LOST
    assert loaded.feed_status(CARD_STATUS).problem == ""


def test_the_list_goes_on_by_pages_from_where_it_was_made(kiosk, centre, statuses):
    centre.build_card_list()
    centre.list_card(FREE, Listed.LOST)
    kiosk.follow()
    assert next(path for path in centre.asked if "e1" in path) == f"/v1/feeds/{CARD_STATUS}/e1/0-3"
    assert [statuses.lookup(card) for card in (LOST, FREE)] == [Listed.LOST, Listed.LOST]


def test_loading_the_list_leaves_the_other_feeds_and_they_leave_the_list(loaded, centre, statuses):
    centre.restore("guides", 0, "e2")
    centre["guides"].put("h", {})
    loaded.follow()
    assert loaded.rows("guides") == {"h": {}}
    assert statuses.lookup(LOST) is Listed.LOST
    centre.restore(CARD_STATUS, 1, "e2")
    loaded.follow()
    assert loaded.rows("guides") == {"h": {}}
    assert statuses.lookup(CANCELLED) is None


def test_a_spoilt_list_is_not_used_and_the_old_one_stays(loaded, centre, statuses):
    centre.restore(CARD_STATUS, 0, "e2")
    centre.list_card(FREE, Listed.LOST)
    centre.offer(b"{}\nno list", CARD_STATUS)
    loaded.follow()
    assert loaded.feed_status(CARD_STATUS).problem
    assert statuses.lookup(LOST) is Listed.LOST
    assert statuses.lookup(FREE) is None


def test_before_anything_was_fetched_no_card_is_listed(tmp_path):
    assert CardStatuses(tmp_path).lookup(LOST) is None


cards = st.integers(0, 2**40 - 1)


@given(
    st.dictionaries(cards, st.sampled_from(Listed)), st.dictionaries(cards, st.sampled_from([*Listed, None]))
)
@settings(max_examples=8, deadline=None)
def test_the_table_is_what_was_published_whatever_that_was(tmp_path_factory, listed, later):
    centre = Publisher("K1", CARD_STATUS)
    for card, status in listed.items():
        centre[CARD_STATUS].put(row_key(card), status)
    centre.build_card_list()
    kiosk = Kiosk(tmp_path_factory.mktemp("kiosk"), centre)
    for card, status in (
        later | dict.fromkeys(random.Random(1).sample(sorted(listed), len(listed) // 2))
    ).items():
        centre[CARD_STATUS].put(row_key(card), status)
    kiosk.follow()
    table = dict(kiosk.reader.connection().execute("SELECT hash, status FROM card_status"))
    expected = {int(key, 16): int(change.value) for key, change in centre[CARD_STATUS].rows().items()}
    assert table == expected
    kiosk.close()


def test_the_key_of_the_hashes_came_with_the_list(loaded):
    assert loaded.reader.rows(CARD_STATUS) == {"card-key": CARD_KEY.hex()}
