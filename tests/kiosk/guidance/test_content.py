"""The bundled guides and answers: what they name exists and can be done there, and old rules are told as old."""

import re

import pytest

from kiosk.guidance.library import Library
from kiosk.menu.availability import HERE_AND_NOW, availability, best_conditions
from kiosk.rules import regions
from kiosk.services.guides.reading import GROUPS
from kiosk.services.service import services
from sync.protocol.published import FULL_STOPS, Answer, Guide
from tests.kiosk.guidance.content import current_text, places, rows

REGIONS = [code for code in regions.codes() if code != regions.NATIONAL]
OLD_AGES = re.compile(r"(60|50|45)周?岁|满55|女50|男60|2024-02-29|2024年2月29日")
"""55 alone is the age to which that of some women rises."""
PAST_CHANNELS = re.compile(r"1日0时|22日24时|推送后|陕西社会保险APP|陕西社会养老保险APP")


def everything(region) -> dict:
    return {**Library().guides(region), **Library().answers(region)}


def named(row) -> list[str]:
    """Return the services that a row names."""
    return row.services if isinstance(row, Guide) else [row.service] * bool(row.service)


@pytest.mark.parametrize("region", REGIONS)
def test_every_service_that_is_named_exists_and_is_not_refused_where_it_is_named(region):
    wrong = []
    for key, row in everything(region).items():
        for name in named(row):
            if name not in services():
                wrong.append(f"{key}: there is no service {name}")
            elif availability(services()[name], best_conditions(region)) != HERE_AND_NOW:
                wrong.append(f"{key}: {name} is not done in {region}")
    assert not wrong


@pytest.mark.parametrize("region", REGIONS)
def test_what_is_said_of_this_machine_comes_with_a_service_of_it(region):
    for key, row in everything(region).items():
        if re.search("本机|这台机器(?!都不)", current_text(row)):
            assert named(row), key


def test_every_answer_has_its_basis_and_its_day_and_at_most_three_sentences():
    for key, answer in rows("answers", Answer).items():
        assert answer.basis and answer.as_of.year == 2026, key
        assert sum(answer.short.count(stop) for stop in FULL_STOPS) <= 3, key


def test_there_are_the_26_and_13_questions_and_the_30_guides():
    keys = set(rows("answers", Answer))
    assert keys == {f"p{number:02}" for number in range(1, 27)} | {f"c{number:02}" for number in range(1, 14)}
    assert set(rows("guides", Guide)) == {f"g{number:02}" for number in range(1, 31)}


@pytest.mark.parametrize(("feed", "shape"), [("guides", Guide), ("answers", Answer)])
def test_no_rule_of_the_past_is_told_as_todays(feed, shape):
    for key, row in rows(feed, shape).items():
        text = current_text(row)
        assert not OLD_AGES.search(text), key
        assert not PAST_CHANNELS.search(text), key
        if re.search("(?<!超过)15年", text):
            assert "2029年底以前" in text, f"{key}: fifteen years, without until when"


def test_the_rule_of_the_past_says_until_when_or_that_it_is_of_the_past():
    for key, answer in rows("answers", Answer).items():
        if answer.superseded:
            assert re.search("以前|原来|写的是|推迟以后", answer.superseded), key


def test_the_groups_are_those_of_the_menu():
    for feed, shape in (("guides", Guide), ("answers", Answer)):
        assert {row.group for row in rows(feed, shape).values()} <= set(GROUPS)


def test_the_handbook_of_shaanxi_is_cited_in_shaanxi_only():
    for feed, shape in (("guides", Guide), ("answers", Answer)):
        for key, row in rows(feed, shape).items():
            if any("掌中宝" in basis or "陕" in basis for basis in row.basis):
                assert row.region.startswith("61"), key


def test_everything_is_somewhere_to_be_read():
    assert places(rows("guides", Guide)) | places(rows("answers", Answer)) == {"000000", "610000", "610200"}
