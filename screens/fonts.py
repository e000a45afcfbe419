"""The one typeface of all screens."""

import os
import sys
from pathlib import Path

from kivy.core.text import LabelBase


class FontsMissing(Exception):
    """The Simplified Chinese fonts were not extracted; the message says how."""


def register_fonts() -> None:
    """Make Noto Sans SC the font of every label.

    :raises FontsMissing: run ``./run setup``.
    """
    regular, bold = (font_file(weight) for weight in ("Regular", "Bold"))
    LabelBase.register("Roboto", str(regular), str(regular), str(bold), str(bold))


def font_file(weight: str = "Regular") -> Path:
    """Return the file of one weight.

    :raises FontsMissing: run ``./run setup``.
    """
    folder = Path(os.environ.get("KIOSK_FONTS", Path(sys.prefix) / "share/branch-kiosk/fonts"))
    file = folder / f"NotoSansSC-{weight}.otf"
    if not file.exists():
        raise FontsMissing(f"no fonts in {folder}; run: ./run setup")
    return file
