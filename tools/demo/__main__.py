"""``./run demo``: the kiosk with simulated devices, to use by hand or to watch one visit being played."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import click
import structlog

from command_line.failure import Exit
from command_line.signals import raised
from hardware.simulator.control import ControlServer
from kiosk.config import Panel
from tools.demo.desktop import Place, side_by_side, work_area
from tools.demo.display import display_for
from tools.demo.play import PLAYS, play
from tools.demo.processes import MainThread, Process, ProcessError
from tools.demo.stack import Stack
from tools.demo.window import Window, finger_on

WATCHABLE = 0.25
"""Times the speed of the printer: an eye can follow the paper, and a hand is quick enough to open the cover."""


@click.command()
@click.option("--visit", type=click.Choice(list(PLAYS)), help="Play this visit instead of opening the kiosk.")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Where the pictures and summary go."
)
def main(visit: str | None, out: Path | None) -> None:
    """Open the kiosk with a panel of simulated devices, or play a visit and keep what was seen.

    Without a display a visit is played.

    Example: ./run demo --visit certificate --out visit

    Exit codes: 0 done; with --visit: the outbox is empty, what was printed is confirmed, and the centre has issued
    just that · 1 it is not so, the message says what, and where the logs are kept · 2 wrong call · 130 Ctrl-C.
    """
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    try:
        with raised():
            if visit or out or not os.environ.get("DISPLAY"):
                sys.exit(_play(visit or "certificate", out or Path("visit")))
            _open_by_hand()
    except KeyboardInterrupt:
        click.echo("interrupted", err=True)
        sys.exit(Exit.INTERRUPTED)


def _play(visit: str, out: Path) -> int:
    with _folder() as folder, display_for(folder) as display:
        out.mkdir(parents=True, exist_ok=True)
        click.echo("starting the centre, the card reader, the printer, sync and the window …", err=True)
        stack = Stack(folder, display, _panel_for(display))
        with stack, _blaming(stack):
            shown = stack.process("window")
            window = Window(stack.peephole, finger_on(display, shown.pid), lambda: shown.running)
            click.echo(f"playing the visit {PLAYS[visit].title} …", err=True)
            summary = play(visit, stack, window, out)
    click.echo(json.dumps(summary, ensure_ascii=False, indent=2))
    if problem := _what_is_wrong(summary):
        click.echo(f"the visit did not end well: {problem}", err=True)
        return 1
    click.echo(f"pictures, paper and summary are in {out}", err=True)
    return 0


def _what_is_wrong(summary: dict[str, Any]) -> str:
    printed = summary["print"]
    if printed and printed["state"] != "confirmed":
        return f"the print is {printed['state']}"
    if summary["outbox"]["pending"]:
        return f"{summary['outbox']['pending']} events wait in the outbox"
    if summary["central"]["certificates"] != bool(printed):
        return f"the centre has {summary['central']['certificates']} certificates"
    return ""


def _open_by_hand() -> None:
    here = MainThread()
    with _folder() as folder:
        beside, place = side_by_side(work_area())
        with (
            _kiosk(folder, place) as stack,
            closing(ControlServer(folder / "demo.control", _verbs(stack, here))),
            _panel(folder, beside) as panel,
        ):
            click.echo(
                f"the kiosk is open; close one of its windows to end it; logs are in {folder}", err=True
            )
            windows = stack.process("window"), panel
            here.work_while(lambda: all(window.running for window in windows))
            for window in windows:
                if not window.running and window.wait():
                    raise click.ClickException(
                        f"the {window.name} has ended: {window.log.read_text()[-2000:]}"
                    )


def _kiosk(folder: Path, place: Place) -> Stack:
    size, display = Panel(width=place.width, height=place.height), os.environ["DISPLAY"]
    return Stack(folder, display, size, window_environment=place.environment, printer_speed=WATCHABLE)


def _verbs(stack: Stack, here: MainThread) -> dict[str, Callable[..., Any]]:
    """Return what the panel may ask of the demo itself."""
    return {"centre": partial(_centre, stack, here), "e-card": stack.show_e_card}


def _centre(stack: Stack, here: MainThread, word: str) -> str:
    """Cut the centre off (``offline``), bring it back (``online``), or only say how it is (``state``)."""
    if word == "offline":
        here.do(lambda: stack.end("centre"))
    elif word == "online":
        here.do(stack.restart_centre)
    return "online" if stack.runs("centre") else "offline"


@contextmanager
def _panel(folder: Path, place: Place) -> Iterator[Process]:
    command = [sys.executable, "-m", "tools.demo.panel", str(folder), str(place.width), str(place.height)]
    panel = Process("panel", command, folder / "panel.log", place.environment)
    try:
        yield panel
    finally:
        panel.stop()


@contextmanager
def _folder() -> Iterator[Path]:
    """Give a new folder. What fails in it is told in one line, and its logs are kept."""
    folder = Path(tempfile.mkdtemp(prefix="kiosk-"))
    try:
        yield folder
    except Exception as error:
        (folder / "demo.log").write_text(traceback.format_exc())
        raise click.ClickException(
            f"{_cause(error)}. {_advice(error)}. Logs: {_keep_logs(folder)}"
        ) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _blaming(stack: Stack) -> Iterator[None]:
    """When something fails because a process has ended, say that."""
    try:
        yield
    except Exception as error:
        for process in stack.ended():
            raise ProcessError(f"{process.name} has ended: {process.last_words()}") from error
        raise


def _cause(error: Exception) -> str:
    said = getattr(error, "stderr", None) or str(error) or type(error).__name__
    return " ".join(said.split()).removeprefix("Error: ").rstrip(".")


def _advice(error: Exception) -> str:
    if isinstance(error, FileNotFoundError) and "/" not in str(error.filename):
        return "./run setup demo installs what is missing"
    if "display" in _cause(error):
        return "Without DISPLAY in the environment the visit is played on a screen of its own"
    if isinstance(error, OSError):
        return "Choose a folder that you may write to"
    return "Try again; if it stays so, report it with the logs"


def _keep_logs(folder: Path) -> Path:
    kept = Path(tempfile.mkdtemp(prefix="kiosk-logs-"))
    for log in folder.rglob("*.log"):
        shutil.copy(log, kept)
    return kept


def _panel_for(display: str) -> Panel:
    """Return a full-size panel, or one made smaller in proportion where the display is lower."""
    size = subprocess.run(
        ["xdotool", "getdisplaygeometry"],
        env={**os.environ, "DISPLAY": display},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    height = int(size.split()[1])
    room = 1920 if height >= 1920 else height - 80
    return Panel(width=round(1080 * room / 1920), height=room)


if __name__ == "__main__":
    main()
