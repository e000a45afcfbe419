"""A signal to stop that comes while Python cleans an object away."""

import signal
import subprocess
import sys

import pytest

from tests.deadline import DEADLINE_SECONDS

SCRIPT = """
import os, signal, sys
from tools.demo.interruption import heed_signals

class Interrupted:
    def __del__(self):
        os.kill(os.getpid(), int(sys.argv[1]))

heed_signals()
Interrupted()
while True:
    signal.pause()
"""


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, -signal.SIGINT), (signal.SIGTERM, 1)], ids=lambda value: str(value)
)
def test_a_signal_in_a_destructor_ends_the_program_all_the_same(number, code):
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(int(number))],
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
    )
    assert ended.returncode == code
    assert "Exception ignored" not in ended.stderr


def test_what_else_is_dropped_is_still_told():
    script = SCRIPT.replace("os.kill(os.getpid(), int(sys.argv[1]))", "raise LookupError").partition("while")[
        0
    ]
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=DEADLINE_SECONDS
    )
    assert ended.returncode == 0
    assert "LookupError" in ended.stderr
