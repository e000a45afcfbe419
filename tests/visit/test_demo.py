"""``./run demo --visit certificate``: plays the visit, tells the truth about it, and leaves nothing running."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from tests.deadline import DEADLINE_SECONDS
from tests.people import SECRETS

LONGEST_START = 300
"""Seconds. The demo has its own limits for each of its programs, and ends when one does not start."""


@pytest.fixture
def home():
    """A folder that every process of one demo names in its environment."""
    folder = Path(tempfile.mkdtemp(prefix="demo-"))
    yield folder
    shutil.rmtree(folder)


def start(home, *options, **more):
    own = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "SDL_VIDEODRIVER")}
    return subprocess.Popen(
        ["setpriv", "--pdeathsig", "TERM", "--", sys.executable, "-m", "tools.demo", *options],
        env=own | {"TMPDIR": str(home)} | more,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def play(home):
    return start(home, "--visit", "certificate", "--out", str(home / "out"))


def left_running(home):
    mark = f"TMPDIR={home}".encode()
    return [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if mark in environment_of(pid)]


def environment_of(pid):
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return b""


def words_of(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except OSError:
        return []


def wait_until_nothing_is_left(home, seconds=DEADLINE_SECONDS):
    deadline = time.monotonic() + seconds
    while left := left_running(home):
        assert time.monotonic() < deadline, list(map(words_of, left))
        time.sleep(0.05)


def test_the_visit_is_played_on_a_real_display_and_summed_up(home):
    demo = play(home)
    output, errors = demo.communicate(timeout=DEADLINE_SECONDS)
    assert demo.returncode == 0, errors

    summary = json.loads((home / "out/summary.json").read_text())
    assert json.loads(output) == summary
    assert summary["print"]["state"] == "confirmed"
    assert summary["print"]["bytes"] > 0 and summary["print"]["seconds"] > 0
    assert summary["outbox"] == {"pending": 0}
    assert summary["central"]["certificates"] == 1
    assert summary["central"]["events"] >= 1
    assert summary["region"] == "610200"
    assert set(summary["seconds"]) == {"start_to_idle", "card_to_menu", "certificate"}
    assert summary["verify_url"].endswith(f"/verify/{summary['certificate']['code']}")

    pictures = [Image.open(home / "out" / name) for name in summary["screenshots"]]
    assert {picture.size for picture in pictures} == {(1080, 1920)}
    assert zxingcpp.read_barcode(Image.open(home / "out/paper.png")).text == summary["certificate"]["qr"]
    assert not any(secret in output + errors for secret in SECRETS)
    wait_until_nothing_is_left(home)


def wait_while_it_runs(demo, look):
    """Return what ``look`` finds, once it finds something."""
    deadline = time.monotonic() + LONGEST_START
    while not (found := look()):
        assert demo.poll() is None, demo.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


def wait_for_process(demo, home, program):
    return wait_while_it_runs(demo, lambda: [pid for pid in left_running(home) if program in words_of(pid)])[
        0
    ]


def wait_for_file(demo, home, pattern):
    return wait_while_it_runs(demo, lambda: list(home.glob(pattern)))[0]


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda end: end.name)
def test_nothing_is_left_running_when_the_demo_is_broken_off(home, end):
    demo = play(home)
    wait_for_file(demo, home, "kiosk-*/window.log")
    assert len(left_running(home)) > 4
    demo.send_signal(end)
    demo.communicate(timeout=DEADLINE_SECONDS)
    wait_until_nothing_is_left(home)
