"""Accept one finger at a time, rejecting other pointer buttons; a touch whose release was lost is dropped."""

from copy import copy
from typing import Any

from kivy.base import EventLoop
from kivy.input.factory import MotionEventFactory
from kivy.input.motionevent import MotionEvent
from kivy.input.providers.mouse import MouseMotionEventProvider

Event = tuple[str, MotionEvent]

SILENT_SECONDS = 0.5
"""A finger that was not heard of for so long gives way to another one: its lifting may have been lost."""

OUTSIDE = -1
"""A place where no widget is, in parts of the window."""


class OneFinger:
    """Drops every touch that begins while another is down, and every button of a mouse but the left one.

    A new press of the same pointer says that its last release was lost: that press is called off, without effect.
    """

    def __init__(self) -> None:
        self._down: MotionEvent | None = None

    def process(self, events: list[Event]) -> list[Event]:
        """Return the events of the one finger; Kivy calls this with all that came since the last frame."""
        return [passed for event in events for passed in self._pass_on(*event)]

    def _pass_on(self, kind: str, touch: MotionEvent) -> list[Event]:
        if kind == "begin" and touch.is_touch and touch.button in (None, "left"):
            return self._begin(touch)
        if touch is not self._down:
            return []
        if kind == "end":
            self._down = None
        return [(kind, touch)]

    def _begin(self, touch: MotionEvent) -> list[Event]:
        lost = self._down
        if lost and _pointer(lost) != _pointer(touch) and _is_held(lost, touch.time_update):
            return []
        self._down = touch
        return [*_called_off(lost, touch), ("begin", touch)]


def _pointer(touch: MotionEvent) -> tuple[str, object]:
    """Return what presses: a mouse is one pointer, a touch device has one for each of its numbers."""
    return touch.device, None if touch.button else touch.id


def _is_held(touch: MotionEvent, now: float) -> bool:
    return bool(now - touch.time_update < SILENT_SECONDS)


def _called_off(lost: MotionEvent | None, touch: MotionEvent) -> list[Event]:
    if lost is None:
        return []
    if lost is touch:  # some devices begin again with the touch that they did not end
        lost = copy(touch)
        touch.grab_list, touch.ud = [], type(touch.ud)()
    lost.sx = lost.sy = OUTSIDE
    return [("end", lost)]


class Pointer(MouseMotionEventProvider):
    """Kivy's mouse, for which each press of the left button is a new one.

    Its own takes a press near one whose release was lost for the same, also a long time later, and lets another
    button take over the press.
    """

    def on_mouse_press(self, window: Any, x: float, y: float, button: str, modifiers: list[str]) -> None:
        """Begin a touch."""
        if button == "left":
            self.touches.clear()
            super().on_mouse_press(window, x, y, button, modifiers)

    def on_mouse_release(self, window: Any, x: float, y: float, button: str, modifiers: list[str]) -> None:
        """End the touch."""
        if button in ("left", "all"):
            super().on_mouse_release(window, x, y, button, modifiers)


def let_one_finger_touch() -> None:
    """Put pointer and filter between the devices and the window, before Kivy opens its devices."""
    MotionEventFactory.register("mouse", Pointer)
    EventLoop.add_postproc_module(OneFinger())
