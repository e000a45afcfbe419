"""A search that found nothing: who asked may leave what they looked for, and is told where else to ask."""

import re
from collections.abc import Generator
from typing import Any

from msgspec import UNSET

from kiosk.dialogue.phone import HOTLINE, local_page
from kiosk.dialogue.questions import Confirm, Notice, Picture, Question
from kiosk.dialogue.words import _
from kiosk.visit.visit import Visit
from sync.protocol.events import QuestionUnanswered

LONGEST = 40
NOTHING_FOUND = Notice(
    title=_("本机没有这个问题的答复"),
    text=_("请换一个说法再找，也可以到窗口问，或者打电话问。"),
    picture=Picture.STAFF,
    phone=HOTLINE,
)
LONG_NUMBER = re.compile(r"\d{5}")
"""Part of somebody's number, which is kept by no means."""


def report_unanswered(visit: Visit, typed: str) -> Generator[Question, Any, None]:
    """Record that ``typed`` found nothing, with what was typed if the citizen agrees, and say where else to ask."""
    text = typed.strip()[:LONGEST]
    may_be_kept = bool(text) and not LONG_NUMBER.search(text)
    agreed = may_be_kept and (
        yield Confirm(
            title=_("要把您找的话告诉社保机构吗？"),
            text=_("只记下您打的“{typed}”，不记您是谁。社保机构看到后会补上答复。", typed=text),
            yes=_("可以记下"),
            no=_("不用了"),
        )
    )
    # Of no visit and no card: what was promised above.
    visit.journal.record(QuestionUnanswered(typed=text if agreed else UNSET), visit_id="")
    yield local_page(NOTHING_FOUND, visit.region)
