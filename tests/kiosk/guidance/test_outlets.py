"""Which outlet is near, and what is told of its hours today."""

from datetime import datetime

import pytest

from kiosk.config import Position
from kiosk.guidance.outlets import distance_words, doing, great_circle, nearest, services_of, today_words
from sync.protocol.certificate_kinds import CHINA
from sync.protocol.published import Opening, Outlet

WORKDAY = ["09:00-12:00", "13:30-17:30"]


def outlet(name, latitude=None, longitude=None, services=(), opening=None):
    return Outlet(
        name=name,
        region="610200",
        address="一号",
        phone="12333",
        hours="工作日",
        services=list(services),
        latitude=latitude,
        longitude=longitude,
        opening=opening,
    )


HERE = Position(34.90, 108.93)
OUTLETS = {
    "far": outlet("远", 35.07, 109.08, ["补卡"]),
    "near": outlet("近", 34.91, 108.93, ["补卡", "激活"]),
    "unknown": outlet("不知道", services=["激活"]),
}


def test_the_nearest_comes_first_and_one_whose_place_is_unknown_last():
    assert [each.key for each in nearest(OUTLETS, HERE)] == ["near", "far", "unknown"]


def test_a_kiosk_that_does_not_know_where_it_stands_lists_them_by_name():
    found = nearest(OUTLETS, None)
    assert {each.kilometres for each in found} == {None} and len(found) == 3


def test_the_distance_is_that_along_the_surface():
    assert great_circle(39.9042, 116.4074, 31.2304, 121.4737) == pytest.approx(1067, abs=2)  # 北京, 上海
    assert great_circle(34.9, 108.9, 34.9, 108.9) == 0


@pytest.mark.parametrize(
    ("kilometres", "words"),
    [
        (None, None),
        (0.02, "直线约100米"),
        (0.949, "直线约900米"),
        (1.04, "直线约1.0公里"),
        (23.46, "直线约23.5公里"),
    ],
)
def test_a_distance_is_told_in_round_numbers(kilometres, words):
    assert distance_words(kilometres) == words


WEEK = Opening(**dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), WORKDAY))


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ("2026-11-27 09:00", "今天09:00-12:00、13:30-17:30，现在开着"),
        ("2026-11-27 12:00", "今天09:00-12:00、13:30-17:30，现在没有开"),
        ("2026-11-27 17:29", "今天09:00-12:00、13:30-17:30，现在开着"),
        ("2026-11-27 17:30", "今天09:00-12:00、13:30-17:30，现在没有开"),
        ("2026-11-28 10:00", "今天不办公"),
    ],
)
def test_today_is_computed_from_the_weekday_and_the_clock(now, words):
    moment = datetime.strptime(now, "%Y-%m-%d %H:%M").replace(tzinfo=CHINA)
    assert today_words(outlet("大厅", opening=WEEK), moment) == words


def test_an_outlet_that_says_its_hours_in_its_own_words_is_quoted():
    assert today_words(outlet("大厅"), datetime.now(CHINA)) == "办公时间：工作日"


def test_outlets_are_found_by_what_is_done_there():
    assert set(doing(OUTLETS, "激活")) == {"near", "unknown"}
    assert services_of(OUTLETS.values()) == ["激活", "补卡"]
