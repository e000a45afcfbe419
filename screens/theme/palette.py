"""The colours of the kiosk: text stands out 7:1 from its ground, the edge of a control 3:1 (WCAG 2.2, AAA)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Colour = tuple[float, float, float, float]


def _hex(colour: str) -> Colour:
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue, 1.0


@dataclass(frozen=True)
class Palette:
    """Colours by what they are for."""

    ground: Colour
    paper: Colour
    ink: Colour
    soft: Colour
    border: Colour
    primary: Colour
    on_primary: Colour
    tint: Colour
    off: Colour
    bar: Colour
    on_bar: Colour
    accent: Colour
    danger: Colour
    success: Colour
    success_ground: Colour
    warning: Colour
    warning_ground: Colour
    danger_ground: Colour
    hairline: Colour
    hues: Mapping[str, Colour] = field(default_factory=dict)

    def hue(self, group: str) -> Colour:
        """Return the colour of a group of the menu: decoration, never the only sign."""
        return self.hues.get(group, self.primary)


LIGHT = Palette(
    ground=_hex("#EEF2F7"),
    paper=_hex("#FFFFFF"),
    ink=_hex("#14202E"),
    soft=_hex("#3A4858"),
    border=_hex("#5C6B7E"),
    primary=_hex("#0A4A94"),
    on_primary=_hex("#FFFFFF"),
    tint=_hex("#E6EFF9"),
    off=_hex("#E2E7EE"),
    bar=_hex("#0A3A75"),
    on_bar=_hex("#FFFFFF"),
    accent=_hex("#E0B84C"),
    danger=_hex("#8F1717"),
    success=_hex("#0B5530"),
    success_ground=_hex("#E1F1E7"),
    warning=_hex("#5F3A00"),
    warning_ground=_hex("#FFF1D2"),
    danger_ground=_hex("#FBE9E9"),
    hairline=_hex("#C9D2DD"),
    hues={
        "certificates": _hex("#0A4A94"),
        "retirement": _hex("#0B5530"),
        "card": _hex("#7A3A00"),
        "contributions": _hex("#5B2A86"),
        "transfer": _hex("#006064"),
        "employment": _hex("#8F1717"),
        "work-injury": _hex("#34495E"),
        "guides": _hex("#4E5B00"),
    },
)

HIGH_CONTRAST = Palette(
    ground=_hex("#000000"),
    paper=_hex("#000000"),
    ink=_hex("#FFFFFF"),
    soft=_hex("#E6E6E6"),
    border=_hex("#FFFFFF"),
    primary=_hex("#FFE100"),
    on_primary=_hex("#000000"),
    tint=_hex("#1C1C1C"),
    off=_hex("#1C1C1C"),
    bar=_hex("#000000"),
    on_bar=_hex("#FFFFFF"),
    accent=_hex("#FFE100"),
    danger=_hex("#FFB3B3"),
    success=_hex("#8CF0B4"),
    success_ground=_hex("#001A0A"),
    warning=_hex("#FFE100"),
    warning_ground=_hex("#262200"),
    danger_ground=_hex("#2A0000"),
    hairline=_hex("#8A8A8A"),
)


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast ratio of two colours as WCAG 2.2 defines it, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
