"""The look of the kiosk as tokens: lengths in millimetres of the configured panel, colours, and one type scale.

Sizes follow EN 301 549 5.1.4 (capital height at least 4.8 mm at 400 mm) and touch targets of at least 16 mm.
"""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from kivy.core.text import LabelBase
from kivy.utils import get_color_from_hex

from kiosk.config import Panel

CAP_HEIGHT = 0.733
"""Height of a capital letter of Noto Sans CJK over its em."""

FONT = "Noto Sans SC"


@dataclass(frozen=True)
class Theme:
    """Tokens for one panel; every length it returns is in pixels."""

    panel: Panel

    def mm(self, millimetres: float) -> float:
        """Return ``millimetres`` on this panel in pixels."""
        return millimetres * self.panel.width / self.panel.width_mm

    def type_size(self, capital_mm: float) -> float:
        """Return the font size whose capital letters are ``capital_mm`` high."""
        return self.mm(capital_mm / CAP_HEIGHT)

    @property
    def body(self) -> float:
        """Running text."""
        return self.type_size(5.4)

    @property
    def label(self) -> float:
        """Buttons and names of things."""
        return self.type_size(6.4)

    @property
    def title(self) -> float:
        """The one headline of a screen, and keys."""
        return self.type_size(9.6)

    @property
    def touch(self) -> float:
        """The least side of a touch target."""
        return self.mm(16)

    @property
    def gap(self) -> float:
        """Between two touch targets."""
        return self.mm(4)

    @property
    def margin(self) -> float:
        """Between content and the edge of the panel."""
        return self.mm(14)


INK = get_color_from_hex("#14202E")
SOFT = get_color_from_hex("#3A4858")
PAPER = get_color_from_hex("#FFFFFF")
GROUND = get_color_from_hex("#EDF1F6")
PRIMARY = get_color_from_hex("#0A4A94")
PRIMARY_PRESSED = get_color_from_hex("#07346A")
PRESSED = get_color_from_hex("#D5DFEC")
BORDER = get_color_from_hex("#5C6B7E")
DANGER = get_color_from_hex("#9C1C1C")
WARNING = get_color_from_hex("#6B4100")
WARNING_GROUND = get_color_from_hex("#FFF4DC")
SUCCESS = get_color_from_hex("#0B5D33")
GOLD = get_color_from_hex("#E0B84C")


class FontsMissing(Exception):
    """The Simplified Chinese fonts were not extracted; the message says how."""


def register_fonts() -> None:
    """Make Noto Sans SC the font of every label.

    :raises FontsMissing: run ``./run setup``.
    """
    folder = Path(os.environ.get("KIOSK_FONTS", Path(sys.prefix) / "share/branch-kiosk/fonts"))
    regular, bold = (folder / f"NotoSansSC-{weight}.otf" for weight in ("Regular", "Bold"))
    if not (regular.exists() and bold.exists()):
        raise FontsMissing(f"no fonts in {folder}; run: ./run setup")
    for name in (FONT, "Roboto"):
        LabelBase.register(name, str(regular), str(regular), str(bold), str(bold))
