"""What a service declares is enforced, and told in docs/services.md."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from hardware.card.errors import PinLockedError
from hardware.card.social_security import PinStatus
from hardware.printer.receipt_printer import PrinterNotReadyError
from hardware.printer.status import PrinterProblem, PrinterStatus
from hardware.status import DeviceState, PaperState
from kiosk.dialogue.questions import EnterPin, Finished, ShowArticle
from kiosk.services.service import Gets, Proof, ProofMissingError, UnavailableError, services
from kiosk.visit.person import Credential, Person
from kiosk.visit.visit import VisitState
from tests.people import WANG
from tools.service_docs import table

DONE = Finished(title="done", text="")
WORKING = PrinterStatus(line=DeviceState.ONLINE)


def visit(*, pin_verified=False, tries_left=3, printer=WORKING, reason=""):
    return SimpleNamespace(
        state=lambda: VisitState(shown=frozenset({Credential.CARD}), pin_verified=pin_verified),
        person=Person("王建国", WANG.id_number),
        card=SimpleNamespace(
            pin_status=lambda: PinStatus(set=True, tries_left=tries_left, locked=tries_left == 0)
        ),
        journal=SimpleNamespace(unknown_outcome_acts_for=lambda *_: []),
        printer=SimpleNamespace(status=printer, settle=lambda _seconds: printer),
        partition="p1",
        unavailable_reason=lambda _service: reason,
    )


def declared(**fields):
    def run(_visit):
        return DONE
        yield

    return replace(services()["card-information"], run=run, **fields)


def outcome(conversation):
    with pytest.raises(StopIteration) as end:
        next(conversation)
    return end.value.value


def test_a_service_that_wants_the_pin_asks_for_it_before_it_begins():
    assert isinstance(next(declared(proof=Proof.PIN).start(visit())), EnterPin)


def test_the_pin_is_asked_for_once_a_visit():
    assert outcome(declared(proof=Proof.PIN).start(visit(pin_verified=True))) is DONE


def test_a_locked_pin_keeps_a_service_that_wants_it_from_beginning():
    with pytest.raises(PinLockedError):
        next(declared(proof=Proof.PIN).start(visit(tries_left=0)))


def test_a_service_that_wants_no_proof_asks_for_none():
    assert outcome(declared(proof=Proof.NOTHING).start(visit())) is DONE


def test_a_service_that_should_have_asked_for_the_pin_itself_cannot_finish_without():
    with pytest.raises(ProofMissingError):
        next(declared(proof=Proof.PIN_IN_SERVICE).start(visit()))


def test_a_certificate_cannot_be_begun_without_a_printer_but_a_receipt_may_be_missing():
    no_paper = visit(printer=PrinterStatus(line=DeviceState.ONLINE, paper=PaperState.OUT))
    assert no_paper.printer.status.problem is PrinterProblem.PAPER_OUT
    with pytest.raises(PrinterNotReadyError):
        next(declared(gets=Gets.CERTIFICATE).start(no_paper))
    assert outcome(declared(gets=Gets.RECEIPT).start(no_paper)) is DONE


def test_what_cannot_be_done_now_does_not_begin_whoever_chose_it():
    with pytest.raises(UnavailableError, match="not now"):
        next(declared(proof=Proof.PIN).start(visit(reason="not now")))


def test_showing_the_initial_pin_proves_nothing_and_asks_nobody():
    assert outcome(declared(proof=Proof.INITIAL_PIN).start(visit())) is DONE


def test_the_document_of_the_services_is_made_from_the_declarations():
    document = Path(__file__).parents[3] / "docs" / "services.md"
    assert document.read_text("utf-8").endswith(table()), "run: python -m tools.service_docs"


@pytest.mark.parametrize(
    ("region", "place"), [("420100", "社会保险经办机构"), ("210000", "省直医保定点零售药店")]
)
def test_what_the_region_has_done_elsewhere_begins_with_where_that_is_and_touches_no_card(region, place):
    nothing_in_hand = SimpleNamespace(region=region)
    page = next(services()["change-pin"].start(nothing_in_hand))
    assert isinstance(page, ShowArticle) and place in page.sections[0].text
