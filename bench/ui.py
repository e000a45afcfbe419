"""Start, touch, rest and memory of the window, in software rendering at 1080 × 1920."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.figure import Figure
from central.store.tables import visits
from hardware.simulator.id_reader import SimulatedIdReader
from hardware.simulator.reader import SimulatedReader
from sync.identity import Identity
from tests.central.centre import running_centre, sqlite_url
from tools.demo.display import own_display
from tools.demo.stack import KIOSK_ID, write_config

NO_CENTRE = "http://127.0.0.1:9"
STARTS = 7
PRESSES = 140
CARDS = 9
LISTS = 9
LIFTED_SECONDS = 1.5
"""After these an ID card reader has seen that its card was lifted."""
REST_SECONDS = 20
SETTLE_SECONDS = 23
"""After these nobody seems to be there, and the window looks for touches less often."""
OFFSCREEN = {**os.environ, "SDL_VIDEODRIVER": "offscreen", "PYTHONPATH": "."}


def figures() -> Iterator[Figure]:
    """Yield the start against a bare Kivy window, card to greeting, and touch to frame."""
    ratio = start_to_idle()
    yield Figure("ui.start_to_idle", ratio, "×", "<= 1.6", "a bare Kivy window with one label", STARTS)
    greeting = statistics.median(milliseconds_to_greeting())
    yield Figure("ui.card_to_greeting", greeting, "ms", "<= 100", "the card's own time to answer", CARDS)
    proven = statistics.median(milliseconds_to_proven_greeting())
    yield Figure("ui.proven_card_to_greeting", proven, "ms", "<= 200", "the same, with a centre", CARDS)
    touched = statistics.median(milliseconds_to_first_page("touch"))
    yield Figure("ui.idle_touch_to_page", touched, "ms", "<= 100", "what feels immediate", CARDS)
    laid = statistics.median(milliseconds_to_first_page("id-card"))
    yield Figure("ui.id_card_to_greeting", laid, "ms", "<= 300", "the reader's own time", CARDS)
    cpu, rss = at_rest()
    yield Figure("ui.idle_cpu", cpu, "%", "<= 1.5", "one core, on an X display", 1)
    yield Figure("ui.rss", rss, "MB", "<= 190", f"its memory on an X display after {CARDS} cards", 1)
    yield Figure(
        "ui.touch_to_frame_p95", touch_p95(), "ms", "<= 33", "the time of two frames at 60 Hz", PRESSES
    )
    opened, typed = milliseconds_of_a_long_list()
    yield Figure("ui.list_of_500", opened, "ms", "<= 100", "what feels immediate", LISTS)
    yield Figure("ui.list_of_500_typed", typed, "ms", "<= 100", "the same", 2 * LISTS)


def start_to_idle() -> float:
    """Return how many times as long as a bare window's the kiosk's start takes, as installed: with bytecode."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as bytecode:
        config = str(write_config(Path(folder), NO_CENTRE))
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
    with folder_and_reader() as (folder, reader), greeter(folder, reader, OFFSCREEN) as child:
        yield from greetings(child, reader)


def milliseconds_to_proven_greeting() -> Iterator[float]:
    """Yield the same where each card proves itself to a centre on this machine before its holder is greeted."""
    with tempfile.TemporaryDirectory() as database, running_centre(sqlite_url(Path(database))) as centre:
        with folder_and_reader(centre.url) as (folder, reader):
            centre.enrol(Identity.of(KIOSK_ID, folder / "data"))
            with greeter(folder, reader, OFFSCREEN) as child:
                yield from greetings(child, reader)
        assert {row.proof for row in centre.rows(visits)} == {"card"}, "every card has proved itself"


def milliseconds_to_first_page(begun_with: str) -> Iterator[float]:
    """Yield, for each of some visits, the time from its beginning to its first page drawn."""
    with folder_and_reader() as (folder, reader), SimulatedIdReader(folder / "id-reader") as id_reader:
        with (folder / "kiosk.toml").open("a") as config:
            config.write(f'\n[id_card]\nport = "{folder / "id-reader"}"\n')
        with window_of("coming", folder, reader, OFFSCREEN, begun_with) as child:
            assert child.stdout
            for _ in range(CARDS):
                if begun_with == "id-card":
                    id_reader.put("wang-jianguo")
                yield float(child.stdout.readline())
                if begun_with == "id-card":
                    id_reader.lift()
                    time.sleep(LIFTED_SECONDS)


def at_rest() -> tuple[float, float]:
    """Return the percent of a core that the window takes after some visits, and its MB, on a real X display."""
    with folder_and_reader() as (folder, reader), own_display(folder) as display:
        environment = {**os.environ, "DISPLAY": display, "PYTHONPATH": "."}
        with greeter(folder, reader, environment) as child:
            assert all(greetings(child, reader))
            time.sleep(SETTLE_SECONDS)
            before = seconds_of_core(child.pid)
            time.sleep(REST_SECONDS)
            used = seconds_of_core(child.pid) - before
            return 100 * used / REST_SECONDS, megabytes(child.pid)


@contextmanager
def folder_and_reader(url: str = NO_CENTRE) -> Iterator[tuple[Path, SimulatedReader]]:
    """Make a folder with a configuration for the centre at ``url``, and a reader in it."""
    with tempfile.TemporaryDirectory(prefix="kiosk-") as name:
        folder = Path(name)
        (folder / "card").mkdir()
        (folder / "data").mkdir()
        write_config(folder, url)
        with SimulatedReader(folder / "card") as reader:
            yield folder, reader


@contextmanager
def greeter(
    folder: Path, reader: SimulatedReader, environment: dict[str, str]
) -> Iterator[subprocess.Popen[str]]:
    """Run the kiosk's window, which greets a citizen who inserts a card."""
    with window_of("greeting", folder, reader, environment) as child:
        yield child


@contextmanager
def window_of(
    program: str, folder: Path, reader: SimulatedReader, environment: dict[str, str], *arguments: str
) -> Iterator[subprocess.Popen[str]]:
    """Run a program of ``bench.window`` with the kiosk's configuration, and wait until it is ready."""
    command = [sys.executable, "-m", f"bench.window.{program}", str(folder / "kiosk.toml"), *arguments]
    environment = {**environment, "PCSCLITE_CSOCK_NAME": str(reader.socket)}
    with (folder / "window.log").open("w") as log:
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, env=environment, text=True)
    try:
        assert child.stdout and child.stdout.readline().strip() == "ready"
        yield child
    finally:
        child.kill()
        child.wait()


def greetings(child: subprocess.Popen[str], reader: SimulatedReader) -> Iterator[float]:
    """Put some cards in, and yield the milliseconds that each waited for its greeting."""
    assert child.stdout
    for _ in range(CARDS):
        reader.insert("wang-jianguo")
        yield float(child.stdout.readline())
        reader.remove()


def seconds_of_core(process: int) -> float:
    """Return the time that a process has computed until now."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def megabytes(process: int | str = "self") -> float:
    """Return what a process holds in memory."""
    status = dict(line.split(":", 1) for line in Path(f"/proc/{process}/status").read_text().splitlines())
    return int(status["VmRSS"].split()[0]) / 1024


def touch_p95() -> float:
    """Return the 95th percentile of the milliseconds from a touch to its finished frame."""
    command = [sys.executable, "-m", "bench.window.touch", str(PRESSES)]
    output = subprocess.run(command, capture_output=True, text=True, env=OFFSCREEN, check=True).stdout
    return statistics.quantiles(map(float, output.split()), n=20)[-1]


def milliseconds_of_a_long_list() -> tuple[float, float]:
    """Return the medians from the question of 500 options, without groups, and from a letter, to the finished frame."""
    command = [sys.executable, "-m", "bench.window.find", "flat", str(LISTS)]
    output = subprocess.run(command, capture_output=True, text=True, env=OFFSCREEN, check=True).stdout
    lines = [line.split() for line in output.splitlines()]
    opened, typed = ([float(value) for name, value in lines if name == kind] for kind in ("open", "type"))
    return statistics.median(opened), statistics.median(typed)
