"""What can be read at a kiosk: what was published, for its region, today; and what is bundled where nothing was."""

import json
from datetime import date

import msgspec
import pytest

from kiosk.config import Position
from kiosk.dialogue.questions import Option
from kiosk.guidance.findable import findable
from kiosk.guidance.library import BUNDLED, Library, bundled_rows
from kiosk.menu.finding import find
from sync.protocol.published import PUBLISHED_ROWS

TODAY = date(2026, 11, 27)


def library(**feeds):
    """Return a library to which rows were published: values by key, by feed."""
    texts = {
        feed: {key: json.dumps(value, default=str) for key, value in rows.items()}
        for feed, rows in feeds.items()
    }
    return Library(lambda feed: texts.get(feed, {}))


def answer(**changes):
    return bundled_rows("answers")["p01"] | changes


def guide(**changes):
    return bundled_rows("guides")["g01"] | changes


def notice(title, **about):
    return {"title": title} | about


def test_a_kiosk_that_never_synced_has_the_bundled_guides_and_answers():
    assert len(Library().guides("610200", TODAY)) == 30
    assert len(Library().answers("610200")) == 39


def test_what_was_published_stands_in_for_all_that_is_bundled():
    found = library(answers={"only": answer(question="新的问题？")}).answers("610200")
    assert [each.question for each in found.values()] == ["新的问题？"]


def test_rows_of_an_older_centre_are_passed_over_and_the_bundled_ones_stay():
    """Guides once had a title and a text."""
    old = library(guides={"lost-card": {"title": "社保卡丢了怎么办", "text": "先挂失，再补卡。"}})
    assert old.guides("610200", TODAY) == Library().guides("610200", TODAY)


def test_a_field_that_a_newer_centre_has_added_is_passed_over():
    newer = library(guides={"g": guide(video="https://example.invalid/1")})
    assert list(newer.guides("610200", TODAY)) == ["g"]


def test_one_row_that_cannot_be_read_hides_no_other():
    found = library(answers={"broken": {"question": 1}, "good": answer()}).answers("610200")
    assert list(found) == ["good"]


@pytest.mark.parametrize(
    ("region", "seen"),
    [
        ("610200", {"national", "shaanxi", "tongchuan"}),
        ("610100", {"national", "shaanxi"}),
        ("420100", {"national"}),
        ("610202", {"national", "shaanxi", "tongchuan"}),
    ],
)
def test_a_kiosk_shows_what_holds_in_its_city_its_province_and_the_country(region, seen):
    places = {"national": "000000", "shaanxi": "610000", "tongchuan": "610200", "wendeng": "371003"}
    rows = {key: answer(region=code) for key, code in places.items()}
    assert set(library(answers=rows).answers(region)) == seen


def test_a_guide_is_shown_from_the_day_that_it_begins():
    later = library(guides={"g": guide(valid_from="2027-01-01"), "now": guide()})
    assert list(later.guides("610200", TODAY)) == ["now"]
    assert set(later.guides("610200", date(2027, 1, 1))) == {"g", "now"}


def test_outlets_are_those_of_the_province_the_city_or_the_district():
    row = {"address": "一号", "phone": None, "hours": "9-5", "services": []}
    outlets = {
        code: row | {"name": code, "region": code} for code in ("610200", "610202", "610100", "371003")
    }
    lib = library(outlets=outlets)
    assert set(lib.outlets("610200")) == {"610200", "610202"}
    assert set(lib.outlets("610000")) == {"610200", "610202", "610100"}
    assert set(lib.outlets("371000")) == {"371003"}
    assert set(lib.outlets("210200")) == set()


def test_two_notices_are_shown_the_most_important_and_newest_first_and_none_before_or_after_its_days():
    notices = {
        "old": notice("旧", valid_from="2026-01-01"),
        "new": notice("新", valid_from="2026-11-01"),
        "urgent": notice("停电", priority=5),
        "over": notice("过了", priority=9, valid_until="2026-11-26"),
        "later": notice("还没到", priority=9, valid_from="2026-11-28"),
    }
    assert [each.title for each in library(notices=notices).notices(TODAY)] == ["停电", "新"]
    assert [each.title for each in library(notices=notices).notices(date(2026, 11, 28))] == ["还没到", "停电"]


def test_the_idle_page_has_two_lines_for_notices():
    one = library(notices={"a": notice("停电", text="周五下午停电。")})
    two = library(notices={"a": notice("停电", text="周五下午停电。"), "b": notice("放假", priority=1)})
    assert one.notice_lines(TODAY) == ("停电", "周五下午停电。")
    assert two.notice_lines(TODAY) == ("放假", "停电")
    assert library().notice_lines(TODAY) == ()


def test_the_menu_finds_answers_and_guides_by_what_citizens_call_them():
    found = list(findable(Library(), "610200"))
    assert len(found) == 69
    options = [Option(each.target, each.label, words=each.words) for each in found]
    assert find(options, "卡丢了")[0].key == "answers/c05"
    assert find(options, "xszsq") == ()
    assert "read-guides/g01" in {option.key for option in find(options, "BSBK")}


@pytest.mark.parametrize("feed", BUNDLED)
def test_the_bundled_rows_are_as_the_centre_would_publish_them(feed):
    for key, row in bundled_rows(feed).items():
        value = msgspec.json.encode(row)
        assert msgspec.json.decode(value, type=PUBLISHED_ROWS[feed]), key


def test_a_library_knows_where_the_kiosk_stands():
    assert Library(position=Position(34.9, 108.9)).position == Position(34.9, 108.9)
