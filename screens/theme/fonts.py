"""The one typeface of all screens, and the font of their icons."""

from kivy.core.text import LabelBase

from screens.theme import icon_font
from screens.theme.font_files import FontsMissingError, font_file

__all__ = ["FontsMissingError", "font_file", "register_fonts"]


def register_fonts() -> None:
    """Make Noto Sans SC the font of every label, and the icons known.

    :raises FontsMissingError: they were not made yet.
    """
    regular, bold = (font_file(weight) for weight in ("Regular", "Bold"))
    LabelBase.register("Roboto", str(regular), str(regular), str(bold), str(bold))
    LabelBase.register(icon_font.FONT, str(icon_font.FONT_FILE))
