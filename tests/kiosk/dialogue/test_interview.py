"""An interview asks what is not known yet; 返回 goes back by one question, and no answer is lost."""

import pytest

from kiosk.dialogue.interview import Step, interview
from kiosk.dialogue.questions import Choose, EnterDigits, Notice, Option, WentBack, WentHome
from tests.kiosk.talking import talk

SEX = Choose(title="sex", options=(Option("male", "m"), Option("female", "f")))
POST = Choose(title="post", options=(Option("manager", "m"), Option("worker", "w")))
MONTHS = EnterDigits(title="months", shortest=1, longest=3)
STEPS = (
    Step("sex", lambda _answers: SEX),
    Step("post", lambda answers: POST if answers["sex"] == "female" else None),
    Step("months", lambda _answers: MONTHS, lambda _answers, months: "too many" if int(months) > 600 else ""),
)


def conclude(answers):
    yield Notice(title="result")
    return dict(answers)


def ask(*answers):
    shown, result = talk(interview(STEPS, conclude), *answers)
    return [question.title for question in shown], shown, result


def test_a_question_is_asked_only_if_the_answers_before_it_call_for_it():
    assert ask("male", "180", None)[0] == ["sex", "months", "result"]
    titles, _shown, result = ask("female", "worker", "180", None)
    assert titles == ["sex", "post", "months", "result"]
    assert result == {"sex": "female", "post": "worker", "months": "180"}


def test_back_goes_one_question_back_and_the_answer_is_still_there():
    titles, shown, result = ask("female", "worker", WentBack(), "manager", "180", None)
    assert titles == ["sex", "post", "months", "post", "months", "result"]
    assert shown[3].value == "worker"
    assert result == {"sex": "female", "post": "manager", "months": "180"}


def test_back_from_the_result_leads_to_the_last_question_with_what_was_entered():
    titles, shown, _result = ask("male", "180", WentBack(), "200", None)
    assert titles == ["sex", "months", "result", "months", "result"]
    assert shown[3].value == "180"


def test_what_no_longer_fits_is_neither_asked_nor_told():
    *_, result = ask("female", "worker", WentBack(), WentBack(), "male", "180", None)
    assert result == {"sex": "male", "months": "180"}


def test_back_from_the_first_question_leaves():
    with pytest.raises(WentBack):
        ask(WentBack())


def test_home_leaves_from_anywhere():
    with pytest.raises(WentHome):
        ask("female", WentHome())


def test_an_answer_that_cannot_be_is_asked_for_again_with_the_reason_and_what_was_entered():
    titles, shown, result = ask("male", "999", "180", None)
    assert titles == ["sex", "months", "months", "result"]
    assert (shown[2].problem, shown[2].value) == ("too many", "999")
    assert result["months"] == "180"
