"""The PIN pad. Its geometry never changes; it shows how many digits there are, never which."""

from collections.abc import Iterable
from secrets import SystemRandom

from kivy.graphics import Color, Ellipse, Line
from kivy.properties import NumericProperty
from kivy.uix.gridlayout import GridLayout
from kivy.uix.widget import Widget

from kiosk.dialogue import Question
from screens import theme
from screens.widgets import Answer, Page, Touch, Words, load_rules

load_rules("pin_pad")

KEYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "清除", "0", "退格")


class PinKey(Touch):
    """A key of the pad. It looks the same while it is pressed: the dots tell that, and not which."""

    @staticmethod
    def fill(kind: str, state: str, disabled: bool) -> list[float]:
        """Return the colour of every key, pressed or not."""
        return theme.PAPER


class PinDots(Widget):
    """A circle for each digit wanted; full ones for those entered."""

    wanted = NumericProperty(6)
    entered = NumericProperty(0)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.bind(pos=self._draw, size=self._draw, entered=self._draw)

    def _draw(self, *_: object) -> None:
        self.canvas.clear()
        radius = self.height * 0.22
        step = radius * 4.2
        left = self.center_x - step * (self.wanted - 1) / 2
        with self.canvas:
            Color(*theme.PRIMARY)
            for place in range(int(self.wanted)):
                x = left + place * step
                if place < self.entered:
                    Ellipse(pos=(x - radius, self.center_y - radius), size=(2 * radius, 2 * radius))
                else:
                    Line(circle=(x, self.center_y, radius), width=1.5)


class KeyGrid(GridLayout):
    """The keys, in the order of a telephone."""


class PinPadPage(Page):
    """Takes the digits of a PIN; they leave only inside the ``Pin`` that is the answer."""

    def __init__(self, question: Question, answer: Answer) -> None:
        self._digits = bytearray()
        super().__init__(question, answer)

    def keys(self) -> Iterable[str]:
        """Return the names of the keys, row by row."""
        return KEYS

    def fill(self) -> None:
        """Add the line for the last try's trouble (always there, so that nothing moves), dots and keys."""
        self._problem = Words(text=self.question.problem or " ", color=theme.DANGER, bold=True)
        self._dots = PinDots(wanted=self.question.length)
        grid = KeyGrid()
        for name in self.keys():
            key = PinKey(text=name)
            key.bind(on_release=lambda _, name=name: self._press(name))
            grid.add_widget(key)
        for widget in (self._problem, self._dots, grid):
            self.ids.content.add_widget(widget)
        self._enter = Touch(text="确定", kind="primary", disabled=True)
        self._enter.bind(on_release=lambda _: self._finish())
        self.ids.actions.add_widget(self._enter)

    def _press(self, name: str) -> None:
        if name == "清除":
            self._wipe()
        elif name == "退格":
            del self._digits[-1:]
        elif len(self._digits) < self.question.length:
            self._digits += name.encode()
        self._dots.entered = len(self._digits)
        self._enter.disabled = len(self._digits) < self.question.length

    def _finish(self) -> None:
        # The digits are the answer's from here on: this page leaves before the card has seen them.
        digits, self._digits = self._digits, bytearray()
        self._enter.disabled = True
        self.answer(self.question.pin(digits))

    def _wipe(self) -> None:
        self._digits[:] = bytes(len(self._digits))
        self._digits.clear()

    def on_parent(self, _widget: object, parent: object) -> None:
        """Wipe the digits when the page leaves the window."""
        if parent is None:
            self._wipe()


class ScrambledPinPadPage(PinPadPage):
    """A pad whose digits are in another order for each question, so that the finger does not tell the PIN."""

    def keys(self) -> Iterable[str]:
        """Return the names of the keys; only the digits change places."""
        digits = SystemRandom().sample("0123456789", 10)
        return [digits.pop() if name.isdigit() else name for name in KEYS]
