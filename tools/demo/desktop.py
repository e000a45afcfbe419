"""Where the kiosk's window and the panel stand on a desktop: side by side, below their title bars."""

import ctypes
import ctypes.util
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

KIOSK_WIDTH, PANEL_WIDTH = 1080 / 1920, 1.28
"""Widths for a height of 1."""

LARGEST = 1920
TITLE_BAR, FRAME = 32, 8
"""Pixels that a window manager may want above a window, outside or inside of its place, and around it."""

_VIDEO = 0x20


class DisplayError(Exception):
    """The display cannot be used; the message says why."""


@dataclass(frozen=True)
class Place:
    """A rectangle of the desktop in pixels, from its upper left corner."""

    left: int
    top: int
    width: int
    height: int

    @property
    def environment(self) -> Mapping[str, str]:
        """What makes Kivy open its window here."""
        return {
            "KCFG_GRAPHICS_POSITION": "custom",
            "KCFG_GRAPHICS_LEFT": str(self.left),
            "KCFG_GRAPHICS_TOP": str(self.top),
        }


def side_by_side(room: Place) -> tuple[Place, Place]:
    """Return the places of the panel and of the kiosk, as large as both find room."""
    across = (room.width - 4 * FRAME) / (KIOSK_WIDTH + PANEL_WIDTH)
    height = round(min(LARGEST, room.height - 2 * TITLE_BAR - FRAME, across))
    left, top = room.left + FRAME, room.top + TITLE_BAR
    panel = Place(left, top, _even(height * PANEL_WIDTH), height)
    kiosk = Place(left + panel.width + 2 * FRAME, top, _even(height * KIOSK_WIDTH), height)
    return panel, kiosk


def _even(width: float) -> int:
    """Return a width in which Kivy's screenshots are not slanted: a multiple of four."""
    return int(width) // 4 * 4


def work_area() -> Place:
    """Return the part of the first screen that no dock or bar of the desktop takes.

    :raises DisplayError: the display does not answer.
    """
    os.environ.setdefault("SDL_NO_SIGNAL_HANDLERS", "1")
    sdl = _sdl()
    if sdl.SDL_InitSubSystem(_VIDEO):
        raise DisplayError(f"the display {os.environ.get('DISPLAY')} does not answer: {_error(sdl)}")
    try:
        place = (ctypes.c_int * 4)()
        if sdl.SDL_GetDisplayUsableBounds(0, place):
            raise DisplayError(f"the display {os.environ.get('DISPLAY')} has no size: {_error(sdl)}")
        return Place(*place)
    finally:
        sdl.SDL_QuitSubSystem(_VIDEO)


def _error(sdl: ctypes.CDLL) -> str:
    words: bytes = sdl.SDL_GetError()
    return words.decode()


@cache
def _sdl() -> ctypes.CDLL:
    """Load the library that Kivy opens its windows with."""
    kivy = find_spec("kivy")
    assert kivy and kivy.origin
    bundled = sorted(Path(kivy.origin).parents[1].glob("Kivy.libs/libSDL2-2*.so*"))
    sdl = ctypes.CDLL(str(bundled[0]) if bundled else ctypes.util.find_library("SDL2"))
    sdl.SDL_GetError.restype = ctypes.c_char_p
    return sdl
