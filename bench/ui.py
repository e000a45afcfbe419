"""Start and touch of the window, in software rendering at 1080 × 1920."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.figure import Figure
from hardware.simulator.reader import SimulatedReader
from tools.demo.stack import write_config

STARTS = 7
PRESSES = 140
CARDS = 9
OFFSCREEN = {**os.environ, "SDL_VIDEODRIVER": "offscreen", "PYTHONPATH": "."}


def figures() -> Iterator[Figure]:
    """Yield the start against a bare Kivy window, card to greeting, and touch to frame."""
    ratio = start_to_idle()
    yield Figure("ui.start_to_idle", ratio, "×", "<= 1.6", "a bare Kivy window with one label", STARTS)
    greeting = statistics.median(milliseconds_to_greeting())
    yield Figure("ui.card_to_greeting", greeting, "ms", "<= 100", "the card's own time to answer", CARDS)
    yield Figure(
        "ui.touch_to_frame_p95", touch_p95(), "ms", "<= 33", "the time of two frames at 60 Hz", PRESSES
    )


def start_to_idle() -> float:
    """Return how many times as long as a bare window's the kiosk's start takes, as installed: with bytecode."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as bytecode:
        config = str(write_config(Path(folder), "http://127.0.0.1:9"))
        environment = {**OFFSCREEN, "PYTHONPYCACHEPREFIX": bytecode}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        bare, ours = [], []
        for _ in range(1 + STARTS):
            bare.append(seconds_to_frame(environment, "bench.window.bare"))
            ours.append(seconds_to_frame(environment, "bench.window.idle", config))
    # The first of each compiles.
    return statistics.median(ours[1:]) / statistics.median(bare[1:])


def seconds_to_frame(environment: dict[str, str], *program: str) -> float:
    """Start a program that prints a line with its first frame, and return the seconds until then."""
    begun = time.perf_counter()
    command = [sys.executable, "-m", *program]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment)
    try:
        assert child.stdout and child.stdout.readline(), f"{program} drew nothing"
        return time.perf_counter() - begun
    finally:
        child.kill()
        child.wait()


def milliseconds_to_greeting() -> Iterator[float]:
    """Yield, for each of some cards, the time from its report by PC/SC to the greeting drawn."""
    with tempfile.TemporaryDirectory(prefix="kiosk-") as name:
        folder = Path(name)
        (folder / "card").mkdir()
        config = write_config(folder, "http://127.0.0.1:9")
        with SimulatedReader(folder / "card") as reader:
            command = [sys.executable, "-m", "bench.window.greeting", str(config)]
            environment = {**OFFSCREEN, "PCSCLITE_CSOCK_NAME": str(reader.socket)}
            child = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, text=True
            )
            try:
                assert child.stdout and child.stdout.readline().strip() == "ready"
                for _ in range(CARDS):
                    reader.insert("wang-jianguo")
                    yield float(child.stdout.readline())
                    reader.remove()
            finally:
                child.kill()
                child.wait()


def touch_p95() -> float:
    """Return the 95th percentile of the milliseconds from a touch to its finished frame."""
    command = [sys.executable, "-m", "bench.window.touch", str(PRESSES)]
    output = subprocess.run(command, capture_output=True, text=True, env=OFFSCREEN, check=True).stdout
    return statistics.quantiles(map(float, output.split()), n=20)[-1]
