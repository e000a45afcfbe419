"""Region packs from the centre: used when all of them are sound, refused together when one is not."""

from contextlib import closing
from importlib.resources import files

import msgspec
import pytest

from kiosk.published.region_packs import RegionPacks
from kiosk.rules import regions
from sync.protocol.feeds import Change, Page
from sync.store.reference import Reference
from tests.sync.publisher import apply

TONGCHUAN = "610200"


@pytest.fixture(autouse=True)
def own_packs_again():
    yield
    regions.use({})


def own_text() -> str:
    return next(
        f for f in (files("kiosk.rules") / "regions").iterdir() if f.name.startswith(TONGCHUAN)
    ).read_text()


def publish(folder, text: str) -> None:
    with closing(Reference(folder)) as reference:
        file = reference.current
        if file.cursor("regions") is None:
            file.begin("regions", "e1")
        after = file.cursor("regions").seq
        change = Change(after + 1, TONGCHUAN, msgspec.json.encode(text).decode())
        assert apply(file, Page("regions", "e1", after, after + 1, [change]))


def test_a_published_pack_is_used(tmp_path):
    before = regions.find(TONGCHUAN)
    publish(tmp_path, own_text().replace('name = "', 'name = "新', 1))
    assert RegionPacks(tmp_path).take()
    assert regions.find(TONGCHUAN) != before


def test_a_broken_pack_is_refused_and_the_last_good_one_stays(tmp_path):
    packs = RegionPacks(tmp_path)
    publish(tmp_path, own_text().replace('name = "', 'name = "新', 1))
    packs.take()
    good = regions.find(TONGCHUAN)
    publish(tmp_path, own_text() + "\n[nonsense]\na = 1\n")
    assert not packs.take()
    assert regions.find(TONGCHUAN) == good


def test_with_nothing_new_nothing_is_done(tmp_path):
    publish(tmp_path, own_text())
    packs = RegionPacks(tmp_path)
    assert packs.take()
    assert not packs.take()


def test_before_anything_was_published_the_own_packs_are_used(tmp_path):
    assert not RegionPacks(tmp_path).take()
