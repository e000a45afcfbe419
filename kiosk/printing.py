"""Handing a certificate over on paper: journal, print, and find out whether it came out."""

from collections.abc import Callable, Generator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from hardware.printer.document import Document
from hardware.printer.job import PrintOutcome, PrintState
from sync.protocol.messages import Certificate

from kiosk.dialogue import Choose, Option, Picture, Question, Working
from kiosk.journal import Outcome, Report
from kiosk.visit import Visit

BEIJING = ZoneInfo("Asia/Shanghai")
PRINT_ACT = "certificate.print"
PRINTING = Working(
    title="正在打印", text="请稍候，打印完成前请不要离开，也不要拉扯纸张。", picture=Picture.TAKE_PAPER
)
Layout = Callable[[Certificate, str, int, datetime], Document]


class CertificateNotHandedOver(Exception):
    """The citizen does not hold a complete copy; the certificate stays valid under its number."""


def hand_over(visit: Visit, certificate: Certificate, layout: Layout) -> Generator[Question, Any, None]:
    """Print copies until one is confirmed, or the citizen says one is complete, or gives up.

    An uncertain copy is never repeated by the machine itself: only the citizen, looking at the paper, asks for another.

    :raises CertificateNotHandedOver: the citizen gave up.
    """
    copy = 1
    while True:
        yield PRINTING
        outcome = print_copy(visit, certificate, layout, copy)
        if outcome.state is PrintState.CONFIRMED:
            return
        answer = yield _is_it_complete(certificate)
        complete = answer == "complete"
        visit.journal.record(
            "certificate.print_resolved",
            visit.visit_id,
            number=certificate.number,
            copy=copy,
            complete=complete,
        )
        if complete:
            return
        if answer == "stop":
            raise CertificateNotHandedOver(certificate.number)
        copy += 1


def print_copy(visit: Visit, certificate: Certificate, layout: Layout, copy: int) -> PrintOutcome:
    """Print one copy: the intent is on disk before the first byte, the outcome and its report after."""
    document = layout(certificate, visit.kiosk_id, copy, datetime.now(BEIJING))
    job = visit.printer.prepare(document)
    subject = {"number": certificate.number, "copy": copy}
    with visit.journal.effect(PRINT_ACT, visit.visit_id, certificate.number, subject) as effect:
        outcome = visit.printer.print(job, reference=_reference(certificate, copy))
        effect.settle(*_settlement(outcome, subject))
    return outcome


def interrupted(data: dict[str, Any]) -> tuple[Outcome, dict[str, Any], Report]:
    """Return how to settle a print that a restart of the kiosk found without an outcome."""
    known = {**data, "reason": "kiosk-restarted"}
    return Outcome.UNCERTAIN, known, Report("certificate.print_uncertain", known)


def _settlement(outcome: PrintOutcome, subject: dict[str, Any]) -> tuple[Outcome, dict[str, Any], Report]:
    known = {**subject, "bytes": outcome.bytes, "seconds": round(outcome.seconds, 2)}
    if outcome.state is PrintState.CONFIRMED:
        return Outcome.DONE, known, Report("certificate.printed", known)
    known["reason"] = str(outcome.reason)
    return Outcome.UNCERTAIN, known, Report("certificate.print_uncertain", known)


def _reference(certificate: Certificate, copy: int) -> int:
    digits = "".join(character for character in certificate.number if character.isdigit())
    return (int(digits[-6:] or "0") + copy) % 9999


def _is_it_complete(certificate: Certificate) -> Question:
    return Choose(
        title="没能确认证明是否打印完整",
        text=f"请看看出纸口的证明：最下面有没有“有效期至”，纸有没有切断。\n证明已经开具，编号 {certificate.number}，不会丢失。",
        options=(
            Option("complete", "纸是完整的", "我已拿到证明"),
            Option("again", "没有打印好，再打一份", "编号不变，不会重复开具"),
            Option("stop", "先不打了", "工作人员可以凭编号帮您补打"),
        ),
    )
