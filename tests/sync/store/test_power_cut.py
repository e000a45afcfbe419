"""Whenever the power goes, all that the kiosk was told is on disk is there, and nothing by halves."""

import random
from collections import Counter

import pytest

from sync.store.database import PRAGMAS
from tests.sync.power_cut import judge, power_cuts, record

CUTS = 150
FEWER = 60


@pytest.fixture
def cut(tmp_path):
    def cut(pragmas, cuts: int) -> Counter:
        log = record(tmp_path, pragmas, rounds=30)
        chance = random.Random(2026)
        return Counter(judge(disk, tmp_path) for disk in power_cuts(log, cuts, chance))

    return cut


def test_with_the_kiosks_settings_no_power_cut_loses_anything(cut):
    assert cut(PRAGMAS, CUTS) == {"whole": CUTS}


def test_with_a_weaker_setting_the_same_cuts_lose_what_was_acknowledged(cut):
    weaker = [pragma.replace("synchronous=FULL", "synchronous=NORMAL") for pragma in PRAGMAS]
    assert cut(weaker, FEWER)["lost"] > FEWER / 10


def test_without_any_syncing_the_same_cuts_destroy_the_file(cut):
    weakest = [pragma.replace("synchronous=FULL", "synchronous=OFF") for pragma in PRAGMAS]
    assert cut(weakest, FEWER)["corrupt"] > FEWER / 10
