"""Lets one finger touch at a time, and nothing but a finger."""

from kivy.base import EventLoop
from kivy.input.motionevent import MotionEvent

Event = tuple[str, MotionEvent]


class OneFinger:
    """Drops every touch that begins while another is down, and every button of a mouse but the left one."""

    def __init__(self) -> None:
        self._down: object = None

    def process(self, events: list[Event]) -> list[Event]:
        """Return the events of the one finger; Kivy calls this with all that came since the last frame."""
        return [event for event in events if self._counts(*event)]

    def _counts(self, kind: str, touch: MotionEvent) -> bool:
        if kind == "begin" and self._down is None and getattr(touch, "button", "left") == "left":
            self._down = touch.uid
            return True
        if touch.uid != self._down:
            return False
        if kind == "end":
            self._down = None
        return True


def let_one_finger_touch() -> None:
    """Put the filter between the devices and the window."""
    EventLoop.add_postproc_module(OneFinger())
