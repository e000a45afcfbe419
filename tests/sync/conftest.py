"""A centre in memory and a kiosk that follows it."""

import pytest

from tests.sync.feed_kiosk import Kiosk
from tests.sync.publisher import Publisher


@pytest.fixture
def centre():
    return Publisher()


@pytest.fixture
def kiosk(tmp_path, centre):
    kiosk = Kiosk(tmp_path, centre)
    yield kiosk
    kiosk.close()


@pytest.fixture
def small_pages(monkeypatch):
    monkeypatch.setattr("sync.feeds.pages.PAGE_SIZES", (10, 5))
