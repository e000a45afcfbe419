"""The colours of the kiosk: text stands out 7:1 from its ground, the edge of a control 3:1 (WCAG 2.2, AAA)."""

from dataclasses import dataclass

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
    primary_pressed: Colour
    pressed: Colour
    off: Colour
    bar: Colour
    on_bar: Colour
    accent: Colour
    danger: Colour
    success: Colour
    warning: Colour
    warning_ground: Colour


LIGHT = Palette(
    ground=_hex("#EEF2F7"),
    paper=_hex("#FFFFFF"),
    ink=_hex("#14202E"),
    soft=_hex("#3A4858"),
    border=_hex("#5C6B7E"),
    primary=_hex("#0A4A94"),
    on_primary=_hex("#FFFFFF"),
    primary_pressed=_hex("#062C5B"),
    pressed=_hex("#DEE9F6"),
    off=_hex("#E2E7EE"),
    bar=_hex("#0A3A75"),
    on_bar=_hex("#FFFFFF"),
    accent=_hex("#E0B84C"),
    danger=_hex("#8F1717"),
    success=_hex("#0B5530"),
    warning=_hex("#5F3A00"),
    warning_ground=_hex("#FFF1D2"),
)

HIGH_CONTRAST = Palette(
    ground=_hex("#000000"),
    paper=_hex("#000000"),
    ink=_hex("#FFFFFF"),
    soft=_hex("#E6E6E6"),
    border=_hex("#FFFFFF"),
    primary=_hex("#FFE100"),
    on_primary=_hex("#000000"),
    primary_pressed=_hex("#FFFFFF"),
    pressed=_hex("#3A3A00"),
    off=_hex("#1C1C1C"),
    bar=_hex("#000000"),
    on_bar=_hex("#FFFFFF"),
    accent=_hex("#FFE100"),
    danger=_hex("#FFB3B3"),
    success=_hex("#8CF0B4"),
    warning=_hex("#FFE100"),
    warning_ground=_hex("#262200"),
)


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast ratio of two colours as WCAG 2.2 defines it, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
