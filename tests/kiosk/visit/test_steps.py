"""A citizen sees how far a job has come, and interruptions reach the part that is going on."""

import pytest

from kiosk.dialogue.questions import Confirm, Finished, WentBack
from kiosk.dialogue.words import _
from kiosk.visit.steps import Steps, ask

STEPS = Steps(_("输入密码"), _("打印证明"))
QUESTION = Confirm(title="?", yes="是", no="否")


def test_what_a_part_asks_and_says_stands_at_its_step():
    def part():
        answer = yield QUESTION
        return Finished(title=str(answer))

    going = STEPS.at(1, part())
    asked = next(going)
    assert (asked.steps, asked.step, asked.title) == (("输入密码", "打印证明"), 1, "?")
    with pytest.raises(StopIteration) as end:
        going.send(True)
    assert (end.value.value.title, end.value.value.step) == ("True", 1)


def test_an_interruption_reaches_the_part_and_may_be_answered_by_it():
    def part():
        try:
            yield QUESTION
        except WentBack:
            return (yield QUESTION)

    going = STEPS.at(0, part())
    next(going)
    assert going.throw(WentBack()).step == 0
    with pytest.raises(StopIteration) as end:
        going.send("again")
    assert end.value.value == "again"


def test_a_part_that_is_left_is_cleaned_up():
    cleaned = []

    def part():
        try:
            yield QUESTION
        finally:
            cleaned.append(True)

    going = STEPS.at(0, part())
    next(going)
    going.close()
    assert cleaned == [True]


def test_an_interruption_that_the_part_does_not_answer_ends_the_job():
    going = STEPS.at(0, ask(QUESTION))
    next(going)
    with pytest.raises(WentBack):
        going.throw(WentBack())
