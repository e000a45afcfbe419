"""A feed that is too old closes what relies on it, and says so; nothing else."""

from datetime import UTC, datetime, timedelta

import pytest

from kiosk.published.state import TOO_OLD, StoredPublishedState
from kiosk.services.service import services
from sync.feeds import feed_status
from sync.feeds.feed_status import FeedStatus
from sync.protocol.feeds import CARD_STATUS
from sync.store import Store

RELIES, CANCELLABLE_QUESTIONS = "card-information", "print-participation-certificate"


@pytest.fixture
def store(tmp_path):
    store = Store.open(tmp_path, "K1")
    yield store
    store.close()


def confirmed(store: Store, ago: timedelta, **more) -> None:
    since = (datetime.now(UTC) - ago).isoformat()
    feed_status.save_feed_statuses(store, {CARD_STATUS: FeedStatus(since=since, max_age=3600, seq=1, **more)})


def test_a_kiosk_that_never_heard_of_a_feed_is_kept_from_nothing(store, tmp_path):
    published = StoredPublishedState(store, tmp_path)
    assert published.unavailable() == {}


def test_a_fresh_list_keeps_from_nothing(store, tmp_path):
    confirmed(store, timedelta(minutes=59))
    assert RELIES not in StoredPublishedState(store, tmp_path).unavailable()


def test_a_list_that_is_too_old_closes_what_relies_on_it_in_words(store, tmp_path):
    confirmed(store, timedelta(minutes=61))
    published = StoredPublishedState(store, tmp_path)
    assert "过期" in published.unavailable()[RELIES]
    assert "12333" in published.unavailable()[RELIES]
    assert published.unavailable()[RELIES] == TOO_OLD[CARD_STATUS]


def test_what_asks_the_centre_itself_goes_on(store, tmp_path):
    confirmed(store, timedelta(days=30))
    assert CANCELLABLE_QUESTIONS not in StoredPublishedState(store, tmp_path).unavailable()


def test_rows_that_were_lost_are_not_relied_on_however_young_they_were(store, tmp_path):
    feed_status.save_feed_statuses(store, {CARD_STATUS: FeedStatus(since="", max_age=3600, seq=1)})
    assert RELIES in StoredPublishedState(store, tmp_path).unavailable()


def test_there_are_words_for_every_feed_that_a_service_needs():
    assert {name for each in services().values() for name in each.feeds} <= TOO_OLD.keys()
