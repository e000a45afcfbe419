"""The slip of an answer: one at a touch, on record without what was asked, and never in the way of the answer."""

from datetime import date

import pytest
from msgspec.structs import replace

from hardware.status import PaperState
from kiosk.dialogue.questions import Notice
from kiosk.paper.answer import ANSWER_PRINT, print_answer, settlement_after_restart
from kiosk.paper.certificates.local import Given, PolicyAnswer
from kiosk.record.journal import Intent, Outcome
from kiosk.visit.visit import VisitState
from sync.store import Store
from tests.kiosk.paper.desk import CONFIRMED, UNCERTAIN, Desk, Printer
from tests.kiosk.paper.documents import example
from tests.kiosk.talking import talk

ANSWER = PolicyAnswer(
    question="退休年龄",
    given=[Given("出生年月", "1976-09")],
    answer=["您的法定退休年龄是63岁0个月。"],
    sources=["《国务院关于渐进式延迟法定退休年龄的办法》 第一条"],
    as_of=date(2026, 11, 27),
)


@pytest.fixture
def desk(tmp_path):
    stores = []

    def build(*outcomes, paper=PaperState.FULL):
        stores.append(Store.open(tmp_path / "data", "610200-001"))
        at = Desk(stores[0], Printer(*outcomes, paper=paper), example("participation"))
        at.visit.state = lambda: VisitState(service="calc-retirement-age")
        return at

    yield build
    for store in stores:
        store.close()


def journal(at):
    return at.store.rows("SELECT effect, intent, outcome, details FROM journal ORDER BY id")


def test_a_touch_prints_one_slip_with_answer_basis_and_that_it_is_for_reference(desk):
    at = desk(CONFIRMED)
    _, confirmed = talk(print_answer(at.visit, ANSWER))
    [slip] = at.printer.printed
    assert confirmed
    assert ANSWER.answer[0] in slip
    assert any(ANSWER.sources[0] in line for line in slip)
    assert "仅供参考" in slip


def test_the_journal_knows_which_service_printed_and_nothing_that_was_asked(desk):
    at = desk(CONFIRMED)
    talk(print_answer(at.visit, ANSWER))
    [row] = journal(at)
    assert (row["effect"], row["outcome"]) == ("answer.print", "done")
    assert "calc-retirement-age" in row["intent"]
    assert "1976" not in row["intent"] + row["details"]


def test_a_slip_that_nobody_confirmed_is_not_printed_again_by_itself(desk):
    at = desk(UNCERTAIN, CONFIRMED)
    shown, confirmed = talk(print_answer(at.visit, ANSWER), None)
    assert not confirmed
    assert "没能确认" in shown[-1].title
    assert len(at.printer.printed) == 1
    assert [row["outcome"] for row in journal(at)] == ["uncertain"]


def test_a_printer_without_paper_is_named_in_the_usual_words_and_nothing_is_begun(desk):
    at = desk(paper=PaperState.OUT)
    shown, confirmed = talk(print_answer(at.visit, ANSWER), None)
    notice = shown[-1]
    assert not confirmed
    assert isinstance(notice, Notice)
    assert notice.title == "打印机缺纸，暂时不能打印"
    assert journal(at) == []


def test_a_slip_that_a_restart_found_open_is_uncertain():
    intent = Intent(1, "v1", ANSWER_PRINT.name, "", {"service": "calc-retirement-age"})
    outcome, known, report = settlement_after_restart(intent)
    assert (outcome, known["reason"], report) == (Outcome.UNCERTAIN, "kiosk-restarted", None)
    assert ANSWER_PRINT.is_known(known)


def test_an_answer_with_what_is_no_character_is_not_printed_in_part(desk):
    at = desk()
    shown, confirmed = talk(print_answer(at.visit, replace(ANSWER, answer=["\ud800"])), None)
    assert not confirmed
    assert "打不出的字" in shown[-1].title
    assert journal(at) == []
