"""The services that print certificates, driven with a list of answers; printer, card and centre stand by."""

from dataclasses import replace
from datetime import date

import pytest

from hardware.printer.status import PrinterStatus
from hardware.status import DeviceState, PaperState
from kiosk.dialogue.periods import choose_period, choose_year, periods
from kiosk.dialogue.questions import CardPulled, Choose
from kiosk.paper.issuing import NameDiffersError
from kiosk.paper.printing import CertificateNotHandedOverError
from sync.protocol.certificate_number import grouped
from sync.store import Store
from tests.kiosk.paper.desk import CONFIRMED, UNCERTAIN, Desk, Printer
from tests.kiosk.paper.documents import example


@pytest.fixture
def desk(tmp_path):
    stores = []

    def build(*outcomes, kind="participation", paper=PaperState.FULL):
        stores.append(Store.open(tmp_path / "data", "610200-001"))
        return Desk(stores[0], Printer(*outcomes, paper=paper), example(kind))

    yield build
    for store in stores:
        store.close()


@pytest.mark.parametrize(
    ("service", "kind", "answers", "asked"),
    [
        ("print-participation-certificate", "participation", ["12"], {"months": 12}),
        ("print-participation-certificate", "participation", ["24"], {"months": 24}),
        ("print-annual-record", "annual-record", ["2024"], {"year": 2024}),
        ("print-transfer-voucher", "transfer-voucher", [], {}),
        ("print-pension-receipt", "pension-receipt", [], {}),
    ],
)
def test_a_service_asks_the_centre_for_what_was_chosen_and_prints_it(desk, service, kind, answers, asked):
    at = desk(CONFIRMED, kind=kind)
    _, finished = at.use(service, *answers)
    [request] = at.requests
    assert request.kind == kind
    assert {name: getattr(request, name) for name in asked} == asked
    assert len(at.printer.printed) == 1
    assert grouped(example(kind).number) in finished.text


def test_a_certificate_in_another_name_than_the_chips_is_not_printed_and_reported(desk):
    at = desk(CONFIRMED)
    at.visit.holder = replace(at.visit.holder, name="王建军")
    with pytest.raises(NameDiffersError, match=example("participation").number):
        at.use("print-participation-certificate", "24")
    assert at.printer.printed == []
    assert len(at.events("certificate.name_differs")) == 1


def test_the_same_name_written_in_another_way_is_the_same(desk):
    at = desk(CONFIRMED)
    at.visit.holder = replace(at.visit.holder, name=f"{at.visit.holder.name}\u200b ")
    at.use("print-participation-certificate", "24")
    assert len(at.printer.printed) == 1


def test_a_chosen_period_is_what_the_centre_is_asked_for(desk):
    at = desk(CONFIRMED, kind="contributions")
    [question, *_], _ = at.use("print-contributions-certificate", "去年")
    assert isinstance(question, Choose)
    first, last = at.requests[0].first, at.requests[0].last
    assert first.endswith("-01") and last == first[:5] + "12"


def test_a_copy_that_is_asked_for_again_has_the_same_number_and_counts_on(desk):
    at = desk(UNCERTAIN, CONFIRMED)
    at.use("print-participation-certificate", "24", "again")
    first, second = at.printer.printed
    number = f"编号 {example('participation').number}"
    assert number in first and number in second
    assert "页码 第1页/共1页 第1份" in first and "页码 第1页/共1页 第2份" in second
    assert len(at.requests) == 1
    outcomes = [row["outcome"] for row in at.store.rows("SELECT outcome FROM journal ORDER BY id")]
    assert outcomes == ["failed", "done"]


def test_a_print_that_nobody_spoke_of_is_gone_on_with_at_the_next_visit(desk):
    at = desk(UNCERTAIN, CONFIRMED)
    with pytest.raises(CardPulled):
        at.use("print-participation-certificate", "24", CardPulled())
    asked, _ = at.use("print-participation-certificate", "24", "again")
    assert [question.title for question in asked if isinstance(question, Choose)][-1].startswith("没能确认")
    first, second = at.requests
    assert first == second
    assert "页码 第1页/共1页 第2份" in at.printer.printed[1]


def test_a_print_that_the_citizen_holds_after_all_is_not_repeated_at_the_next_visit(desk):
    at = desk(UNCERTAIN)
    with pytest.raises(CardPulled):
        at.use("print-participation-certificate", "24", CardPulled())
    at.use("print-participation-certificate", "24", "complete")
    assert len(at.printer.printed) == 1
    assert [row["outcome"] for row in at.store.rows("SELECT outcome FROM journal")] == ["done"]


def test_a_printer_that_fails_after_the_certificate_was_issued_leaves_its_number(desk):
    at = desk(UNCERTAIN)

    def out_of_paper(job, reference):
        at.printer.status = PrinterStatus(line=DeviceState.ONLINE, paper=PaperState.OUT)
        return UNCERTAIN

    at.printer.print = out_of_paper
    with pytest.raises(CertificateNotHandedOverError, match=example("participation").number):
        at.use("print-participation-certificate", "24", "again")


def test_paper_near_its_end_is_printed_on_and_staff_are_told(desk):
    at = desk(CONFIRMED, paper=PaperState.LOW)
    _, finished = at.use("print-participation-certificate", "24")
    assert finished.title == "证明已打印"
    assert len(at.events("printer.paper_low")) == 1
    [sent] = at.store.rows("SELECT type FROM outbox WHERE type LIKE 'printer.%'")
    assert sent["type"] == "printer.paper_low"


def test_the_periods_are_those_of_the_months_that_are_over():
    assert periods(date(2026, 11, 22)) == {
        "今年": ("2026-01", "2026-10"),
        "去年": ("2025-01", "2025-12"),
        "最近12个月": ("2025-11", "2026-10"),
        "最近36个月": ("2023-11", "2026-10"),
        "全部": ("1951-01", "2026-10"),
    }


def test_in_january_there_is_no_month_of_this_year_to_choose():
    assert "今年" not in periods(date(2027, 1, 5))
    assert periods(date(2027, 1, 5))["去年"] == ("2026-01", "2026-12")


def test_the_hints_say_which_months_a_period_means():
    hints = {option.label: option.hint for option in choose_period(date(2026, 11, 22)).options}
    assert hints["今年"] == "2026-01 至 2026-10"
    assert hints["全部"] == "第一次缴费 至 2026-10"


def test_only_closed_years_can_be_chosen():
    years = [option.key for option in choose_year(date(2026, 11, 22)).options]
    assert years == ["2025", "2024", "2023", "2022", "2021"]
