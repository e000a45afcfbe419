"""What the simulated devices are doing, as the panel shows it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hardware.simulator.control import ControlError, tell

READER, PRINTER, DEMO = "card/control", "printer.control", "demo.control"
ID_READER, FACE = "id-reader.control", "face.control"
"""The control sockets in the demo's folder."""


@dataclass(frozen=True)
class State:
    """The last answers of the simulators; None where one did not answer."""

    reader: Mapping[str, Any] | None = None
    printer: Mapping[str, Any] | None = None
    centre: str | None = None
    id_reader: Mapping[str, Any] | None = None
    face: Mapping[str, Any] | None = None


def look(folder: Path) -> State:
    """Ask the simulators of the demo in ``folder``."""
    return State(
        _answer(lambda: tell(folder / READER, "status")),
        _answer(lambda: tell(folder / PRINTER, "status")),
        _answer(lambda: tell(folder / DEMO, "centre", "state")),
        _answer(lambda: tell(folder / ID_READER, "status")),
        _answer(lambda: tell(folder / FACE, "status")),
    )


def printer_words(printer: Mapping[str, Any]) -> list[str]:
    """Return what there is to say of the printer, as keys of the panel's words."""
    troubles = {
        "power off": not printer["power"],
        "cable out": not printer["cable"],
        "cover open": printer["cover_open"],
        "paper out": printer["paper"] == "out",
        "paper low": printer["paper"] == "low",
    }
    found = [word for word, true in troubles.items() if true]
    return found or ["printing" if printer["buffered"] else "ready"]


def _answer(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except (OSError, ControlError):
        return None
