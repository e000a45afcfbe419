"""The PIN pad. Its geometry never changes; it shows how many digits there are, never which."""

from collections.abc import Sequence
from secrets import SystemRandom

from kivy.graphics import Color, Ellipse, Line
from kivy.uix.widget import Widget

from kiosk.dialogue.words import _
from screens.pages.introduced import PageWithIntro
from screens.pages.page import Action
from screens.theme.box import Box
from screens.theme.tokens import Size, Theme
from screens.theme.wrapping import line_height
from screens.widgets.controls import needed_width, text_height
from screens.widgets.keys import COMPACT_COLUMNS, PAD_COLUMNS, PAD_ROWS, Key, pad_boxes, place_keys

CLEAR, ERASE, ENTER = _("清除"), _("退格"), _("确定")
PAD = ("1", "2", "3", "4", "5", "6", "7", "8", "9", CLEAR, "0", ERASE)
COMPACT_PAD = ("1", "2", "3", "4", "5", ERASE, "6", "7", "8", "9", "0")


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


class PinPadPage(PageWithIntro):
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
        words, pad, enter = pad_boxes(self.theme, self.box)
        words = self.heading(words, self.question.title)
        line = line_height(self.theme.type_size(Size.BODY))
        for text, colour in (
            (self.question.text, self.theme.palette.soft),
            (self.question.problem, self.theme.palette.danger),
        ):
            needed = text_height(self.theme, text, words.width)
            place, words = words.cut_top(max(2 * line, needed), self.theme.mm(2))
            self.words(text, place.width, colour=colour, bold=text == self.question.problem).put_at_top(place)
        self._add_dots(words.cut_top(self.theme.mm(18))[0] if self.theme.landscape else words)
        self._add_keys(pad.grid(PAD_COLUMNS, PAD_ROWS, self.theme.gap))
        self._add_enter(Action(ENTER, self._finish, "primary"), enter)

    def _add_dots(self, box: Box) -> None:
        height = min(box.height, self.theme.mm(18))
        self._dots = PinDots(self.theme, self.question.length, box.middle(height))
        self.add_widget(self._dots)

    def _add_enter(self, action: Action, box: Box) -> None:
        self._enter = self.button(action, box)
        self._show_count()

    def _add_keys(self, cells: Sequence[Box]) -> None:
        for key in place_keys(self.theme, cells, self.pad(), self._press, {ERASE: "erase"}, Key):
            self.add_widget(key)

    def _fill_compact(self) -> None:
        """The words have a page of their own before the keys, where there is no room for both."""
        theme, head, box = self.theme, self.stage.head, self.box
        assert head
        line, rest = box.cut_top(box.height - 2 * theme.touch - theme.gap)
        text, place = line.cut_left(line.width * 0.62)
        title = needed_width(theme, self.question.title, Size.TITLE, bold=True)
        fits = title <= head.width and text_height(theme, self.question.text, text.width) <= line.height + 1
        if not (fits or self.introduced or self._digits):
            self.introduce()
            return
        words, dots = head.cut_top(line_height(theme.type_size(Size.TITLE), True))
        self._say_shortly(words)
        if fits:
            self.words(self.question.text, text.width, colour=theme.palette.soft).put_at_top(text)
        self._add_dots(place if line.height > theme.mm(8) else dots.cut_left(theme.mm(60))[0])
        cells = rest.grid(COMPACT_COLUMNS, 2, theme.gap)
        self._add_keys(cells)
        self._add_enter(Action("", self._finish, "primary", "yes"), cells[-1])

    def _say_shortly(self, box: Box) -> None:
        """Say in one line what was wrong, else what is asked for; the words have been read before."""
        p = self.theme.palette
        for said, colour in (
            (self.question.problem, p.danger),
            (self.question.title, p.ink),
            (self.question.text, p.ink),
        ):
            if said and needed_width(self.theme, said, Size.TITLE, bold=True) <= box.width:
                self.words(said, box.width, size=Size.TITLE, bold=True, colour=colour).put_at_top(box)
                return

    def _press(self, name: str) -> None:
        self.stage.pressed()
        if name == CLEAR:
            self._wipe()
        elif name == ERASE:
            del self._digits[-1:]
        elif len(self._digits) < self.question.length:
            self._digits += name.encode()
        self._show_count()
        self.stage.entered(len(self._digits))

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
        self.draw()

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
