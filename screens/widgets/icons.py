"""The one set of icons, drawn as text, so that they are crisp at every size."""

from kivy.core.text import Label as TextImage
from kivy.graphics import Color, Rectangle
from kivy.uix.widget import Widget

from screens.theme.box import Box
from screens.theme.icon_font import CODES, FONT
from screens.theme.palette import Colour


class Icon(Widget):
    """One icon, as large as fits in the middle of ``box``."""

    def __init__(self, name: str, box: Box, colour: Colour) -> None:
        side = min(box.width, box.height)
        super().__init__(
            pos=(box.x + (box.width - side) / 2, box.y + (box.height - side) / 2), size=(side, side)
        )
        label = TextImage(text=CODES[name], font_name=FONT, font_size=side)
        label.refresh()
        width, height = label.texture.size
        with self.canvas:
            self._colour = Color(*colour)
            Rectangle(
                texture=label.texture,
                size=(width, height),
                pos=(round(self.center_x - width / 2), round(self.center_y - height / 2)),
            )

    def paint(self, colour: Colour) -> None:
        """Draw it in another colour."""
        self._colour.rgba = colour
