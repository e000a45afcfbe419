"""Tells systemd that the window is there and that its loop turns, so that a window that stalls is started again."""

import os
import socket

from kivy.clock import Clock
from kivy.core.window import Window


def watch() -> None:
    """Say READY with the first frame, and WATCHDOG twice as often as the service manager wants to hear it."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return

    def ready(*_: object) -> None:
        Window.unbind(on_flip=ready)
        notify(address, "READY=1")

    Window.bind(on_flip=ready)
    seconds = int(os.environ.get("WATCHDOG_USEC", "0")) / 1_000_000
    if seconds:
        Clock.schedule_interval(lambda _elapsed: notify(address, "WATCHDOG=1"), seconds / 2)


def notify(address: str, state: str) -> None:
    """Send ``state`` to the service manager; ``@`` begins the name of an abstract socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as wire:
        wire.sendto(state.encode(), address.replace("@", "\0", 1) if address.startswith("@") else address)
