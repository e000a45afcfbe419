"""The simulator panel: what a citizen, a paper roll and a network do to the kiosk, in a window beside it."""

import sys
from pathlib import Path

from kiosk.config import Panel
from screens.settings import configure

WIDTH_MM = 428
"""What the panel's width stands for: the type scale is one for kiosks."""


def main(folder: Path, width: int, height: int) -> None:
    """Open the panel for the demo in ``folder``, ``width`` by ``height`` pixels large."""
    size = Panel(width=width, height=height, width_mm=WIDTH_MM)
    configure(size)
    from kivy.config import Config

    # A visible window may be touched at once, so it is shown when it can be touched.
    Config.set("graphics", "window_state", "hidden")
    from screens.theme.tokens import Theme
    from tools.demo.panel_window import PanelApp

    PanelApp(folder, Theme(size)).run()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
