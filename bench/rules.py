"""The law as a command: how soon it answers, and how fast."""

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.figure import Figure

KIOSK = Path(sys.executable).with_name("kiosk")
QUESTION = '{"category":"male","birth":"1976-09"}\n'
LINES, STARTS = 10_000, 7


def figures() -> Iterator[Figure]:
    """Yield the time for 10,000 lines, and from the start of the command to its first answer."""
    limits = "the limits of the command's users"
    yield Figure("rules.ten_thousand_lines", seconds(LINES), "s", "<= 3", limits, LINES)
    start = statistics.median(seconds(1) for _ in range(STARTS))
    yield Figure("rules.start", start, "s", "<= 0.3", limits, STARTS)


def seconds(lines: int) -> float:
    """Ask ``lines`` questions in one call and return how long it took."""
    begun = time.perf_counter()
    command = [str(KIOSK), "rules", "retirement-age"]
    answered = subprocess.run(command, input=QUESTION * lines, capture_output=True, text=True, check=True)
    assert answered.stdout.count('"delay_months":36') == lines
    return time.perf_counter() - begun
