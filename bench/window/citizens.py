"""The kiosk's window and citizens who come one after the other, as fast as it serves them.

Prints a JSON line after each lot of visits: how many, the process's MB, and its Python objects. Arguments: a
configuration file, the control socket of the simulated card, how many visits, and how many are a lot.
"""

import gc
import json
import os
import sys
import threading
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from typing import Any

from bench.ui import megabytes
from hardware.card.pin import Pin
from hardware.simulator.control import tell
from hardware.simulator.personalisation import load as load_card
from kiosk.config import load
from kiosk.dialogue import questions as dialogue
from kiosk.dialogue.preferences import Preferences
from screens.cli import log_as_json_lines, window

CARD = "wang-jianguo"
MANNERS = (
    Preferences(),
    Preferences(language="en"),
    Preferences(elder=True),
    Preferences(language="en", elder=True, high_contrast=True),
)
SERVICES = ("print-participation-certificate", "card-information")


class Citizens:
    """They insert a card, have a service, rate it and go; ``tell_card`` moves the card, in a thread of its own."""

    def __init__(self, app: Any, tell_card: Callable[..., Any], visits: int, lot: int) -> None:
        self._app, self._tell_card, self._visits, self._lot = app, tell_card, visits, lot
        self._manners, self._services = cycle(MANNERS), cycle(SERVICES)
        self._pin = load_card(CARD).pin.value
        self._done = -1
        self._manner: Preferences | None = None
        self._service = ""
        self._answered: dialogue.Question | None = None

    def look(self, *_: object) -> None:
        """Answer what is shown, once; called after each frame."""
        question = self._app.frame.question
        if question is not self._answered:
            self._answered = question
            self._answer(question)

    def _answer(self, question: dialogue.Question) -> None:
        match question:
            case dialogue.Idle():
                self._begin()
            case dialogue.Choose(home=True):
                self._choose(question)
            case dialogue.Choose():
                self._say(question, question.options[0].key)
            case dialogue.EnterPin():
                self._say(question, Pin(bytearray(self._pin.encode())))
            case dialogue.Confirm():
                self._say(question, True)
            case dialogue.TakeCard() | dialogue.OutOfService() | dialogue.RefuseCard():
                self._move("remove")
            case dialogue.Working() | dialogue.AwaitReply():
                pass
            case _:
                self._say(question, None)

    def _begin(self) -> None:
        self._done += 1
        if self._done % self._lot == 0:
            report(self._done)
        if self._done >= self._visits:
            self._app.stop()
            return
        self._manner, self._service = next(self._manners), next(self._services)
        self._move("swap", CARD)

    def _choose(self, question: dialogue.Question) -> None:
        """Choose once how to be spoken to, which shows the menu again, then a service, and then to end."""
        manner, self._manner = self._manner, None
        if manner and manner != self._app.frame.theme.manner:
            self._app.machine.attendant.prefer(manner)
        elif self._service:
            service, self._service = self._service, ""
            self._say(question, service)
        else:
            self._say(question, dialogue.CitizenFinished())

    def _say(self, question: dialogue.Question, value: Any) -> None:
        self._app.machine.attendant.answer(question, value)

    def _move(self, *words: str) -> None:
        threading.Thread(target=self._tell_card, args=words, daemon=True).start()


def report(visits: int) -> None:
    """Print what the process holds."""
    gc.collect()
    held = {"visits": visits, "mb": round(megabytes(), 2), "objects": len(gc.get_objects())}
    print(json.dumps(held), flush=True)


def bring_citizens(control: Path, visits: int, lot: int) -> None:
    """Let them come to the window that is open."""
    from kivy.app import App
    from kivy.clock import Clock
    from kivy.core.window import Window

    citizens = Citizens(App.get_running_app(), lambda *words: tell(control, *words), visits, lot)
    Clock._max_fps = 0
    # Kivy holds a bound method weakly.
    Window.bind(on_flip=lambda *_: citizens.look())
    Clock.schedule_interval(lambda _elapsed: citizens.look(), 0.05)


if __name__ == "__main__":
    log_as_json_lines()
    file, control, visits, lot = sys.argv[1:]
    window(
        load(Path(file)),
        on_open=lambda: bring_citizens(Path(control), int(visits), int(lot)),
        simulated_reader=True,
        offscreen=os.environ.get("SDL_VIDEODRIVER") == "offscreen",
    )
