"""How often the window looks for touches: often while somebody touches it, and seldom while nobody is there."""

from kivy.clock import Clock
from kivy.core.window import Window

BUSY, REST = 60, 24
"""Looks a second. Each look costs about half a thousandth of a core when there is nothing to draw."""
BUSY_SECONDS = 20


class FrameRateController:
    """Looks often for a while after each touch."""

    def __init__(self) -> None:
        self._rest = Clock.create_trigger(lambda _elapsed: self._set(REST), BUSY_SECONDS)
        Window.bind(on_touch_down=self._hurry)
        self._hurry()

    def _hurry(self, *_: object) -> None:
        self._set(BUSY)
        self._rest.cancel()
        self._rest()

    def _set(self, looks: int) -> None:
        Clock._max_fps = looks
