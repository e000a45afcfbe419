"""The look of the kiosk as tokens: lengths in millimetres of the configured panel, and one type scale.

Sizes follow EN 301 549 5.1.4 (capitals of 4.8 mm at arm's length, 7.3 mm at 600 mm) and the studies of older people's
fingers (16 and 20 mm); docs/accessibility.md names the sources.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.config import Panel
from kiosk.dialogue.language import say
from kiosk.dialogue.preferences import DEFAULT_PREFERENCES, Preferences
from screens.theme.box import Box
from screens.theme.palette import HIGH_CONTRAST, LIGHT, Palette

CAP_HEIGHT = 0.733
"""Height of a capital letter of Noto Sans CJK over its em."""

COMPACT_MM = 150
"""A panel whose shorter side is less than this has no room for bars of their own."""


class Size(StrEnum):
    """The type scale."""

    BODY = "body"
    LABEL = "label"
    TITLE = "title"
    NUMBER = "number"


SCALES: dict[tuple[bool, bool], dict[Size, float]] = {
    # (elder, compact): heights of a capital in mm
    key: dict(zip(Size, heights, strict=True))
    for key, heights in {
        (False, False): (5.4, 6.4, 9.2, 13.0),
        (True, False): (7.3, 7.9, 10.4, 14.0),
        (False, True): (4.9, 4.9, 5.4, 8.0),
        (True, True): (5.8, 5.8, 6.2, 9.0),
    }.items()
}


@dataclass(frozen=True)
class Theme:
    """How everything is drawn on one panel for one citizen; every length it returns is in pixels."""

    panel: Panel
    manner: Preferences = field(default=DEFAULT_PREFERENCES)

    def mm(self, millimetres: float) -> float:
        """Return ``millimetres`` on this panel in pixels."""
        return millimetres * self.panel.width / self.panel.width_mm

    def type_size(self, size: Size) -> float:
        """Return the font size (em) of this place in the scale."""
        return self.mm(SCALES[self.manner.elder, self.compact][size] / CAP_HEIGHT)

    def say(self, text: str) -> str:
        """Return ``text`` in the citizen's language."""
        return say(text, self.manner.language)

    @property
    def palette(self) -> Palette:
        """The colours."""
        return HIGH_CONTRAST if self.manner.high_contrast else LIGHT

    @property
    def window(self) -> Box:
        """The whole panel."""
        return Box(0, 0, self.panel.width, self.panel.height)

    @property
    def landscape(self) -> bool:
        """Whether the panel is wider than high."""
        return self.panel.width > self.panel.height

    @property
    def compact(self) -> bool:
        """Whether the panel is so small that a page shares the room of the bars."""
        return min(self.panel.width, self.panel.height) < self.mm(COMPACT_MM)

    @property
    def touch(self) -> float:
        """The least side of a touch target."""
        if self.compact:
            return self.mm(15 if self.manner.elder else 14)
        return self.mm(20 if self.manner.elder else 16)

    @property
    def key_width(self) -> float:
        """The least width of a key of a compact panel, some of which have words."""
        return self.mm(26 if self.manner.elder else 21)

    @property
    def button(self) -> float:
        """The height of a button that has room."""
        return self.touch if self.compact else self.mm(24 if self.manner.elder else 20)

    @property
    def gap(self) -> float:
        """Between two touch targets; a compact panel has no room for more than the least."""
        return self.mm(5 if self.manner.elder and not self.compact else 3)

    @property
    def space(self) -> float:
        """Between the pieces of a page."""
        return self.mm(2.5 if self.compact else 7)

    @property
    def margin(self) -> float:
        """Between content and the edge of the panel."""
        return self.mm(3 if self.compact else 10)

    @property
    def radius(self) -> float:
        """Of a button's corners."""
        return self.mm(2.5)

    @property
    def edge(self) -> float:
        """The width of a control's outline."""
        return max(1.5, self.mm(0.5))
