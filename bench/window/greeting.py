"""The kiosk's window: prints, for each card, the milliseconds from its report by PC/SC to the greeting drawn.

The time that the card itself took to answer is taken off. Argument: a configuration file.
"""

import sys
import time
from pathlib import Path
from typing import Any

from hardware.card.connection import Connection
from kiosk.attendant.device_loop import DeviceLoop
from kiosk.config import load
from kiosk.dialogue.questions import Choose
from screens.cli import log_as_json_lines, window

clock = {"present": 0.0, "answering": 0.0}
answer, device_changed = Connection.transmit, DeviceLoop.device_changed


def timed_answer(connection: Connection, command: bytes) -> tuple[bytes, int]:
    """Let the card answer, and add up how long it took."""
    begun = time.perf_counter()
    try:
        return answer(connection, command)
    finally:
        clock["answering"] += time.perf_counter() - begun


def noted_change(attendant: DeviceLoop, status: Any = None) -> None:
    """Note when a card was reported."""
    if getattr(status, "insertion", 0):
        clock.update(present=time.perf_counter(), answering=0.0)
    device_changed(attendant, status)


def tell_of_greetings() -> None:
    """Print a line with the first frame of each greeting."""
    from kivy.app import App
    from kivy.core.window import Window
    from kivy.graphics.opengl import glFinish

    told: list[object] = [None]

    def flipped(*_: object) -> None:
        question = App.get_running_app().frame.question
        if isinstance(question, Choose) and question is not told[0]:
            told[0] = question
            glFinish()
            print((time.perf_counter() - clock["present"] - clock["answering"]) * 1000, flush=True)

    Window.bind(on_flip=flipped)
    print("ready", flush=True)


Connection.transmit = timed_answer  # type: ignore[method-assign, assignment]  # measured in passing
DeviceLoop.device_changed = noted_change  # type: ignore[method-assign, assignment]  # measured in passing
log_as_json_lines()
window(load(Path(sys.argv[1])), on_open=tell_of_greetings, offscreen=True, simulated_reader=True)
