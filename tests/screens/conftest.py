"""One window for all tests of screens: real layout, real text sizes, SDL's offscreen driver."""

import os

import pytest

os.environ.setdefault("SDL_VIDEODRIVER", "offscreen")
os.environ["KIVY_GL_BACKEND"] = "mock"

from kiosk.config import Panel
from kiosk.dialogue.preferences import DEFAULT_PREFERENCES
from screens.settings import configure

PANEL = Panel()
configure(PANEL)


@pytest.fixture(scope="session")
def window():
    from kivy.base import EventLoop, runTouchApp
    from kivy.core.window import Window

    from screens.theme.fonts import register_fonts

    register_fonts()
    EventLoop.ensure_window()  # the mouse's events come from a window that is there already
    runTouchApp(embedded=True)
    return Window


class Eyes:
    """A frame in the window, what it was answered, and a finger."""

    def __init__(self, window, panel: Panel = PANEL) -> None:
        from kivy.base import EventLoop

        from screens.bars import WindowCallbacks
        from screens.frame import Frame

        self.window, self._loop = window, EventLoop
        self.answers: list = []
        self.preferred: list = []
        self.entered: list = []
        self.card_is_in = True
        self.staff_calls = self.keys = self.read = 0
        listener = WindowCallbacks(
            lambda question, value: self.answers.append((question, value)),
            self._called,
            self.preferred.append,
            self._read,
            self._pressed,
            self.entered.append,
            lambda: self.card_is_in,
        )
        self.frame = Frame(panel, "大厅", listener)
        window.add_widget(self.frame)

    def show(self, question, manner=DEFAULT_PREFERENCES) -> None:
        self.frame.show(question, manner)
        self.settle()
        self.look()

    def settle(self) -> None:
        self.frame._shown_at = 0

    def look(self) -> None:
        for _ in range(3):
            self._loop.idle()

    def labels(self) -> list:
        from screens.widgets.controls import TextBlock

        return [
            widget for widget in self.frame.walk() if isinstance(widget, TextBlock) and widget.text.strip()
        ]

    @property
    def texts(self) -> list[str]:
        return [label.text for label in self.labels()]

    def find(self, text: str):
        """Return what says ``text``: a button, if there is one."""
        from screens.widgets.controls import Control

        found = [label for label in self.labels() if label.text == text]
        return sorted(found, key=lambda label: not isinstance(label.parent, Control))[0]

    def button(self, text: str):
        return self.find(text).parent

    def touch(self, text: str, button: str = "left") -> None:
        x, y = self.find(text).center
        for event in ("on_mouse_down", "on_mouse_up"):
            self.window.dispatch(event, x, self.window.height - y, button, [])
        self.look()

    def _called(self) -> None:
        self.staff_calls += 1

    def _read(self) -> None:
        self.read += 1

    def _pressed(self) -> None:
        self.keys += 1


@pytest.fixture
def eyes(window):
    eyes = Eyes(window)
    yield eyes
    eyes.window.remove_widget(eyes.frame)
