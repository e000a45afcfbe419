"""Tells systemd that the window is there and that nothing of the kiosk hangs; one that does is started again."""

from kivy.clock import Clock
from kivy.core.window import Window

from command_line import watchdog
from screens.display import is_shown


def watch(parts: watchdog.Watchdog) -> None:
    """Be ready with the first frame of a window that is seen.

    Be alive as long as it is seen, its loop turns, and none of the other ``parts`` is late.
    """

    def ready(*_: object) -> None:
        if is_shown():
            Window.unbind(on_flip=ready)
            watchdog.ready()

    def alive(_elapsed: float) -> None:
        if is_shown():
            parts.feed()

    Window.bind(on_flip=ready)
    Clock.schedule_interval(alive, watchdog.ALIVE_EVERY)
