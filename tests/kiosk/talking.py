"""A conversation without a session: what only informs is passed over, and replies of the centre are waited for."""

from concurrent.futures import wait

from kiosk.dialogue.questions import AwaitReply, Interruption, Working
from tests.deadline import DEADLINE_SECONDS


def talk(conversation, *answers):
    """Give ``answers``, some of which may be interruptions, to what is asked; return what was shown, and the result."""
    waiting, shown, answer = list(answers), [], None
    while True:
        try:
            interrupted = isinstance(answer, Interruption)
            question = conversation.throw(answer) if interrupted else conversation.send(answer)
        except StopIteration as end:
            return shown, end.value
        shown.append(question)
        answer = None
        if isinstance(question, AwaitReply):
            wait([question.reply], DEADLINE_SECONDS)
        elif not isinstance(question, Working):
            answer = waiting.pop(0)


def result(conversation, *answers):
    """Return what a conversation ends with."""
    return talk(conversation, *answers)[1]
