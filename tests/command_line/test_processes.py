"""What only a real process meets: readers that go, odd bytes, files of others."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deadline import DEADLINE_SECONDS

BIN = Path(sys.executable).parent


def kiosk(*words: str | bytes, shell: str = "", **about) -> subprocess.CompletedProcess:
    call = ["bash", "-c", f'"$0" "$@" {shell}', BIN / "kiosk", *words]
    return subprocess.run(
        call, capture_output=True, timeout=DEADLINE_SECONDS, stdin=subprocess.DEVNULL, **about
    )


@pytest.mark.parametrize("shell", ["| head -c 1", "> /dev/full", ">&-"])
def test_output_that_nobody_takes_is_no_traceback(shell):
    done = kiosk("certificate", "examples", "participation", shell=shell)
    assert b"Traceback" not in done.stderr and b"ignored" not in done.stderr


def test_bytes_that_are_no_text_are_a_wrong_call():
    done = kiosk("certificate", "examples", b"\xff")
    assert (done.returncode, done.stderr) == (
        2,
        b"Error: word 3 of the command line is not text in UTF-8\n",
    )


def test_chinese_is_utf_8_in_any_locale():
    environment = {**os.environ, "LC_ALL": "C", "PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}
    done = kiosk("certificate", "examples", "participation", env=environment)
    assert done.returncode == 0 and "养老" in done.stdout.decode("utf-8")


@pytest.mark.parametrize("option", ["--link", "--control"])
def test_a_simulator_destroys_no_file(option, tmp_path):
    mine = tmp_path / "mine"
    mine.write_text("mine")
    other = {"--link": str(tmp_path / "link"), "--control": str(tmp_path / "control")} | {option: str(mine)}
    done = kiosk("simulate", "scanner", *(word for pair in other.items() for word in pair))
    assert done.returncode == 1 and b"left alone" in done.stderr
    assert mine.read_text() == "mine"
