"""``kiosk rules`` as its users meet it: lines in, lines out, exit codes, speed."""

import json
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from kiosk.commands.rules import rules
from kiosk.rules.topics import TOPICS

COMMAND = [sys.executable, "-c", "from kiosk.cli import main; main(prog_name='kiosk')", "rules"]


def run(*arguments, lines=()):
    text = b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
    return CliRunner().invoke(rules, list(arguments), input=text)


def answers(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_without_a_topic_all_topics_are_listed():
    result = run()

    assert result.exit_code == 0
    assert [line.split()[0] for line in result.stdout.splitlines()] == list(TOPICS)


def test_a_line_is_answered_with_result_and_basis():
    result = run("retirement-age", lines=[{"category": "male", "birth": "1976-09"}])

    assert result.exit_code == 0
    (answer,) = answers(result)
    assert answer["result"] == {"delay_months": 36, "age": {"years": 63, "months": 0}, "month": "2039-09"}
    assert answer["basis"] == [{"source": "《国务院关于渐进式延迟法定退休年龄的办法》", "article": "第一条"}]
    assert set(answer) == {"result", "basis"}


def test_the_citizens_sentence_is_added_on_request():
    (answer,) = answers(run("contribution-split", "--text", lines=[{"base": "4000.00"}]))

    assert answer["text"] == "每月缴费800.00元，其中320.00元记入个人账户，480.00元记入统筹基金。"


def test_a_line_that_is_not_understood_is_answered_with_an_error_and_the_others_still_count():
    good = {"base": "4000.00"}
    result = run("contribution-split", lines=[good, {"base": "-1.00"}, b"{", good])

    assert result.exit_code == 2
    assert [list(answer) for answer in answers(result)] == [
        ["result", "basis"],
        ["error"],
        ["error"],
        ["result", "basis"],
    ]
    assert answers(result)[1]["error"] == {
        "code": "value",
        "field": "base",
        "message": "应是：0.00..9999999999.99",
    }
    assert answers(result)[2]["error"]["code"] == "not-json"


@pytest.mark.parametrize(
    "line",
    [
        b"\xff\xfe",
        b"nonsense",
        b'{"base": 1',
        b"[" * 100_000,
        b'{"base":"1.00"} x',
        b'{"base": NaN}',
        b"9" * 5000,
        b"\x00",
        b'{"base":"\\ud800"}',
    ],
)
def test_no_line_breaks_the_command(line):
    result = run("contribution-split", lines=[line, {"base": "4000.00"}])

    assert result.exit_code == 2
    assert ["error" in answer for answer in answers(result)] == [True, False]
    assert result.exception is None or isinstance(result.exception, SystemExit)


def test_blank_lines_are_passed_over():
    result = run("contribution-split", lines=[b"", {"base": "4000.00"}, b"  ", b""])

    assert (result.exit_code, len(answers(result))) == (0, 1)


def test_an_error_never_repeats_a_pin_or_an_id_number():
    question = {"region": "610200", "old": ["739154"], "new": "862047", "id_number": "99999919750317061_"}
    result = run("new-pin", lines=[question, question | {"old": "739154"}])

    assert result.exit_code == 2
    for secret in ("739154", "862047", "19750317"):
        assert secret not in result.output


def test_a_topic_is_described_with_its_allowed_values():
    result = run("card-operation", "--describe")

    assert result.exit_code == 0
    assert "kiosk | window | bank | hotline" in result.stdout
    assert "optional" in result.stdout


def test_an_unknown_topic_is_wrong_usage():
    result = run("retirement")

    assert result.exit_code == 2
    assert "`kiosk rules` lists them" in result.output


def test_help_has_an_example_and_the_exit_codes():
    result = run("--help")

    assert "kiosk rules retirement-age" in result.stdout
    assert "Exit codes" in result.stdout


def test_a_broken_pack_stops_the_command_with_file_line_and_key(data_files):
    pack = data_files / "regions" / "371003-wendeng.toml"
    pack.write_text(pack.read_text("utf-8").replace('own_only = "unspecified"', "own_only = 5"), "utf-8")
    line = pack.read_text("utf-8").split("own_only")[0].count("\n") + 1
    result = run("card-operation", lines=[TOPICS["card-operation"].example])

    assert result.exit_code == 1
    assert f"371003-wendeng.toml:{line}: area.own_only: " in result.output


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_makes_the_round_trip(topic):
    result = run(topic, lines=[TOPICS[topic].example])

    assert result.exit_code == 0
    (answer,) = answers(result)
    assert set(answer["result"]) <= set(TOPICS[topic].result.__struct_fields__)
    assert answer["basis"]


def test_the_real_command_answers_in_order_without_kivy_or_a_database():
    listing = "import sys; from kiosk.commands.rules import rules; print(*sorted(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", listing], capture_output=True, text=True, check=True
    ).stdout.split()
    months = [f"{year}-{month:02}" for year in range(1950, 2000) for month in range(1, 13)]
    lines = "\n".join(json.dumps({"category": "male", "birth": month}) for month in months)
    process = subprocess.run(
        [*COMMAND, "retirement-age"], input=lines, capture_output=True, text=True, check=True
    )
    retired = [json.loads(line)["result"]["month"] for line in process.stdout.splitlines()]

    assert not {"kivy", "sqlite3", "sqlcipher3", "smartcard", "serial", "chinese_calendar"} & set(loaded)
    assert retired == sorted(retired)
    assert len(retired) == len(months)


def test_an_answer_comes_at_once_to_who_waits_for_it():
    with subprocess.Popen(
        [*COMMAND, "minimum-contribution"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        for year, months in ((2030, 186), (2031, 192)):
            process.stdin.write(b'{"year":%d}\n' % year)
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["result"] == {"months": months}


@pytest.mark.parametrize("topic", ["card-operation", "deadline"])
def test_a_quarter_of_ten_thousand_lines_takes_less_work_than_three_seconds(topic):
    # The promise is 10,000 lines; a quarter leaves room for a machine that is busy with something else.
    lines = [TOPICS[topic].example] * 2_500
    start = time.process_time()
    result = run(topic, lines=lines)
    spent = time.process_time() - start

    assert len(result.stdout.splitlines()) == 2_500
    assert spent < 3
