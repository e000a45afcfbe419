"""What the centre hears of a print is what the printer has said, and never more."""

import pytest

from hardware.printer.job import PrintOutcome, PrintState
from hardware.printer.status import PrinterProblem
from kiosk.paper import printing
from kiosk.record.journal import Intent, Outcome
from sync.protocol.event_kinds import values_of
from sync.protocol.events import CertificatePrinted

TOLD = {"number": "610200202600000001", "copy": 1}
ACT = Intent(
    1,
    "visit-1",
    printing.CERTIFICATE_PRINT.name,
    "card",
    {**TOLD, "request": {"request_id": "r", "kind": "participation"}},
)


@pytest.mark.parametrize(
    ("state", "reason", "outcome", "result"),
    [
        (PrintState.CONFIRMED, None, Outcome.DONE, "confirmed"),
        (PrintState.UNCERTAIN, PrinterProblem.PAPER_OUT, Outcome.UNCERTAIN, "uncertain"),
    ],
)
def test_the_centre_hears_what_the_printer_said(state, reason, outcome, result):
    settled, _, report = printing._settlement(PrintOutcome(state, reason, 1200, 1.0), ACT)
    assert (settled, type(report), report.result) == (outcome, CertificatePrinted, result)


def test_a_print_that_a_restart_found_open_is_told_as_uncertain():
    settled, _, report = printing.settlement_after_restart(ACT)
    assert (settled, report.result) == (Outcome.UNCERTAIN, "uncertain")
    assert "request" not in values_of(report)
