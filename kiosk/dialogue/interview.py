"""Several questions in order, of which each may depend on the answers before it, and 返回 goes back by one."""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

from kiosk.dialogue.questions import Question, WentBack

Result = TypeVar("Result")
Answers = Mapping[str, Any]
"""The answers so far, by the names of their steps."""


@dataclass(frozen=True)
class Step:
    """One question of an interview.

    ``ask`` returns it, or None where the answers so far make it needless. ``problem`` says what is wrong with an
    answer, or '' where it is taken; the question then needs a field ``problem``.
    """

    name: str
    ask: Callable[[Answers], Question | None]
    problem: Callable[[Answers, Any], str] = lambda _answers, _answer: ""


def interview(
    steps: Sequence[Step], conclude: Callable[[Answers], Generator[Question, Any, Result]]
) -> Generator[Question, Any, Result]:
    """Ask what is not known yet, step by step, and go on with ``conclude``, from where one may go back as well.

    A repeated question begins with the answer that it had, if it has a field ``value``.

    :raises WentBack: at the first question.
    """
    given: dict[str, Any] = {}
    asked: list[str] = []
    while True:
        answers = {name: given[name] for name in asked}
        try:
            step, question = _next(steps, answers)
            if step is None or question is None:
                return (yield from conclude(answers))
            given[step.name] = yield from _ask(step, _begun(question, given.get(step.name)), answers)
        except WentBack:
            if not asked:
                raise
            asked.pop()
        else:
            asked.append(step.name)


def _next(steps: Sequence[Step], answers: Answers) -> tuple[Step | None, Question | None]:
    for step in steps:
        if step.name not in answers and (question := step.ask(answers)):
            return step, question
    return None, None


def _begun(question: Question, value: Any) -> Question:
    has_value = any(field.name == "value" for field in fields(question))
    return _with(question, value=value) if has_value and value is not None else question


def _with(question: Question, **changes: Any) -> Question:
    return replace(question, **changes)


def _ask(step: Step, question: Question, answers: Answers) -> Generator[Question, Any, Any]:
    while True:
        answer = yield question
        if not (problem := step.problem(answers, answer)):
            return answer
        question = _with(_begun(question, answer), problem=problem)
