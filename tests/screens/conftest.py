"""One window for all tests of screens: real layout, real text sizes, SDL's offscreen driver."""

import os

import pytest

os.environ.setdefault("SDL_VIDEODRIVER", "offscreen")
os.environ["KIVY_GL_BACKEND"] = "mock"

from kiosk.config import Panel
from screens.settings import configure

PANEL = Panel()
configure(PANEL)


@pytest.fixture(scope="session")
def theme():
    from kivy.base import EventLoop, runTouchApp
    from kivy.lang.parser import global_idmap

    from screens.theme import Theme, register_fonts

    register_fonts()
    EventLoop.ensure_window()  # the mouse's events come from a window that is there already
    runTouchApp(embedded=True)
    return global_idmap.setdefault("theme", Theme(PANEL))


class Eyes:
    """A frame in the window, what it was answered, and a finger."""

    def __init__(self) -> None:
        from kivy.base import EventLoop
        from kivy.core.window import Window

        from screens.frame import Frame

        self.window, self._loop = Window, EventLoop
        self.answers: list = []
        self.staff_calls = 0
        self.frame = Frame(
            "大厅", lambda question, value: self.answers.append((question, value)), self._called
        )
        Window.add_widget(self.frame)

    def show(self, question) -> None:
        self.frame.show(question)
        self.frame._shown_at = 0
        self.look()

    def look(self) -> None:
        for _ in range(6):
            self._loop.idle()

    def labels(self) -> list:
        from kivy.uix.label import Label

        return [
            w
            for w in self.frame.walk()
            if isinstance(w, Label) and w.text.strip() and w.opacity and w.height > 1
        ]

    def find(self, text: str):
        return next(label for label in self.labels() if label.text == text)

    def touch(self, text: str, button: str = "left") -> None:
        widget = self.find(text)
        x, y = widget.to_window(*widget.center)
        for event in ("on_mouse_down", "on_mouse_up"):
            self.window.dispatch(event, x, self.window.height - y, button, [])
        self.look()

    def _called(self) -> None:
        self.staff_calls += 1


@pytest.fixture
def eyes(theme):
    eyes = Eyes()
    yield eyes
    eyes.window.remove_widget(eyes.frame)
