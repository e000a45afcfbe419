"""``./run demo`` on a machine where something is wrong: one line of cause and advice, and logs that stay."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.deadline import DEADLINE_SECONDS
from tests.visit.demo import NOT_FOR_THE_DEMO, start, wait_for_file, wait_for_process


@pytest.fixture
def home():
    folder = Path(tempfile.mkdtemp(prefix="demo-"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def stand_in(home):
    """Put a program that fails before the real one of that name."""

    def write(name: str, script: str) -> dict[str, str]:
        (home / "bin").mkdir()
        (home / "bin" / name).write_text(f"#!/bin/sh\n{script}\n")
        (home / "bin" / name).chmod(0o755)
        return {"PATH": f"{home / 'bin'}:{os.environ['PATH']}"}

    return write


def play(home: Path, out: object = "visit", **changed: str) -> subprocess.CompletedProcess[str]:
    own = {name: value for name, value in os.environ.items() if name not in NOT_FOR_THE_DEMO}
    command = [sys.executable, "-m", "tools.demo", "--visit", "certificate", "--out", str(home / str(out))]
    return subprocess.run(
        command,
        env=own | {"TMPDIR": str(home)} | changed,
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
    )


def the_error(played: subprocess.CompletedProcess[str]) -> str:
    """The one line that it failed with."""
    assert played.returncode == 1
    assert "Traceback" not in played.stderr
    errors = [line for line in played.stderr.splitlines() if line.startswith("Error: ")]
    assert errors == played.stderr.splitlines()[-1:]
    return errors[0]


def kept_logs(error: str) -> Path:
    return Path(re.search(r"Logs: (\S+)$", error)[1])


def test_a_pcscd_that_does_not_start_is_named_and_its_log_is_kept(home, stand_in):
    broken = stand_in("pcscd", "echo 'cannot create /run/pcscd: Permission denied' >&2; exit 1")
    error = the_error(play(home, **broken))
    assert "reader did not start: pcscd did not start: cannot create /run/pcscd: Permission denied" in error
    assert "cannot create /run/pcscd" in (kept_logs(error) / "pcscd.log").read_text()
    assert "Traceback" in (kept_logs(error) / "demo.log").read_text()
    assert not list(home.glob("kiosk-*/centre"))


def test_a_program_that_is_missing_is_named_with_what_installs_it(home):
    only = home / "bin"
    only.mkdir()
    for name in ("sh", "setpriv", "env"):
        (only / name).symlink_to(shutil.which(name))
    error = the_error(play(home, PATH=str(only)))
    assert "'Xvfb'" in error
    assert "./run setup demo" in error


def test_a_display_that_cannot_be_opened_is_said(home):
    error = the_error(play(home, DISPLAY=":4711"))
    assert "display" in error
    assert "Without DISPLAY" in error


def test_a_folder_that_cannot_be_written_is_said(home):
    assert "Choose a folder" in the_error(play(home, "/proc/visit"))


def test_a_process_that_ends_in_the_middle_is_named(home):
    demo = start(home, "--visit", "certificate", "--out", str(home / "visit"))
    wait_for_file(demo, home, "visit/02-menu.png")
    os.kill(wait_for_process(demo, home, "tools.inspected_window"), signal.SIGKILL)
    output, errors = demo.communicate(timeout=DEADLINE_SECONDS)
    played = subprocess.CompletedProcess(demo.args, demo.returncode, output, errors)
    assert "window has ended" in the_error(played)
