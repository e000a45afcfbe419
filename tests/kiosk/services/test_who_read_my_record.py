"""谁查过我的信息: what the centre tells of reads, in words for the person they are about."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from kiosk.dialogue.questions import AwaitReply, Notice, ShowTable
from kiosk.services.card.who_read_my_record import TOLD, who_read_my_record
from kiosk.visit.centre import Centre
from kiosk.visit.person import Person
from kiosk.visit.visit import VisitState
from sync.protocol import registry
from sync.protocol.reads import Read, ReadsAnswer
from tests.people import WANG

AT = datetime(2026, 11, 27, 1, 30, tzinfo=UTC)


def pages(*reads: Read, more: bool = False) -> list:
    asked = []
    answer = ReadsAnswer(reads=reads, more=more)
    visit = SimpleNamespace(
        visit_id="v1",
        region="610200",
        person=Person("王建国", WANG.id_number),
        card=SimpleNamespace(identity="0" * 32),
        centre=Centre(SimpleNamespace(call=lambda _call, request: asked.append(request) or answer)),
        state=lambda: VisitState(pin_verified=True),
    )
    shown = []
    for page in who_read_my_record(visit):
        if isinstance(page, AwaitReply):
            page.reply.result()
        else:
            shown.append(page)
    assert asked[0].id_number == WANG.id_number
    return shown


def read(**said) -> Read:
    return Read(**{"at": AT, "actor": "terminal", "by": "610200-001", "channel": "kiosk", "what": "", **said})


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            read(what="/v1/certificates", kind="participation"),
            "社会保险参保证明（个人专用），自助终端 610200-001",
        ),
        (
            read(what="/v1/cards/loss", kind="oral", by="610200-W01", channel="window"),
            "挂失，窗口终端 610200-W01",
        ),
        (read(actor="clerk", what="application", by="陈静", channel="window"), "工作人员查询，经办人员 陈静"),
    ],
)
def test_each_read_is_told_with_its_time_in_beijing_what_and_by_whom(said, told):
    [table] = pages(said)
    assert isinstance(table, ShowTable)
    [(when, what)] = table.rows
    assert when == "2026-11-27 09:30"
    assert what == told


def test_that_there_are_older_ones_is_said():
    [table] = pages(read(what="/v1/visits"), more=True)
    assert "更早的请到窗口查询" in table.text


def test_nobody_is_told_in_words_too():
    [page] = pages()
    assert isinstance(page, Notice)
    assert page.title == "没有人查过您的记录"


def test_every_call_that_is_about_a_person_has_a_word():
    about_somebody = {call.path for call in registry.calls().values() if call.proof}
    assert about_somebody <= TOLD.keys()
