"""The one set of icons: strokes of one width in a square of 24 units."""

from kivy.graphics import Color, Line, PopMatrix, PushMatrix, Scale, Translate
from kivy.uix.widget import Widget

from screens.theme.box import Box
from screens.theme.palette import Colour

SIDE = 24
STROKE = 1.1

Strokes = tuple[tuple[float, ...], ...]

ICONS: dict[str, Strokes] = {
    "back": ((20, 12, 4, 12), (10, 18, 4, 12, 10, 6)),
    "home": ((3, 11, 12, 20, 21, 11), (6, 13, 6, 4, 18, 4, 18, 13), (10, 4, 10, 10, 14, 10, 14, 4)),
    "staff": (
        (12, 21, 9, 20, 8, 17, 9, 14, 12, 13, 15, 14, 16, 17, 15, 20, 12, 21),
        (4, 3, 4, 7, 7, 10, 17, 10, 20, 7, 20, 3, 4, 3),
    ),
    "finish": ((14, 8, 14, 4, 3, 4, 3, 20, 14, 20, 14, 16), (8, 12, 21, 12), (17, 16, 21, 12, 17, 8)),
    "language": (
        (12, 21, 7.5, 19.8, 4.2, 16.5, 3, 12, 4.2, 7.5, 7.5, 4.2, 12, 3),
        (12, 21, 16.5, 19.8, 19.8, 16.5, 21, 12, 19.8, 7.5, 16.5, 4.2, 12, 3),
        (3, 12, 21, 12),
        (12, 21, 9, 17, 8, 12, 9, 7, 12, 3, 15, 7, 16, 12, 15, 17, 12, 21),
    ),
    "elder": ((3, 4, 8.5, 20, 14, 4), (5, 9.5, 12, 9.5), (16, 4, 18.8, 12, 21.6, 4), (17, 6.8, 20.6, 6.8)),
    "aloud": (
        (3, 9, 3, 15, 7, 15, 12, 20, 12, 4, 7, 9, 3, 9),
        (15.5, 8.5, 17, 12, 15.5, 15.5),
        (18.5, 5.5, 21, 12, 18.5, 18.5),
    ),
    "settings": (
        (4, 18, 20, 18),
        (4, 12, 20, 12),
        (4, 6, 20, 6),
        (8, 15.5, 8, 20.5),
        (15, 9.5, 15, 14.5),
        (10, 3.5, 10, 8.5),
    ),
    "search": (
        (10, 20, 6, 18.5, 4, 14, 6, 9.5, 10, 8, 14, 9.5, 16, 14, 14, 18.5, 10, 20),
        (14.5, 9.5, 21, 3),
    ),
    "yes": ((4, 12, 10, 6, 20, 18),),
    "no": ((6, 6, 18, 18), (6, 18, 18, 6)),
    "plus": ((4, 12, 20, 12), (12, 4, 12, 20)),
    "minus": ((4, 12, 20, 12),),
    "next": ((9, 19, 16, 12, 9, 5),),
    "previous": ((15, 19, 8, 12, 15, 5),),
    "erase": ((8, 18, 2, 12, 8, 6, 22, 6, 22, 18, 8, 18), (11.5, 15, 17.5, 9), (11.5, 9, 17.5, 15)),
    "card": (
        (2, 5, 2, 19, 22, 19, 22, 5, 2, 5),
        (15, 9, 15, 14, 19, 14, 19, 9, 15, 9),
        (5, 14, 11, 14),
        (5, 10, 9, 10),
    ),
    "behalf": (
        (8, 20, 5, 17, 8, 14, 11, 17, 8, 20),
        (2, 5, 2, 8, 5, 11, 11, 11, 14, 8, 14, 5, 2, 5),
        (16, 18, 18.5, 15.5, 16, 13),
        (17, 9, 22, 9),
        (19.5, 11.5, 22, 9, 19.5, 6.5),
    ),
}


class Icon(Widget):
    """One icon, as large as fits in the middle of ``box``."""

    def __init__(self, name: str, box: Box, colour: Colour) -> None:
        side = min(box.width, box.height)
        super().__init__(
            pos=(box.x + (box.width - side) / 2, box.y + (box.height - side) / 2), size=(side, side)
        )
        with self.canvas:
            self._colour = Color(*colour)
            PushMatrix()
            Translate(*self.pos)
            Scale(side / SIDE, side / SIDE, 1)
            for stroke in ICONS[name]:
                Line(points=stroke, width=STROKE, cap="round", joint="round")
            PopMatrix()

    def paint(self, colour: Colour) -> None:
        """Draw it in another colour."""
        self._colour.rgba = colour
