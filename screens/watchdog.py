"""Tells systemd that the window is there and that its loop turns, so that a window that stalls is started again."""

from kivy.clock import Clock
from kivy.core.window import Window

from kiosk.attendant import watchdog
from screens.display import is_shown


def watch() -> None:
    """Be ready with the first frame of a window that is shown, and alive as long as the window's loop turns."""

    def ready(*_: object) -> None:
        if is_shown():
            Window.unbind(on_flip=ready)
            watchdog.ready()

    Window.bind(on_flip=ready)
    Clock.schedule_interval(lambda _elapsed: watchdog.alive(), watchdog.ALIVE_EVERY)
