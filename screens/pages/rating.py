"""The page on which the card is given back, and on which a citizen may say how it was."""

from collections.abc import Sequence
from functools import partial

from kivy.graphics import Color, Line, PopMatrix, PushMatrix, Scale, Translate
from kivy.uix.widget import Widget

from kiosk.dialogue.words import _
from screens.pages.blocks import Block
from screens.pages.message import MessagePage
from screens.pages.page import Action
from screens.theme.box import Box
from screens.theme.tokens import Size, Theme
from screens.widgets.controls import Control, TextBlock, text_height

LEVELS = (_("很不满意"), _("不满意"), _("一般"), _("满意"), _("很满意"))
ASK, THANKS = _("这次办得怎么样？可以评，也可以不评。"), _("谢谢您的评价。")
SHORT_ASK = _("请您评一评")
FACE_MM = 14


class TakeCardPage(MessagePage):
    """Asks to take the card; it leaves with the card."""

    def begin(self) -> None:
        """Start with nothing said."""
        self._rated = 0

    def more(self, width: float) -> list[Block]:
        """Add the question how it was, and five faces; on a compact panel they have a page of their own."""
        if not self.question.rating or self.theme.compact:
            return []
        return [
            self.block_of_words(THANKS if self._rated else ASK, width),
            Block(self._height_of(width), self._faces),
        ]

    def actions(self) -> Sequence[Action]:
        """On a compact panel the faces are the actions."""
        if not self.question.rating or not self.theme.compact:
            return ()
        return [Action(level, partial(self._rate, place)) for place, level in enumerate(LEVELS, 1)]

    def own_page(self, box: Box, actions: Sequence[Action]) -> None:
        """Draw the faces of a compact panel, with a word above."""
        faces, above = box.cut_foot(self.theme.touch, self.theme.gap)
        said = THANKS if self._rated else SHORT_ASK
        self.words(said, above.width, bold=True).put_in_middle(above, "left")
        self._faces(faces)

    def _height_of(self, width: float) -> float:
        """Return the height of a face with its word."""
        theme = self.theme
        cell = (width - 4 * theme.gap) / 5 - theme.mm(2)
        return theme.mm(FACE_MM + 6) + max(text_height(theme, level, cell, Size.BODY) for level in LEVELS)

    def _faces(self, box: Box) -> None:
        for level, cell in enumerate(box.grid(5, 1, self.theme.gap), 1):
            face = Face(self.theme, level, cell, self.theme.compact, self._rated)
            face.bind(on_release=lambda _, level=level: self._rate(level))
            self.add_widget(face)

    def _rate(self, level: int) -> None:
        if not self._rated:
            self._rated = level
            self.draw()
            self.answer(level)


class Face(Control):
    """A face from sad (1) to glad (5), with its word."""

    def __init__(self, theme: Theme, level: int, box: Box, plain: bool, rated: int) -> None:
        kind = "primary" if level == rated else "plain"
        super().__init__(theme, box, kind, enabled=not rated or level == rated)
        place = box
        if not plain:
            words = TextBlock(self.theme, LEVELS[level - 1], box.width - self.theme.mm(2), align="center")
            low, place = box.cut_foot(words.height + self.theme.mm(1))
            self.add_widget(words.put_in_middle(low))
        side = min(self.theme.mm(FACE_MM), place.height - self.theme.mm(3))
        self.add_widget(Smile(level, place.middle(side), side))
        self.paint()


class Smile(Widget):
    """The drawing of a face, in a square of 24 units."""

    def __init__(self, level: int, box: Box, side: float) -> None:
        super().__init__(pos=(box.x + (box.width - side) / 2, box.y), size=(side, side))
        bend = (level - 3) * 1.8
        with self.canvas:
            self._colour = Color()
            PushMatrix()
            Translate(*self.pos)
            Scale(side / 24, side / 24, 1)
            Line(circle=(12, 12, 10.5), width=1.1)
            for x in (8.5, 15.5):
                Line(points=[x, 14.5, x, 16], width=1.3, cap="round")
            Line(bezier=[7, 8 + bend / 2, 12, 8 - bend, 17, 8 + bend / 2], width=1.1)
            PopMatrix()

    def paint(self, colour: tuple[float, ...]) -> None:
        """Draw it in another colour."""
        self._colour.rgba = colour
