"""The attendant's side of the window: the question it shows, how it speaks, and what comes back from it."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from kiosk.attendant.events import Answered, Event, PreferencesChanged
from kiosk.dialogue.preferences import DEFAULT_PREFERENCES, Preferences
from kiosk.dialogue.questions import Question

Draw = Callable[[Question, Preferences], None]
QuestionOrFactory = Question | Callable[[Preferences], Question]
"""A question, or one that depends on how the machine speaks now."""


class Window:
    """Shows one question at a time through ``draw``, and tells ``happened`` what is touched, from any thread."""

    def __init__(self, draw: Draw, happened: Callable[[Event], None]) -> None:
        self._draw, self._happened = draw, happened
        self._asked: QuestionOrFactory | None = None
        self._lock = threading.RLock()
        self.shown: Question | None = None
        self.manner = DEFAULT_PREFERENCES

    def answer(self, question: Question, value: Any) -> None:
        """Take the citizen's answer."""
        self._happened(Answered(question, value))

    def prefer(self, manner: Preferences) -> None:
        """Speak in ``manner`` from now on, but for whom the citizen acts, and show the question again in it."""
        with self._lock:
            before = self.manner
            self.manner = replace(manner, on_behalf=before.on_behalf)
            if self.manner != before:
                self._happened(PreferencesChanged(before, self.manner))
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

    def show(self, asked: QuestionOrFactory) -> Question:
        """Show a question, and return it as it is shown."""
        with self._lock:
            self._asked = asked
            return self._show()

    def refresh(self) -> None:
        """Show the question again if it would be another one now."""
        with self._lock:
            if callable(self._asked) and self._asked(self.manner) != self.shown:
                self._show()

    def _show(self) -> Question:
        asked = self._asked
        assert asked is not None
        self.shown = asked if isinstance(asked, Question) else asked(self.manner)
        self._draw(self.shown, self.manner)
        return self.shown
