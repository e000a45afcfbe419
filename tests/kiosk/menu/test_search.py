"""The search understands citizens: Chinese, pinyin, initials, dialect and mistakes, and what is done elsewhere."""

import json
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from kiosk.commands.menu import menu as command
from kiosk.menu.search import search
from kiosk.menu.topics import Topic, topics
from kiosk.services.service import services

PHRASES = tomllib.loads(Path(__file__).with_name("phrases.toml").read_text("utf-8"))
ELSEWHERE = PHRASES.pop("elsewhere")
AMONG = 3


def keys(phrase):
    return [hit.topic.key for hit in search(phrase)]


def found(wanted):
    said = [(phrase, key) for key, phrases in wanted.items() for phrase in phrases]
    return sum(key in keys(phrase)[:AMONG] for phrase, key in said) / len(said)


def test_what_citizens_say_is_among_the_first_three():
    assert found(PHRASES) >= 0.95
    assert found(ELSEWHERE) >= 0.95


@pytest.mark.parametrize(
    ("phrase", "key"),
    [
        ("gaimima", "change-pin"),
        ("gmm", "change-pin"),
        ("xiugaimima", "change-pin"),
        ("GAI MI MA", "change-pin"),
        ("我想换个密码", "change-pin"),
        ("卡丢了", "report-loss"),
        ("我卡找不到了", "report-loss"),
        ("额的卡寻不着了", "report-loss"),
        ("挂矢", "report-loss"),
        ("diuka", "report-loss"),
        ("社保断了几个月呢", "query-insurances"),
        ("看病报销", "medical-insurance"),
        ("老板不发工资", "labour-inspection"),
    ],
)
def test_pinyin_initials_dialect_and_mistakes_are_understood(phrase, key):
    assert keys(phrase)[0] == key


@pytest.mark.parametrize("phrase", ["", " ", "?!", "今天天气", "买火车票", "asdf", "卡" * 100_000])
def test_what_means_nothing_here_finds_nothing_or_little(phrase):
    assert all(hit.score < 0.6 for hit in search(phrase))


def test_what_is_no_service_of_this_machine_is_never_answered_with_another_one():
    missing = {key: phrases for key, phrases in {**PHRASES, **ELSEWHERE}.items() if not topics()[key].service}
    for key, phrases in missing.items():
        for phrase in phrases:
            assert keys(phrase)[0] == key
            assert not search(phrase)[0].topic.service


def test_every_topic_that_is_not_here_says_where():
    assert all(topic.place for topic in topics().values() if not topic.service)


def test_others_add_what_can_be_found():
    guide = Topic("guide:photo", "社保卡照片要求", ("照片不合格",), place="本机")
    assert search("照片不合格", [guide])[0].topic is guide


def run(*arguments):
    return CliRunner().invoke(command, ["search", *arguments])


def test_the_command_lists_services_and_places_best_first():
    [first, *others] = json.loads(run("gmm", "--json").stdout)
    assert first["service"] == "change-pin" and first["score"] > 0.9
    assert first["service"] in services()
    [first, *others] = json.loads(run("公积金", "--json").stdout)
    assert (first["elsewhere"], first["hotline"]) == ("housing-fund", "12329")
    assert all(first["score"] >= other["score"] for other in others)


def test_the_command_says_that_it_found_nothing():
    ended = run("今天天气", "--json")
    assert ended.exit_code == 1 and json.loads(ended.stdout) == [] and "nothing" in ended.stderr
