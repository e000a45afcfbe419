"""Memory of the window over thousands of visits, on a real X display."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.figure import Figure
from tools.demo.display import own_display

VISITS = 3000


def figures() -> Iterator[Figure]:
    """Yield how much memory grows after the first 300 visits, and what it is at the end."""
    with tempfile.TemporaryDirectory() as folder, own_display(Path(folder)) as display:
        command = [sys.executable, "-m", "bench.window.visits", str(VISITS)]
        environment = {**os.environ, "DISPLAY": display, "PYTHONPATH": "."}
        output = subprocess.run(
            command, stdout=subprocess.PIPE, env=environment, check=True, text=True
        ).stdout
    warm, end = map(float, output.split())
    growth = 100 * (end - warm) / warm
    yield Figure("soak.rss_growth", growth, "%", "<= 3", "after 300 visits", VISITS)
    yield Figure("soak.rss", end, "MB", "<= 190", "its memory on an X display", VISITS)
