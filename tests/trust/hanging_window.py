"""``kiosk run`` with a control socket by which its window or its attendant is made to hang, and let go again."""

import sys
import threading
from pathlib import Path

from command_line import watchdog
from hardware.simulator.control import ControlServer
from kiosk.attendant import device_loop
from kiosk.config import load
from screens.cli import window

ALIVE_EVERY = 0.05

free = threading.Event()
free.set()
hangs = threading.Event()


def hang() -> None:
    """Hang until the test lets it go."""
    free.clear()
    hangs.set()
    free.wait()


def serve_control(path: Path) -> None:
    from kivy.app import App
    from kivy.clock import Clock

    take = device_loop.DeviceLoop._wait_for_event

    def hanging(loop, deadline):
        if asked.is_set():
            asked.clear()
            hang()
        return take(loop, deadline)

    asked = threading.Event()
    device_loop.DeviceLoop._wait_for_event = hanging

    def hang_part(part: str) -> None:
        if part == "window":
            Clock.schedule_once(lambda _elapsed: hang())
        else:
            asked.set()
            App.get_running_app().machine.attendant.device_changed()
        hangs.wait()

    ControlServer(path, {"hang": hang_part, "let-go": free.set})


watchdog.ALIVE_EVERY = ALIVE_EVERY
vars(device_loop)["ALIVE_EVERY"] = ALIVE_EVERY
device_loop.BUSY_SECONDS = 10 * ALIVE_EVERY
window(load(Path(sys.argv[1])), on_open=lambda: serve_control(Path(sys.argv[2])), offscreen=True)
