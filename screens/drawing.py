"""The drawings beside a screen's words, as vectors in a box of 120 × 60 units."""

from collections.abc import Callable

from kivy.graphics import (
    Color,
    Ellipse,
    Line,
    PopMatrix,
    PushMatrix,
    Scale,
    SmoothRoundedRectangle,
    Translate,
)
from kivy.properties import StringProperty
from kivy.uix.widget import Widget

from kiosk.dialogue import Picture
from screens import theme

WIDTH, HEIGHT = 120, 60


class Drawing(Widget):
    """Draws ``picture`` as large as fits."""

    picture = StringProperty()

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.bind(pos=self._draw, size=self._draw, picture=self._draw)

    def _draw(self, *_: object) -> None:
        self.canvas.clear()
        if not self.picture or not self.height:
            return
        scale = min(self.width / WIDTH, self.height / HEIGHT)
        with self.canvas:
            PushMatrix()
            Translate(self.center_x - WIDTH * scale / 2, self.y)
            Scale(scale, scale, 1)
            DRAWINGS[Picture(self.picture)]()
            PopMatrix()


def _box(x: float, y: float, width: float, height: float, colour: list[float], radius: float = 2) -> None:
    Color(*colour)
    SmoothRoundedRectangle(pos=(x, y), size=(width, height), radius=[radius], segments=24)


def _stroke(points: list[float], colour: list[float] = theme.PRIMARY, width: float = 1.2) -> None:
    Color(*colour)
    Line(points=points, width=width, cap="round", joint="round")


def _disc(x: float, y: float, radius: float, colour: list[float]) -> None:
    Color(*colour)
    Ellipse(pos=(x - radius, y - radius), size=(2 * radius, 2 * radius), segments=64)


def _arrow(x: float, y: float, dx: float, colour: list[float] = theme.PRIMARY) -> None:
    head = 4 if dx > 0 else -4
    _stroke([x, y, x + dx, y], colour, 1.4)
    _stroke([x + dx - head, y + 4, x + dx, y, x + dx - head, y - 4], colour, 1.4)


def _card(x: float, y: float, chip_right: bool = True) -> None:
    _box(x, y, 46, 29, theme.PRIMARY, 3)
    _box(x + 1, y + 1, 44, 27, [0.86, 0.91, 0.97, 1], 2.4)
    chip = x + 33 if chip_right else x + 4
    _box(chip, y + 11, 9, 8, theme.GOLD, 1.2)
    _stroke([chip, y + 15, chip + 9, y + 15], theme.WARNING, 0.35)
    _stroke([chip + 4.5, y + 11, chip + 4.5, y + 19], theme.WARNING, 0.35)
    for line, length in ((22, 16), (18, 12), (6, 20)):
        left = x + 5 if chip_right else x + 18
        _box(left, y + line - 1, length, 2, theme.BORDER, 0.6)


def _reader(x: float) -> None:
    _box(x, 4, 26, 52, theme.SOFT, 3)
    _box(x, 28.5, 20, 3, theme.INK, 1)


def _insert_card() -> None:
    _reader(88)
    _card(8, 15.5)
    _arrow(60, 30, 22)


def _card_wrong_way() -> None:
    _reader(88)
    _card(34, 15.5)
    _stroke([4, 42, 12, 34], theme.SUCCESS, 1.6)
    _stroke([12, 34, 26, 50], theme.SUCCESS, 1.6)
    _arrow(83, 30, 3)


def _take_card() -> None:
    _reader(88)
    _card(40, 15.5)
    _arrow(34, 30, -22)


def _take_paper() -> None:
    _box(36, 4, 48, 20, theme.SOFT, 3)
    _box(42, 17, 36, 3, theme.INK, 1)
    _box(45, 18, 30, 38, theme.BORDER, 1)
    _box(45.6, 18, 28.8, 37.4, theme.PAPER, 1)
    for line, length in ((48, 16), (43, 22), (38, 22), (33, 22)):
        _box(49, line, length, 1.6, theme.BORDER, 0.5)
    _box(62, 22, 8, 8, theme.INK, 0.5)
    _box(49, 24, 8, 1.6, theme.BORDER, 0.5)


def _done() -> None:
    _disc(60, 30, 24, theme.SUCCESS)
    _stroke([48, 30, 56, 21, 73, 40], theme.PAPER, 2.4)


def _attention() -> None:
    _disc(60, 30, 24, theme.WARNING)
    _box(57.8, 25, 4.4, 20, theme.PAPER, 2)
    _disc(60, 18, 3, theme.PAPER)


def _phone() -> None:
    _box(48, 4, 24, 52, theme.PRIMARY, 4)
    _box(50.5, 12, 19, 38, theme.PAPER, 1)
    _disc(60, 8, 1.8, theme.PAPER)
    for row in range(3):
        for column in range(3):
            _disc(54.5 + column * 5.5, 36 - row * 7, 1.5, theme.PRIMARY)
    _box(53, 42, 14, 4, theme.BORDER, 1)


def _staff() -> None:
    _disc(60, 43, 11, theme.PRIMARY)
    _box(40, 6, 40, 24, theme.PRIMARY, 10)
    _box(40, 6, 40, 10, theme.PRIMARY, 1)
    _stroke([54, 30, 60, 20, 66, 30], theme.PAPER, 1.2)


def _wait() -> None:
    _box(44, 52, 32, 4, theme.PRIMARY, 1)
    _box(44, 4, 32, 4, theme.PRIMARY, 1)
    _stroke([48, 52, 48, 44, 58, 31, 58, 29, 48, 16, 48, 8])
    _stroke([72, 52, 72, 44, 62, 31, 62, 29, 72, 16, 72, 8])
    _stroke([53, 42, 67, 42], theme.GOLD, 2)
    _stroke([57, 37, 63, 37], theme.GOLD, 2)
    _stroke([60, 33, 60, 16], theme.GOLD, 0.8)
    _stroke([52, 11, 68, 11], theme.GOLD, 2.2)


DRAWINGS: dict[Picture, Callable[[], None]] = {
    Picture.INSERT_CARD: _insert_card,
    Picture.CARD_WRONG_WAY: _card_wrong_way,
    Picture.TAKE_CARD: _take_card,
    Picture.TAKE_PAPER: _take_paper,
    Picture.DONE: _done,
    Picture.ATTENTION: _attention,
    Picture.PHONE: _phone,
    Picture.STAFF: _staff,
    Picture.WAIT: _wait,
}
