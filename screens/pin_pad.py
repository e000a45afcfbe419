"""The PIN pad. Its geometry never changes; it shows how many digits there are, never which."""

from collections.abc import Sequence
from secrets import SystemRandom

from kivy.graphics import Color, Ellipse, Line
from kivy.uix.widget import Widget

from kiosk.words import _
from screens.box import Box
from screens.keys import place_keys
from screens.page import Action, Page
from screens.theme import Size, Theme
from screens.widgets import line_height, text_height

CLEAR, ERASE, ENTER = _("清除"), _("退格"), _("确定")
PAD = ("1", "2", "3", "4", "5", "6", "7", "8", "9", CLEAR, "0", ERASE)
COMPACT_PAD = ("1", "2", "3", "4", "5", ERASE, "6", "7", "8", "9", "0")
PAD_MM = 200
"""A pad need not be wider."""


class PinDots(Widget):
    """A circle for each digit wanted; full ones for those entered."""

    def __init__(self, theme: Theme, wanted: int, box: Box) -> None:
        super().__init__(pos=(box.x, box.y), size=(box.width, box.height), size_hint=(None, None))
        radius = min(box.height * 0.4, box.width / (wanted * 2.8))
        step = radius * 2.8
        left = box.x + (box.width - step * (wanted - 1)) / 2
        self._full: list[Color] = []
        self.entered = 0
        with self.canvas:
            for place in range(wanted):
                x, y = left + place * step, box.y + box.height / 2
                Color(*theme.palette.ink)
                Line(circle=(x, y, radius), width=1.5)
                self._full.append(Color(*theme.palette.ink))
                Ellipse(pos=(x - radius, y - radius), size=(2 * radius, 2 * radius))
        self.show(0)

    def show(self, entered: int) -> None:
        """Show that ``entered`` digits are there."""
        self.entered = entered
        for place, colour in enumerate(self._full):
            colour.a = int(place < entered)


class PinPadPage(Page):
    """Takes the digits of a PIN; they leave only inside the ``Pin`` that is the answer."""

    def begin(self) -> None:
        """Start with no digit."""
        self._digits = bytearray()

    def pad(self) -> Sequence[str]:
        """Return the names of the keys, row by row."""
        return COMPACT_PAD if self.theme.compact else PAD

    def fill(self) -> None:
        """Lay out words, dots and keys; the line for the last try's trouble is always there, so nothing moves."""
        if self.theme.compact:
            self._fill_compact()
            return
        words, keys = self._halves()
        words = self.heading(words, self.question.title)
        line = line_height(self.theme.type_size(Size.BODY))
        lines = 2 if self.theme.landscape or self.theme.manner.elder else 1
        below, rest = words.cut_top(lines * line)
        self.words(self.question.text, below.width, colour=self.theme.palette.soft).put_at_top(below)
        problem, rest = rest.cut_top(lines * line, self.theme.mm(2))
        self._problem(self.question.problem, problem)
        dots = rest.cut_top(self.theme.mm(16))[0]
        self._dots = PinDots(self.theme, self.question.length, dots)
        self.add_widget(self._dots)
        self.controls(keys, [])
        action = Action(ENTER, self._finish, "primary")
        room = self.room(keys, [action])
        self._keys(room.middle(min(room.height, self.theme.mm(150))))
        self._enter = self.button(action, keys.cut_foot(self.theme.button)[0], enabled=False)

    def _halves(self) -> tuple[Box, Box]:
        """Return the boxes of words and dots, and of the keys."""
        theme, box = self.theme, self.box
        if theme.landscape:
            width = min(box.width * 0.5, theme.mm(PAD_MM))
            keys, words = box.cut_right(width, theme.mm(12))
            return words, keys
        keys, words = box.cut_foot(box.height * 0.62, theme.space)
        width = min(keys.width, theme.mm(PAD_MM))
        return words, Box(keys.x + (keys.width - width) / 2, keys.y, width, keys.height)

    def _problem(self, text: str, box: Box) -> None:
        self.words(text, box.width, colour=self.theme.palette.danger, bold=True).put_at_top(box)

    def _fill_compact(self) -> None:
        theme, head = self.theme, self.stage.head
        assert head
        line = line_height(theme.type_size(Size.TITLE), True)
        words, dots = head.cut_top(line)
        said = self.question.problem or self.question.title
        if text_height(theme, said, words.width, Size.TITLE, True) > line + 1:
            said = self.question.title
        colour = theme.palette.danger if said == self.question.problem else theme.palette.ink
        self.words(said, words.width, size=Size.TITLE, bold=True, colour=colour).put_at_top(words)
        self._dots = PinDots(theme, self.question.length, dots.cut_left(theme.mm(60))[0])
        self.add_widget(self._dots)
        keys = self.box
        self._enter = self.button(Action(ENTER, self._finish, "primary"), self._keys(keys), enabled=False)

    def _keys(self, box: Box) -> Box:
        """Add the keys and return the cell after the last one."""
        names = self.pad()
        columns = 6 if self.theme.compact else 3
        keys = place_keys(
            self.theme,
            box,
            names,
            columns,
            self._press,
            {ERASE: "erase"} if not self.theme.compact else {},
            True,
        )
        for key in keys:
            self.add_widget(key)
        last = keys[-1].box
        return Box(last.right + self.theme.gap, last.y, last.width, last.height)

    def _press(self, name: str) -> None:
        self.stage.tone()
        if name == CLEAR:
            self._wipe()
        elif name == ERASE:
            del self._digits[-1:]
        elif len(self._digits) < self.question.length:
            self._digits += name.encode()
        self._show_count()

    def _show_count(self) -> None:
        self._dots.show(len(self._digits))
        self._enter.disabled = len(self._digits) < self.question.length

    def _finish(self) -> None:
        # The digits are the answer's from here on: this page leaves before the card has seen them.
        digits, self._digits = self._digits, bytearray()
        self._enter.disabled = True
        self.answer(self.question.pin(digits))

    def typed(self) -> bytearray:
        """Hand the digits over."""
        digits, self._digits = self._digits, bytearray()
        return digits

    def resume(self, typed: bytearray) -> None:
        """Go on with the digits that were there."""
        self._digits = typed
        self._show_count()

    def _wipe(self) -> None:
        self._digits[:] = bytes(len(self._digits))
        self._digits.clear()

    def leave(self) -> None:
        """Wipe the digits."""
        self._wipe()
        super().leave()


class ScrambledPinPadPage(PinPadPage):
    """A pad whose digits are in another order for each question, so that the finger does not tell the PIN."""

    def pad(self) -> Sequence[str]:
        """Return the names of the keys; only the digits change places."""
        digits = SystemRandom().sample("0123456789", 10)
        return [digits.pop() if name.isdigit() else name for name in super().pad()]
