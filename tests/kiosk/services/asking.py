"""Somebody who answers the questions of a calculator: as told, or at random; and what they read at the end."""

import random
from datetime import date, timedelta
from types import SimpleNamespace

from kiosk.dialogue import questions as dialogue
from kiosk.dialogue.preferences import DEFAULT_PREFERENCES
from kiosk.services import advice
from kiosk.services.service import services
from kiosk.visit.visit import VisitState

REGION = "610200"


def visit_of(person=None, region=REGION):
    """Return a visit of somebody who has shown a credential, or of nobody."""
    return SimpleNamespace(
        person=person,
        region=region,
        state=lambda: VisitState(),
        manner=lambda: DEFAULT_PREFERENCES,
        unavailable_reason=lambda _service: "",
    )


def walk(name, answer, visit=None):
    """Answer a calculator's questions with ``answer(question)`` up to what it shows; return questions and article."""
    conversation = services()[name].start(visit or visit_of())
    asked, question = [], next(conversation)
    while not isinstance(question, dialogue.ShowArticle):
        asked.append(question)
        question = conversation.send(answer(question))
    conversation.close()
    return asked, question


def told(*answers):
    """Return what gives ``answers`` in turn."""
    waiting = list(answers)
    return lambda _question: waiting.pop(0)


def at_random(some: random.Random):
    """Return what answers any question with anything that it takes."""

    def answer(question):
        match question:
            case dialogue.Choose() | dialogue.FindInList():
                return some.choice(question.options).key
            case dialogue.EnterMonth():
                months = (
                    (question.last.year - question.first.year) * 12
                    + question.last.month
                    - question.first.month
                )
                year, month = divmod(question.first.month - 1 + some.randint(0, months), 12)
                return date(question.first.year + year, month + 1, 1)
            case dialogue.EnterDate():
                return question.first + timedelta(some.randint(0, (question.last - question.first).days))
            case dialogue.EnterDigits(longest=4):
                return str(some.randint(2010, advice.today().year))
            case dialogue.EnterDigits():
                return str(some.randint(0, 10 ** some.randint(1, question.longest) - 1))

    return answer


def text_of(article):
    """Return everything that an article says."""
    return "\n".join(f"{section.heading}\n{section.text}" for section in article.sections)


def section(article, heading):
    """Return what stands under a heading."""
    [text] = [str(each.text) for each in article.sections if each.heading == heading]
    return text
