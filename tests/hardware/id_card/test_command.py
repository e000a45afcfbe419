"""``kiosk id-card`` and ``kiosk simulate id-reader``, as staff use them."""

import json
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from hardware.id_card import module
from hardware.simulator.control import ControlError, tell
from kiosk.commands.id_card import id_card
from kiosk.commands.simulate_id_reader import id_reader
from tests.deadline import DEADLINE_SECONDS

ROOT = Path(__file__).parents[3]


def read(link, *options):
    return CliRunner().invoke(id_card, ["read", "--port", str(link), *options])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("wang-jianguo", ["居民身份证", "王*国 999999********0619", "2018-06-05 至 2038-06-05", "有效"]),
        ("li-xiuying", ["李*英", "2009-01-14 至 长期"]),
        ("liang-jiaxin", ["港澳台居民居住证", "梁*欣"]),
        ("permanent-2023", ["外国人永久居留身份证"]),
    ],
)
def test_a_card_is_read_and_shown_masked(simulated, link, name, said):
    simulated.put(name)
    result = read(link)
    assert result.exit_code == 0
    assert all(words in result.output for words in said)


def test_the_json_holds_masked_values_only(simulated, link):
    simulated.put("wang-jianguo")
    result = read(link, "--json")
    assert json.loads(result.output) == {
        "kind": "ResidentIdCard",
        "name_masked": "王*国",
        "number_masked": "999999********0619",
        "sex": "1",
        "birth_year": 1975,
        "valid_from": "2018-06-05",
        "valid_until": "2038-06-05",
        "valid_today": True,
        "warnings": [],
    }


def test_without_a_serial_device_it_ends_with_3(link):
    assert_ends(read(link), 3, "没有找到身份证阅读器的串口")


def test_without_an_answer_it_ends_with_4(simulated, link, monkeypatch):
    monkeypatch.setattr(module, "ANSWER_WITHIN", 0.3)
    simulated.fault("silence")
    assert_ends(read(link), 4, "没有正确应答")


def test_with_another_baud_rate_it_ends_with_4(simulated, link, monkeypatch):
    monkeypatch.setattr(module, "ANSWER_WITHIN", 0.3)
    assert_ends(read(link, "--baud", "9600"), 4, "波特率")


def test_a_module_that_is_not_authorised_ends_with_4(simulated, link):
    simulated.refuse("status", "66")
    assert_ends(read(link), 4, "没有正确应答")


def test_without_a_card_it_ends_with_5(simulated, link):
    assert_ends(read(link), 5, "没有找到证件")


def test_a_card_that_was_read_before_must_be_put_back(simulated, link):
    simulated.put("wang-jianguo")
    assert read(link).exit_code == 0
    assert_ends(read(link), 5, "拿开再放一次")
    simulated.put("wang-jianguo")
    assert read(link).exit_code == 0


def test_a_card_that_cannot_be_read_ends_with_6(simulated, link):
    simulated.put("wang-jianguo")
    simulated.refuse("select", "31")
    assert_ends(read(link), 6, "证件读不出来")


def test_the_exit_codes_are_in_the_help():
    words = " ".join(CliRunner().invoke(id_card, ["read", "--help"]).output.split())
    assert "0 done, 3 no serial device, 4 no answer from the reader, 5 no card, 6 card not readable" in words


def test_the_simulator_is_a_process_that_takes_verbs(tmp_path):
    link, control = tmp_path / "reader", tmp_path / "ctl"
    with started("--link", link, "--control", control, "--card", "li-xiuying"):
        assert "李*英" in read(link).output
        tell(control, "put", "ouyang-qing")
        assert "欧*晴" in read(link).output
        tell(control, "lift")
        assert read(link).exit_code == 5
        tell(control, "unplug")
        assert read(link).exit_code == 3
        tell(control, "plug")
        assert tell(control, "status")["plugged"] is True
        with pytest.raises(ControlError, match="wang-jianguo"):
            tell(control, "put", "nobody")


def test_the_simulator_knows_its_cards():
    result = CliRunner().invoke(id_reader, ["--link", "/tmp/never", "--card", "nobody"])
    assert result.exit_code == 2
    assert "wang-jianguo" in result.output


@contextmanager
def started(*options):
    program = "from kiosk.commands.simulate_id_reader import id_reader; id_reader()"
    process = subprocess.Popen(
        [sys.executable, "-c", program, *map(str, options)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout.readline()
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(DEADLINE_SECONDS) == 0
        process.stdout.close()


def assert_ends(result, code, words):
    assert result.exit_code == code
    assert words in result.output
