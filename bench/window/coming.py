"""The kiosk's window: prints, for each visit, the milliseconds from its beginning to the first page of it drawn.

Arguments: a configuration file, and what visits begin with: ``touch``, or ``id-card`` (without the time of its reader).
"""

import sys
import time
from pathlib import Path
from typing import Any

from hardware.face.matcher import Picture
from hardware.id_card.card import IdCard
from hardware.id_card.reader import IdCardReader
from kiosk.attendant.device_loop import DeviceLoop
from kiosk.config import load
from kiosk.dialogue.questions import BEGIN, Choose, CitizenFinished, Idle
from screens.cli import log_as_json_lines, window
from screens.frame import SETTLE_SECONDS

clock = {"begun": 0.0, "reading": 0.0, "placement": 0.0}
read, device_changed = IdCardReader.read_with_photo, DeviceLoop.device_changed


def timed_read(reader: IdCardReader) -> tuple[IdCard, Picture]:
    """Read the card, and note how long it took."""
    begun = time.perf_counter()
    try:
        return read(reader)
    finally:
        clock["reading"] = time.perf_counter() - begun


def noted_change(attendant: DeviceLoop, status: Any = None) -> None:
    """Note when an ID card was laid down."""
    if getattr(status, "placement", 0) > clock["placement"]:
        clock.update(begun=time.perf_counter(), placement=status.placement)
    device_changed(attendant, status)


def tell_of_visits() -> None:
    """Print a line with the first frame of each visit, and end it."""
    from kivy.app import App
    from kivy.clock import Clock
    from kivy.core.window import Window
    from kivy.graphics.opengl import glFinish

    app, seen = App.get_running_app(), [None]

    def begin(_elapsed: float) -> None:
        clock["begun"] = time.perf_counter()
        app.frame.answer(BEGIN)

    def flipped(*_: object) -> None:
        question = app.frame.question
        if question is seen[0]:
            return
        seen[0] = question
        if isinstance(question, Idle) and sys.argv[2] == "touch":
            Clock.schedule_once(begin, 2 * SETTLE_SECONDS)
        if isinstance(question, Choose):
            glFinish()
            print((time.perf_counter() - clock["begun"] - clock["reading"]) * 1000, flush=True)
            app.machine.attendant.answer(question, CitizenFinished())

    Window.bind(on_flip=flipped)
    print("ready", flush=True)


IdCardReader.read_with_photo = timed_read  # type: ignore[method-assign, assignment]  # measured in passing
DeviceLoop.device_changed = noted_change  # type: ignore[method-assign, assignment]  # measured in passing
log_as_json_lines()
window(load(Path(sys.argv[1])), on_open=tell_of_visits, offscreen=True, simulated_reader=True)
