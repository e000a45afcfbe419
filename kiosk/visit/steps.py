"""The steps of a job, so that a citizen sees how far it has come; and small words of a service's procedure."""

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import replace
from typing import Any, TypeVar

from kiosk.dialogue.questions import Confirm, Interruption, Question, WentBack
from kiosk.dialogue.words import TranslatableText, _
from kiosk.visit.visit import Visit

Result = TypeVar("Result")


class Steps:
    """The named steps of one job, in order."""

    def __init__(self, *names: TranslatableText) -> None:
        self._names = names

    def at(self, step: int, part: Generator[Question, Any, Result]) -> Generator[Question, Any, Result]:
        """Go through a part of the job; what it asks and says stands at ``step``, counted from 0."""
        resume: Callable[[Any], Question] = part.send
        answer: Any = None
        with closing(part):
            while True:
                try:
                    question = resume(answer)
                except StopIteration as end:
                    result: Result = self._marked(end.value, step)
                    return result
                try:
                    resume, answer = part.send, (yield self._marked(question, step))
                except Interruption as interruption:
                    resume, answer = part.throw, interruption

    def _marked(self, said: Any, step: int) -> Any:
        return replace(said, steps=self._names, step=step) if isinstance(said, Question) else said


def ask(question: Question) -> Generator[Question, Any, Any]:
    """Ask one question and return its answer."""
    return (yield question)


def read_back(visit: Visit, what: TranslatableText) -> Generator[Question, Any, None]:
    """Have an elder say yes to what was chosen, in a whole sentence, before it is done.

    :raises WentBack: it is not what was meant.
    """
    if not visit.manner().elder:
        return
    right = yield Confirm(title=_("请您核对"), text=what, yes=_("对，办理"), no=_("不对，返回"))
    if not right:
        raise WentBack
