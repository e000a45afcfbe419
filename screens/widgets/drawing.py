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
from kivy.uix.widget import Widget

from kiosk.dialogue.questions import Picture
from screens.theme.box import Box
from screens.theme.palette import Colour, Palette

WIDTH, HEIGHT = 120, 60


class Drawing(Widget):
    """Draws ``picture`` as large as fits in the middle of ``box``."""

    def __init__(self, picture: Picture, box: Box, palette: Palette) -> None:
        scale = min(box.width / WIDTH, box.height / HEIGHT)
        size = WIDTH * scale, HEIGHT * scale
        super().__init__(
            pos=(box.x + (box.width - size[0]) / 2, box.y + (box.height - size[1]) / 2), size=size
        )
        with self.canvas:
            PushMatrix()
            Translate(*self.pos)
            Scale(scale, scale, 1)
            DRAWINGS[picture](palette)
            PopMatrix()


def _box(x: float, y: float, width: float, height: float, colour: Colour, radius: float = 2) -> None:
    Color(*colour)
    SmoothRoundedRectangle(pos=(x, y), size=(width, height), radius=[radius], segments=24)


def _stroke(points: list[float], colour: Colour, width: float = 1.2) -> None:
    Color(*colour)
    Line(points=points, width=width, cap="round", joint="round")


def _disc(x: float, y: float, radius: float, colour: Colour) -> None:
    Color(*colour)
    Ellipse(pos=(x - radius, y - radius), size=(2 * radius, 2 * radius), segments=64)


def _arrow(x: float, y: float, dx: float, colour: Colour) -> None:
    head = 4 if dx > 0 else -4
    _stroke([x, y, x + dx, y], colour, 1.4)
    _stroke([x + dx - head, y + 4, x + dx, y, x + dx - head, y - 4], colour, 1.4)


def _card(p: Palette, x: float, y: float) -> None:
    """The card lies with its chip up and towards the slot."""
    _box(x, y, 46, 29, p.primary, 3)
    _box(x + 0.8, y + 0.8, 44.4, 27.4, p.paper, 2.4)
    _box(x + 0.8, y + 21, 44.4, 7.2, p.primary, 2.4)
    _box(x + 0.8, y + 21, 44.4, 3, p.primary, 0.1)
    _box(x + 33, y + 9, 9, 8, p.border, 1.4)
    _box(x + 33.5, y + 9.5, 8, 7, p.accent, 1)
    _stroke([x + 33.5, y + 13, x + 41.5, y + 13], p.border, 0.3)
    _stroke([x + 37.5, y + 9.5, x + 37.5, y + 16.5], p.border, 0.3)
    for line, length in ((15, 18), (10.5, 13), (4.5, 22)):
        _box(x + 5, y + line, length, 2, p.border, 0.6)


def _reader(p: Palette, x: float, lamp: Colour | None = None) -> None:
    """The machine's front with its slot and the lamp beside it, green unless told otherwise."""
    _box(x, 3, 27, 54, p.border, 3)
    _box(x + 0.6, 3.6, 25.8, 52.8, p.off, 2.6)
    _box(x, 27.5, 19, 5, p.ink, 1.2)
    _disc(x + 22.5, 30, 1.8, lamp or p.success)


def _insert_card(p: Palette) -> None:
    _reader(p, 88)
    _card(p, 6, 15.5)
    _arrow(59, 30, 22, p.primary)


def _card_not_read(p: Palette) -> None:
    _reader(p, 88, p.border)
    _card(p, 6, 15.5)
    _cross(p, 70, 30)


def _card_wrong_way(p: Palette) -> None:
    """A card that is in the wrong way, crossed out; no sign of success on a page that says what failed."""
    _reader(p, 88, p.border)
    _card(p, 33, 15.5)
    _cross(p, 15, 30)


def _cross(p: Palette, x: float, y: float) -> None:
    for rising in (9, -9):
        _stroke([x - 9, y - rising, x + 9, y + rising], p.danger, 1.8)


def _take_card(p: Palette) -> None:
    _reader(p, 88)
    _card(p, 39, 15.5)
    _arrow(32, 30, -22, p.primary)


def _id_card(p: Palette, x: float, y: float) -> None:
    """An ID card: the portrait on the right, no chip to be seen."""
    _box(x, y, 42, 27, p.primary, 2.6)
    _box(x + 0.8, y + 0.8, 40.4, 25.4, p.paper, 2)
    _box(x + 28, y + 7, 10, 13, p.border, 1)
    _disc(x + 33, y + 15.5, 2.6, p.primary)
    _box(x + 29.5, y + 8, 7, 4.6, p.primary, 2)
    for line, length in ((19, 14), (14, 19), (9, 17), (4, 28)):
        _box(x + 4, y + line, length, 1.8, p.border, 0.6)


def _pad(p: Palette) -> None:
    """The flat reader that an ID card is laid on."""
    _box(24, 3, 72, 12, p.border, 3)
    _box(24.6, 3.6, 70.8, 10.8, p.off, 2.6)
    _disc(90, 9, 1.8, p.success)


def _lay_id_card(p: Palette) -> None:
    _pad(p)
    _id_card(p, 39, 31)
    _stroke([60, 28, 60, 18], p.primary, 1.4)
    _stroke([56, 22, 60, 18, 64, 22], p.primary, 1.4)


def _take_id_card(p: Palette) -> None:
    _pad(p)
    _id_card(p, 39, 18)
    _stroke([60, 47, 60, 57], p.primary, 1.4)
    _stroke([56, 53, 60, 57, 64, 53], p.primary, 1.4)


def _show_code(p: Palette) -> None:
    """A telephone that shows its code to the scanner's window."""
    _box(20, 3, 30, 54, p.primary, 4)
    _box(22.5, 9, 25, 42, p.paper, 1)
    for column, row in ((0, 0), (2, 0), (0, 2), (3, 3), (1, 1), (3, 1), (2, 3), (1, 3), (0, 3)):
        _box(26 + column * 4.6, 21 + row * 4.6, 4, 4, p.ink, 0.3)
    _arrow(55, 30, 20, p.primary)
    _box(82, 14, 22, 32, p.border, 3)
    _box(82.6, 14.6, 20.8, 30.8, p.off, 2.6)
    _box(86, 26, 14, 8, p.ink, 1)
    _stroke([86, 30, 100, 30], p.accent, 0.8)


def _take_paper(p: Palette) -> None:
    _box(36, 4, 48, 20, p.border, 3)
    _box(36.6, 4.6, 46.8, 18.8, p.off, 2.6)
    _box(42, 17, 36, 3, p.ink, 1)
    _box(45, 18, 30, 38, p.border, 1)
    _box(45.6, 18, 28.8, 37.4, p.paper, 1)
    for line, length in ((48, 16), (43, 22), (38, 22), (33, 22)):
        _box(49, line, length, 1.6, p.border, 0.5)
    _box(62, 22, 8, 8, p.ink, 0.5)
    _box(49, 24, 8, 1.6, p.border, 0.5)


def _done(p: Palette) -> None:
    _disc(60, 30, 24, p.success)
    _stroke([48, 30, 56, 21, 73, 40], p.paper, 2.4)


def _attention(p: Palette) -> None:
    _disc(60, 30, 24, p.warning)
    _disc(60, 30, 22.6, p.warning_ground)
    _box(57.8, 25, 4.4, 20, p.warning, 2)
    _disc(60, 18, 3, p.warning)


def _phone(p: Palette) -> None:
    _box(47, 3, 26, 54, p.primary, 4)
    _box(49.5, 11, 21, 40, p.paper, 1)
    _disc(60, 7, 1.8, p.paper)
    for row in range(4):
        for column in range(3):
            _disc(54 + column * 6, 37 - row * 6.5, 1.7, p.primary)
    _box(52.5, 43, 15, 4, p.border, 1)


def _staff(p: Palette) -> None:
    _disc(60, 43, 11, p.primary)
    _box(40, 5, 40, 25, p.primary, 11)
    _box(40, 5, 40, 10, p.primary, 1)
    _stroke([54, 30, 60, 20, 66, 30], p.paper, 1.2)


def _wait(p: Palette) -> None:
    _box(44, 52, 32, 4, p.primary, 1)
    _box(44, 4, 32, 4, p.primary, 1)
    _stroke([48, 52, 48, 44, 58, 31, 58, 29, 48, 16, 48, 8], p.primary)
    _stroke([72, 52, 72, 44, 62, 31, 62, 29, 72, 16, 72, 8], p.primary)
    _stroke([53, 42, 67, 42], p.accent, 2)
    _stroke([57, 37, 63, 37], p.accent, 2)
    _stroke([60, 33, 60, 16], p.accent, 0.8)
    _stroke([52, 11, 68, 11], p.accent, 2.2)


DRAWINGS: dict[Picture, Callable[[Palette], None]] = {
    Picture.INSERT_CARD: _insert_card,
    Picture.CARD_NOT_READ: _card_not_read,
    Picture.LAY_ID_CARD: _lay_id_card,
    Picture.SHOW_CODE: _show_code,
    Picture.CARD_WRONG_WAY: _card_wrong_way,
    Picture.TAKE_CARD: _take_card,
    Picture.TAKE_ID_CARD: _take_id_card,
    Picture.TAKE_PAPER: _take_paper,
    Picture.DONE: _done,
    Picture.ATTENTION: _attention,
    Picture.PHONE: _phone,
    Picture.STAFF: _staff,
    Picture.WAIT: _wait,
}
