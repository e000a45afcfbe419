"""A bare Kivy window with one label: prints a line when its first frame is on the screen."""

from kiosk.config import Panel
from screens.settings import configure

configure(Panel())

from kivy.app import App  # noqa: E402
from kivy.core.window import Window  # noqa: E402
from kivy.uix.label import Label  # noqa: E402


class BareApp(App):
    """One label."""

    def build(self) -> Label:
        """Return the label and tell of the first frame."""
        Window.bind(on_flip=lambda *_: print("drawn", flush=True))
        return Label(text="bare")


BareApp().run()
