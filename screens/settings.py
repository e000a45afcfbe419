"""Kivy's settings for a kiosk; they must be made before any other part of Kivy is imported."""

import logging
import os
from pathlib import Path
from tempfile import TemporaryDirectory

from kiosk.config import Panel


def leave_out_styles() -> None:
    """Load Kivy without the style rules of its own widgets, of which the kiosk uses none: they take 0.1 s to read."""
    import kivy

    data = kivy.kivy_data_dir
    with TemporaryDirectory() as empty:
        Path(empty, "style.kv").touch()
        kivy.kivy_data_dir = empty
        import kivy.lang
    kivy.kivy_data_dir = data


def configure(panel: Panel) -> None:
    """Set Kivy up for ``panel``: no argument parsing, no log file, one pointer, no way out for a citizen."""
    # Kivy logs a traceback when it lacks the library of an input provider that we do not use.
    logging.getLogger("kivy").addFilter(lambda record: "MTDev" not in record.getMessage())
    os.environ.update(KIVY_NO_ARGS="1", KIVY_NO_FILELOG="1", KIVY_NO_CONFIG="1", KIVY_LOG_MODE="PYTHON")
    os.environ["KIVY_AUDIO"] = "sdl2"  # it would look for others first
    os.environ["SDL_MOUSE_FOCUS_CLICKTHROUGH"] = "1"  # the tap that brings the window forward is a tap
    from kivy.config import Config

    settings = {
        ("graphics", "width"): panel.width,
        ("graphics", "height"): panel.height,
        ("graphics", "fullscreen"): "auto" if panel.fullscreen else 0,
        ("graphics", "borderless"): int(panel.fullscreen),
        ("graphics", "show_cursor"): int(not panel.fullscreen),
        ("graphics", "resizable"): 0,
        ("graphics", "multisamples"): 0,
        ("graphics", "maxfps"): 60,
        ("kivy", "exit_on_escape"): 0,
        ("kivy", "keyboard_mode"): "",
    }
    for (section, key), value in settings.items():
        Config.set(section, key, value)
    # A readable /dev/input would deliver every tap twice: once from the window, once from probesysfs.
    for name, _ in list(Config.items("input")):
        Config.remove_option("input", name)
    Config.set("input", "mouse", "mouse,disable_multitouch")
