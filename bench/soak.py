"""Memory of a whole kiosk over thousands of visits, as fast as it serves them: window, card, printer and centre.

``SOAK_VISITS`` in the environment asks for fewer visits than ten thousand.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.figure import Figure
from kiosk.config import Panel
from tools.demo.stack import Stack

VISITS = int(os.environ.get("SOAK_VISITS", "10000"))
LOT = max(10, VISITS // 100)
WARM = 100
"""Visits until each service was used in each manner of speaking, and all fonts are open."""
PANEL = Panel(width=540, height=960)
"""Half the pixels each way: layouts and texts of the usual panel in a quarter of the time."""


def figures() -> Iterator[Figure]:
    """Yield how memory and Python objects grow with the visits, and what memory is at the end."""
    lots = [lot for lot in served() if lot["visits"] >= WARM]
    after = f"{lots[0]['visits']:.0f} visits"
    for name, key, unit, target in (
        ("soak.rss_slope", "mb", "MB", "<= 1"),
        ("soak.objects_slope", "objects", "objects", "<= 1000"),
    ):
        yield Figure(name, slope(lots, key), f"{unit}/1,000 visits", target, f"after {after}", VISITS)
    yield Figure("soak.rss", lots[-1]["mb"], "MB", "<= 300", "drawn in software", VISITS)


def slope(lots: list[dict[str, float]], key: str) -> float:
    """Return by how much it grows in a thousand visits, of all lots."""
    line = statistics.linear_regression([lot["visits"] for lot in lots], [lot[key] for lot in lots])
    return 1000 * line.slope


def served() -> Iterator[dict[str, float]]:
    """Serve the visits, and yield what the kiosk held after each lot of them."""
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        folder = Path(name)
        stack = Stack(folder, panel=PANEL, printer_speed=1000)
        try:
            stack.start_reader()
            stack.start_printer()
            stack.fill_centre()
            stack.start_centre()
            yield from _kiosk(folder, stack.config)
        finally:
            stack.stop()


def _kiosk(folder: Path, config: Path) -> Iterator[dict[str, float]]:
    control = folder / "card/control"
    command = [
        sys.executable,
        "-m",
        "bench.window.citizens",
        str(config),
        str(control),
        str(VISITS),
        str(LOT),
    ]
    sockets = {"PCSCLITE_CSOCK_NAME": str(folder / "card/pcscd")}
    environment = {**os.environ, **sockets, "SDL_VIDEODRIVER": "offscreen", "PYTHONPATH": "."}
    with (
        (folder / "window.log").open("w") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, env=environment, text=True) as child,
    ):
        assert child.stdout
        for line in child.stdout:
            print(line, end="", file=sys.stderr, flush=True)
            yield json.loads(line)
    assert child.returncode == 0, (folder / "window.log").read_text()[-1000:]
