"""``kiosk printer`` and ``kiosk simulate printer``, as staff and developers use them."""

import json
import signal
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from hardware.printer import profile as profiles
from hardware.printer.status import PrinterProblem
from hardware.simulator.control import tell
from kiosk.commands.printer import _PROBLEMS, printer
from tests.deadline import DEADLINE_SECONDS

PROFILE = "gb18030-80mm"


@pytest.fixture
def port(simulate, link):
    return simulate(profiles.load(PROFILE)), str(link)


def run(*words: str):
    return CliRunner().invoke(printer, [*words, "--profile", PROFILE])


def test_status_of_a_printer_that_can_print(port):
    result = run("status", "--port", port[1], "--json")
    assert result.exit_code == 0
    assert json.loads(result.output) | {"device": "online", "paper": "full", "problem": None} == json.loads(
        result.output
    )
    assert run("status", "--port", port[1]).output == "可以打印\n"


def test_status_names_the_trouble_and_the_cure(port):
    port[0].cover("open")
    result = run("status", "--port", port[1])
    assert (result.exit_code, result.output) == (1, "打印机上盖打开，请合上\n")


def test_status_warns_of_the_end_of_the_paper(port):
    port[0].paper("low")
    result = run("status", "--port", port[1])
    assert (result.exit_code, result.output) == (0, "可以打印；纸将用完（约剩 1 米），请备纸\n")


def test_a_profile_of_another_model_is_named_with_what_to_do(port, tmp_path, caplog):
    other = tmp_path / "other-model.toml"
    text = (profiles.FOLDER / "epson-tm-t88v.toml").read_text()
    other.write_text(text.replace("baud = 38400", "baud = 115200"))
    options = ["--port", port[1], "--profile", str(other)]
    result = CliRunner().invoke(printer, ["status", *options, "--json"])
    said = json.loads(result.output)
    assert (result.exit_code, said["problem"], said["device"]) == (1, "wrong_profile", "userError")
    result = CliRunner().invoke(printer, ["test", *options])
    assert result.exit_code == 1
    assert "没有打印：打印机有应答，但不认识所选型号的确认命令" in result.output
    assert "--profile" in result.output
    assert caplog.records == []  # one line, and it is the advice


def test_a_test_page_is_confirmed(port):
    result = run("test", "--port", port[1], "--json")
    assert result.exit_code == 0
    assert json.loads(result.output)["state"] == "confirmed"
    assert len(port[0].tickets) == 1


def test_a_test_page_that_is_not_confirmed_is_no_success(port):
    port[0].at(2000, "paper", "out")
    result = run("test", "--port", port[1], "--json")
    assert result.exit_code == 1
    assert json.loads(result.output) | {"state": "uncertain", "reason": "paper_out"} == json.loads(
        result.output
    )


def test_no_test_page_is_sent_to_a_printer_that_is_not_there(tmp_path):
    result = run("test", "--port", str(tmp_path / "none"))
    assert (result.exit_code, result.output[:4]) == (1, "没有打印")


def test_an_unknown_profile_is_a_message_and_no_traceback():
    result = CliRunner().invoke(printer, ["status", "--port", "x", "--profile", "none"])
    assert result.exit_code == 1
    assert "epson-tm-t88v" in result.output


def test_every_problem_has_words_for_staff():
    assert set(_PROBLEMS) == set(PrinterProblem)


def test_the_simulator_runs_as_a_process_of_its_own(link, tmp_path):
    control = tmp_path / "control"
    code = "from kiosk.commands.simulate_printer import printer; printer()"
    options = [
        "--profile",
        PROFILE,
        "--link",
        str(link),
        "--control",
        str(control),
        "--paper",
        str(tmp_path),
        "--fast",
    ]
    simulator = subprocess.Popen([sys.executable, "-c", code, *options], stdout=subprocess.PIPE, text=True)
    try:
        assert simulator.stdout
        assert simulator.stdout.readline().startswith("80 mm clone")
        assert run("test", "--port", str(link)).exit_code == 0
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not (tmp_path / "ticket-0001.png").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert tell(control, "status")["tickets"] == 1
    finally:
        simulator.send_signal(signal.SIGTERM)
        assert simulator.wait(DEADLINE_SECONDS) == 0
    assert not link.is_symlink()
    assert not control.exists()
