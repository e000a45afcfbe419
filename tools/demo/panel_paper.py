"""The printed paper: shown as it comes out of the simulated printer, and kept for who wants it."""

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
    """The picture to show: the paper that is coming out, or else the last ticket that was cut off."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._tickets, self._millimetres = 0, 0.0
        self.file: Path | None = None
        self.growing = False

    def follow(self, printer: Mapping[str, Any]) -> bool:
        """Take notice of the printer's status; return whether there is a new picture in ``file``."""
        tickets, millimetres = printer["tickets"], printer["millimetres"]
        if (tickets, millimetres) == (self._tickets, self._millimetres):
            return False
        self.growing = tickets == self._tickets
        if self.growing and not self._write_uncut():
            return False
        self._tickets, self._millimetres = tickets, millimetres
        self.file = self._folder / "paper" / ("uncut.png" if self.growing else f"ticket-{tickets:04d}.png")
        return True

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
