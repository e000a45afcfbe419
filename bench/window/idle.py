"""The kiosk's window: prints a line when the idle screen is drawn. Argument: a configuration file."""

import sys
from pathlib import Path

# structlog loads rich where it is, for tracebacks in colour that we do not print. Only tools for tests bring it.
sys.modules["rich"] = None  # type: ignore[assignment]  # None keeps a module from being found

from kiosk.config import load  # noqa: E402
from kiosk.dialogue.questions import Idle  # noqa: E402
from screens.cli import log_as_json_lines, window  # noqa: E402


def tell_of_the_first_idle_frame() -> None:
    """Print a line with the first frame that shows the idle screen."""
    from kivy.app import App
    from kivy.core.window import Window

    def flipped(*_: object) -> None:
        if isinstance(App.get_running_app().frame.question, Idle):
            print("drawn", flush=True)

    Window.bind(on_flip=flipped)


log_as_json_lines()
window(load(Path(sys.argv[1])), on_open=tell_of_the_first_idle_frame, offscreen=True)
