"""The receipt of what was done. The act stays done whatever becomes of the paper."""

from collections.abc import Generator
from contextlib import suppress
from datetime import datetime
from typing import Any

from msgspec import Struct

from hardware.printer.document import Document
from hardware.printer.encoder import UnprintableDocumentError
from hardware.printer.job import PrintOutcome, PrintState
from hardware.printer.receipt_printer import PrinterNotReadyError
from kiosk.dialogue.questions import CardPulled, Finished, Picture, Question, Working
from kiosk.dialogue.words import _
from kiosk.paper.certificates.card_act_receipt import card_act_receipt
from kiosk.paper.printing import print_journalled
from kiosk.record.journal import Act, Intent, Outcome, Settlement
from kiosk.rules.contacts import phone_of
from kiosk.visit.visit import Visit
from sync.protocol.certificate_kinds import CHINA
from sync.protocol.messages import Word

PRINTING = Working(title=_("已经办好，正在打印回执"), text=_("请稍候。"), picture=Picture.TAKE_PAPER)


def finish(
    visit: Visit, title: str, act: str, number: str, text: str, not_done: str
) -> Generator[Question, Any, Finished]:
    """Print the receipt of a finished act, and say that it is finished whether or not there is one on paper.

    :param act: what was done, in the citizen's words; ``number`` is what it is called on record.
    :param not_done: what the act did not do, for the receipt.
    """
    with suppress(CardPulled):  # what was done is done, and its receipt is due, with the card or without
        yield PRINTING
    receipt = card_act_receipt(
        visit.holder,
        act,
        number,
        visit.kiosk_id,
        datetime.now(CHINA),
        not_done=not_done,
        phone=phone_of(visit.region),
    )
    paper = _words_for_paper(_print(visit, receipt, number))
    text = _("{what_is_new}\n{paper}办理编号 {number}。", what_is_new=text, paper=paper, number=number)
    return Finished(title=title, text=text, picture=Picture.DONE)


def settlement_after_restart(intent: Intent) -> Settlement:
    """Return how to settle a receipt that a restart of the kiosk found without an outcome."""
    return Outcome.UNCERTAIN, {**intent.data, "reason": "kiosk-restarted"}, None


class ReceiptPrint(Struct, frozen=True, forbid_unknown_fields=True):
    """What the journal holds of the print of the receipt of an act; ``number`` is that act's."""

    number: Word
    reason: Word = ""


RECEIPT_PRINT = Act("receipt.print", ReceiptPrint, settlement_after_restart, prints=True)


def _print(visit: Visit, receipt: Document, number: str) -> Outcome:
    try:
        unknown = print_journalled(visit, RECEIPT_PRINT, receipt, {"number": number}, _settlement)
    except (PrinterNotReadyError, UnprintableDocumentError):
        return Outcome.FAILED
    return Outcome.UNCERTAIN if unknown else Outcome.DONE


def _settlement(printed: PrintOutcome, intent: Intent) -> Settlement:
    if printed.state is PrintState.CONFIRMED:
        return Outcome.DONE, intent.data, None
    return Outcome.UNCERTAIN, {**intent.data, "reason": str(printed.reason)}, None


def _words_for_paper(outcome: Outcome) -> str:
    match outcome:
        case Outcome.DONE:
            return _("请从出纸口取走回执。")
        case Outcome.FAILED:
            return _("回执没有打印，不影响办理结果，您不用再办什么。")
        case _:
            return _("回执可能没有打印完整，不影响办理结果，您不用再办什么。")
