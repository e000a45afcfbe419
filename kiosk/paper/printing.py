"""Handing a certificate over on paper: journal, print, and find out whether it came out."""

from collections.abc import Callable, Generator, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from hardware.printer.document import Document
from hardware.printer.job import PrintOutcome, PrintState
from hardware.printer.receipt_printer import PrinterNotReadyError
from hardware.status import PaperState
from kiosk.dialogue.questions import Choose, Option, Picture, Question, Working
from kiosk.dialogue.words import _
from kiosk.paper.certificates.kinds import lay_out
from kiosk.paper.certificates.sheet import Copy
from kiosk.record.journal import Act, Intent, Journal, Outcome, Settlement
from kiosk.visit.visit import Visit
from sync.protocol.certificate_kinds import CHINA
from sync.protocol.certificate_number import grouped
from sync.protocol.documents import Certificate
from sync.protocol.events import (
    CertificatePrinted,
    CertificatePrintResolved,
    Count,
    PrinterPaperLow,
    Seconds,
)
from sync.protocol.messages import CopyNumber, DocumentNumber, Word

PRINTER_WAIT_SECONDS = 10
"""Seconds that a printer which is coming back may take before it counts as not ready."""

PRINTING = Working(
    title=_("正在打印"),
    text=_("请稍候，打印完成前请不要离开，也不要拉扯纸张。"),
    picture=Picture.TAKE_PAPER,
)


class CertificateNotHandedOverError(Exception):
    """The citizen does not hold a complete copy; the certificate stays valid under its number."""


def hand_over(
    visit: Visit, certificate: Certificate, request: Mapping[str, Any], unanswered: Intent | None = None
) -> Generator[Question, Any, None]:
    """Print copies until one is confirmed, or the citizen says one is complete, or gives up.

    An uncertain copy is never repeated by the machine itself: only the citizen, looking at the paper, asks for another.

    :param request: how to have the same certificate from the centre again, for the journal.
    :param unanswered: an earlier copy of it that nobody has spoken of yet: it is asked about first.
    :raises CertificateNotHandedOverError: the citizen gave up, or the printer can no longer print.
    """
    copy = 1
    while True:
        if not unanswered:
            yield PRINTING
            unanswered = _print_or_give_up(visit, certificate, request, copy)
        if not unanswered:
            return
        answer = yield _is_it_complete(certificate)
        decide(visit.journal, unanswered, complete=answer == "complete")
        if answer == "complete":
            return
        if answer == "stop":
            raise CertificateNotHandedOverError(certificate.number)
        copy, unanswered = unanswered.data["copy"] + 1, None


def last_unresolved_print(visit: Visit, kind: str) -> Intent | None:
    """Return the last print of such a document of this card that may or may not be on paper."""
    acts = visit.journal.unknown_outcome_acts_for(CERTIFICATE_PRINT, visit.partition)
    return next((act for act in reversed(acts) if act.data["request"]["kind"] == kind), None)


def is_print_of(kind: str) -> Callable[[Intent], bool]:
    """Return what tells whether an act is the print of such a document."""
    return lambda act: act.act == CERTIFICATE_PRINT.name and act.data["request"]["kind"] == kind


def decide(journal: Journal, act: Intent, *, complete: bool) -> None:
    """Record what somebody who looked at the paper of an uncertain print has found.

    :raises AlreadySettledError: somebody has said so before.
    """
    outcome = Outcome.DONE if complete else Outcome.FAILED
    report = CertificatePrintResolved(number=act.data["number"], copy=act.data["copy"], complete=complete)
    journal.resolve(act, outcome, _told(act), report)


def print_copy(
    visit: Visit, certificate: Certificate, request: Mapping[str, Any], copy: int
) -> Intent | None:
    """Print one copy: the intent is on disk before the first byte, the outcome and its report after.

    Paper that is near its end is printed on; staff are told.

    :return: None when the printer confirmed it; else the act whose outcome is unknown.
    :raises PrinterNotReadyError: not a byte was sent. UnprintableDocumentError: the printer cannot print what it says.
    """
    if visit.printer.settle(PRINTER_WAIT_SECONDS).paper is PaperState.LOW:
        visit.record(PrinterPaperLow())
    layout = lay_out(certificate, Copy(visit.kiosk_id, copy, datetime.now(CHINA)))
    subject = {"number": certificate.number, "copy": copy, "request": request}
    return print_journalled(
        visit, CERTIFICATE_PRINT, layout, subject, _settlement, _reference(certificate, copy)
    )


def print_journalled(
    visit: Visit,
    act: Act,
    document: Document,
    subject: Mapping[str, Any],
    settlement: Callable[[PrintOutcome, Intent], Settlement],
    reference: int | None = None,
) -> Intent | None:
    """Print a document as an act of the journal: intent first, then the bytes, then the outcome.

    :param reference: what the printer is asked to answer with; the number of the intent when there is none.
    :return: None when the printer confirmed it; else the act whose outcome is unknown.
    :raises PrinterNotReadyError: not a byte was sent. UnprintableDocumentError: the printer cannot print what it says.
    """
    visit.printer.settle(PRINTER_WAIT_SECONDS)
    job = visit.printer.prepare(document)
    with visit.journal.begin_act(act, visit.visit_id, visit.partition, subject) as begun:
        try:
            outcome = visit.printer.print(job, reference=reference or begun.intent.id)
        except PrinterNotReadyError as trouble:
            begun.settle(Outcome.FAILED, {**_told(begun.intent), "reason": str(trouble.problem)})
            raise
        begun.settle(*settlement(outcome, begun.intent))
    return None if outcome.state is PrintState.CONFIRMED else begun.intent


def require_printer(visit: Visit) -> None:
    """Continue only if the printer could print now.

    :raises PrinterNotReadyError: it could not, and why.
    """
    if problem := visit.printer.settle(PRINTER_WAIT_SECONDS).problem:
        raise PrinterNotReadyError(problem)


def settlement_after_restart(intent: Intent) -> Settlement:
    """Return how to settle a print that a restart of the kiosk found without an outcome."""
    known = {**_told(intent), "reason": "kiosk-restarted"}
    return Outcome.UNCERTAIN, known, CertificatePrinted(**known, result="uncertain")


class CertificatePrint(Struct, frozen=True, forbid_unknown_fields=True):
    """What the journal holds of the print of one copy; ``request`` gets the same certificate from the centre again."""

    number: DocumentNumber
    copy: CopyNumber = 1
    request: dict[str, Any] = {}
    bytes: Count = 0
    seconds: Seconds = 0.0
    reason: Word = ""


CERTIFICATE_PRINT = Act("certificate.print", CertificatePrint, settlement_after_restart, prints=True)


def _print_or_give_up(
    visit: Visit, certificate: Certificate, request: Mapping[str, Any], copy: int
) -> Intent | None:
    try:
        return print_copy(visit, certificate, request, copy)
    except PrinterNotReadyError as trouble:
        raise CertificateNotHandedOverError(certificate.number) from trouble


def _told(act: Intent) -> dict[str, Any]:
    """Return what the centre receives about a print: the request stays here."""
    return {name: value for name, value in act.data.items() if name != "request"}


def _settlement(outcome: PrintOutcome, intent: Intent) -> Settlement:
    known = {**_told(intent), "bytes": outcome.bytes, "seconds": round(outcome.seconds, 2)}
    if outcome.state is PrintState.CONFIRMED:
        return Outcome.DONE, known, CertificatePrinted(**known, result="confirmed")
    known["reason"] = str(outcome.reason)
    return Outcome.UNCERTAIN, known, CertificatePrinted(**known, result="uncertain")


def _reference(certificate: Certificate, copy: int) -> int:
    digits = "".join(character for character in certificate.number if character.isdigit())
    return (int(digits[-6:] or "0") + copy) % 9999


def _is_it_complete(certificate: Certificate) -> Question:
    return Choose(
        title=_("没能确认证明是否打印完整"),
        text=_(
            "请看看出纸口的证明：最下面有没有“打印终端”，纸有没有切断。\n"
            "证明已经开具，编号 {number}，不会丢失。",
            number=grouped(certificate.number),
        ),
        options=(
            Option("complete", _("纸是完整的"), _("我已拿到证明")),
            Option("again", _("没有打印好，再打一份"), _("编号不变，不会重复开具")),
            Option("stop", _("先不打了"), _("证明仍然有效，可到窗口打印")),
        ),
    )
