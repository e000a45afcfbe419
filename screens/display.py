"""What SDL draws on: a kiosk whose window nobody sees must not serve, nor call itself ready."""

import ctypes
import os
from functools import cache

UNSEEN = ("offscreen", "dummy", "evdev")
"""SDL's drivers without a screen. SDL takes the first one by itself where it finds no display."""
SHOWN, HIDDEN, MINIMIZED = 0x4, 0x8, 0x40
"""Flags of SDL_GetWindowFlags."""
FIRST = 1
"""SDL's number of the first window: it is known also where nothing is drawn with OpenGL."""


class NoDisplayError(Exception):
    """There is no display; the message says what to do."""


def refuse_unseen(*, offscreen: bool) -> None:
    """Refuse the drivers without a screen that SDL is told to use, before it tries; ``offscreen`` allows that one.

    :raises NoDisplayError: it is told to use one.
    """
    asked = {name.strip().lower() for name in os.environ.get("SDL_VIDEODRIVER", "").split(",")}
    for driver in asked.intersection(UNSEEN) - ({"offscreen"} if offscreen else set()):
        raise _unseen(driver)


def require_display() -> None:
    """Continue only if the window that was opened is on a display.

    :raises NoDisplayError: it is drawn where nobody sees it.
    """
    if (driver := video_driver()) in UNSEEN:
        raise _unseen(driver)


def _unseen(driver: str) -> NoDisplayError:
    return NoDisplayError(
        f"SDL would draw with its driver {driver}, which nobody sees: set DISPLAY to the X server of the panel and"
        " unset SDL_VIDEODRIVER, or say --offscreen (with SDL_VIDEODRIVER=offscreen) if that is meant"
    )


def video_driver() -> str:
    """Return the name of the driver in use."""
    return (_sdl().SDL_GetCurrentVideoDriver() or b"").decode()


def is_shown() -> bool:
    """Return whether the process's window is mapped, and not made an icon."""
    sdl = _sdl()
    flags = sdl.SDL_GetWindowFlags(sdl.SDL_GL_GetCurrentWindow() or sdl.SDL_GetWindowFromID(FIRST))
    return bool(flags & SHOWN) and not flags & (HIDDEN | MINIMIZED)


@cache
def _sdl() -> ctypes.CDLL:
    """Return the SDL that Kivy brought, by way of the module that is linked to it."""
    from kivy.core.window import _window_sdl2

    sdl = ctypes.CDLL(_window_sdl2.__file__)
    sdl.SDL_GetCurrentVideoDriver.restype = ctypes.c_char_p
    sdl.SDL_GL_GetCurrentWindow.restype = ctypes.c_void_p
    sdl.SDL_GetWindowFromID.restype = ctypes.c_void_p
    sdl.SDL_GetWindowFlags.argtypes = [ctypes.c_void_p]
    sdl.SDL_GetWindowFlags.restype = ctypes.c_uint32
    return sdl
