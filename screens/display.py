"""Whether there is a display: a kiosk that draws where nobody sees it must not call itself ready."""

import os

UNSEEN = {"offscreen", "dummy", "evdev"}
"""SDL's drivers that have no screen."""


class NoDisplayError(Exception):
    """The window would be seen by nobody; the message says what to set."""


def require_display() -> None:
    """Go on only if SDL will open its window on a display.

    :raises NoDisplayError: it is told to use a driver without one, or there is none.
    """
    asked = {name.strip().lower() for name in os.environ.get("SDL_VIDEODRIVER", "").split(",")}
    if unseen := asked & UNSEEN:
        raise NoDisplayError(
            f"SDL_VIDEODRIVER={unseen.pop()} draws a window that nobody sees; unset it, or say --offscreen"
        )
