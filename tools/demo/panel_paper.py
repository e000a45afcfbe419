"""The printed paper: shown as it comes out of the simulated printer, and kept in a file."""

import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from PIL import Image

from hardware.simulator.control import ControlError, tell
from tools.demo.panel_state import PRINTER

KEPT = "branch-kiosk-paper"
"""The folder in the user's home."""


class Paper:
    """The picture to show: what hangs out of the printer, or else the last ticket that something is printed on."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: tuple[int, float] = (0, 0.0)
        self.file: Path | None = None
        self.growing = False

    def follow(self, printer: Mapping[str, Any]) -> bool:
        """Take notice of the printer's status; return whether there is a new picture in ``file``."""
        seen = printer["tickets"], printer["millimetres"]
        if seen == self._seen or not self._write_uncut():
            return False
        paper = self._folder / "paper"
        last = [paper / "uncut.png", *sorted(paper.glob("ticket-*.png"), reverse=True)]
        self.file = next(filter(_is_printed_on, last), None)
        self.growing = self.file == last[0]
        if self.file:  # else the next look tries again
            self._seen = seen
        return self.file is not None

    def _write_uncut(self) -> bool:
        try:
            tell(self._folder / PRINTER, "uncut")
        except (OSError, ControlError):  # it has just gone; the next look says so
            return False
        return True

    def picture(self, width: int) -> Image.Image:
        """Return what is on the paper, ``width`` pixels wide."""
        assert self.file
        with Image.open(self.file) as paper:
            return paper.resize(
                (width, max(1, paper.height * width // paper.width)), Image.Resampling.LANCZOS
            )

    def keep(self) -> Path:
        """Copy the picture into the user's home and return where it is now.

        :raises OSError: it cannot be written.
        """
        assert self.file
        kept = Path.home() / KEPT / f"{datetime.now():%Y%m%d-%H%M%S-%f}.png"
        kept.parent.mkdir(exist_ok=True)
        shutil.copyfile(self.file, kept)
        return kept


def _is_printed_on(file: Path) -> bool:
    with Image.open(file) as paper:
        darkest, _ = paper.convert("L").getextrema()
    return isinstance(darkest, int | float) and darkest < 128
