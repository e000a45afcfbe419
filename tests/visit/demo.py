"""The demonstration, run as people run it."""

import os
import subprocess
import sys
import time
from pathlib import Path

from tests.deadline import DEADLINE_SECONDS

LONGEST_START = 300
"""Seconds. The demo has its own limits for each of its programs, and ends when one does not start."""


NOT_FOR_THE_DEMO = ("DISPLAY", "SDL_VIDEODRIVER", "KIVY_GL_BACKEND")
"""What the tests of single screens set for this process: the demo would draw nothing."""


def start(home, *options, **more):
    own = {name: value for name, value in os.environ.items() if name not in NOT_FOR_THE_DEMO}
    return subprocess.Popen(
        ["setpriv", "--pdeathsig", "TERM", "--", sys.executable, "-m", "tools.demo", *options],
        env=own | {"TMPDIR": str(home)} | more,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


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
