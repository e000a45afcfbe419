"""The attendant's side of the window: the question it shows, how it speaks, and what comes back from it."""

import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import Any

from hardware.card.pin import Pin
from kiosk.dialogue.preferences import DEFAULT_PREFERENCES, Preferences
from kiosk.dialogue.questions import KioskStopping, Question

Draw = Callable[[Question, Preferences], None]
QuestionOrFactory = Question | Callable[[Preferences], Question]
"""A question, or one that depends on how the machine speaks now."""

FOREVER = float("inf")


@dataclass(frozen=True)
class Answer:
    """What the citizen answered to ``question``."""

    question: Question
    value: Any

    def wipe(self) -> None:
        """Forget a PIN that nobody will use."""
        if isinstance(self.value, Pin):
            self.value.wipe()


@dataclass(frozen=True)
class PreferencesChanged:
    """The citizen chose another manner."""

    before: Preferences
    after: Preferences

    @property
    def changes(self) -> dict[str, Any]:
        """Changed fields and their new values."""
        before, after = asdict(self.before), asdict(self.after)
        return {name: value for name, value in after.items() if value != before[name]}


class Window:
    """Shows one question at a time through ``draw`` and queues what happens, from whatever thread it comes."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._asked: QuestionOrFactory | None = None
        self._events: queue.Queue[object] = queue.Queue()
        self._stopping = False
        self._lock = threading.RLock()
        self.shown: Question | None = None
        self.manner = DEFAULT_PREFERENCES

    def answer(self, question: Question, value: Any) -> None:
        """Take the citizen's answer."""
        self._events.put(Answer(question, value))

    def prefer(self, manner: Preferences) -> None:
        """Speak in ``manner`` from now on, but for whom the citizen acts, and show the question again in it."""
        with self._lock:
            before = self.manner
            self.manner = replace(manner, on_behalf=before.on_behalf)
            if self.manner != before:
                self._events.put(PreferencesChanged(before, self.manner))
                if self._asked:
                    self._show()

    def speak(self, **manner: Any) -> None:
        """Speak otherwise, by fields of ``Preferences``, from the next question on."""
        with self._lock:
            self.manner = replace(self.manner, **manner)

    def forget(self) -> None:
        """Reset to the default preferences, from the next question on."""
        with self._lock:
            self.manner = DEFAULT_PREFERENCES

    def wake(self) -> None:
        """Wake the waiting thread to recheck devices."""
        self._events.put(None)

    def stop(self) -> None:
        """Wake the waiting thread and make it raise KioskStopping."""
        self._stopping = True
        self._events.put(None)

    def show(self, asked: QuestionOrFactory) -> Question:
        """Show a question, and return it as it is shown."""
        with self._lock:
            self._asked = asked
            return self._show()

    def next_event(self, deadline: float = FOREVER) -> object:
        """Return the next event, or None when a device changed or ``deadline`` (monotonic seconds) has come.

        :raises KioskStopping: the kiosk is being stopped.
        """
        event = None
        wait = None if deadline == FOREVER else max(0.0, deadline - time.monotonic())
        with suppress(queue.Empty):
            event = None if self._stopping else self._events.get(timeout=wait)
        if self._stopping:
            raise KioskStopping
        return event

    def _show(self) -> Question:
        asked = self._asked
        assert asked is not None
        self.shown = asked if isinstance(asked, Question) else asked(self.manner)
        self._draw(self.shown, self.manner)
        return self.shown
