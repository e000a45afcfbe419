"""The slip of an answer: unsigned, once at a touch. The answer on the screen stays, whatever the paper does."""

from collections.abc import Generator
from datetime import datetime
from typing import Any

from msgspec import Struct

from hardware.printer.encoder import UnprintableDocumentError
from hardware.printer.job import PrintOutcome, PrintState
from hardware.printer.receipt_printer import PrinterNotReadyError
from kiosk.dialogue.questions import Notice, Picture, Question
from kiosk.dialogue.words import _
from kiosk.paper.certificates.kinds import lay_out
from kiosk.paper.certificates.local import PolicyAnswer
from kiosk.paper.certificates.sheet import Copy
from kiosk.paper.printer_words import PRINTER_PROBLEMS
from kiosk.paper.printing import PRINTING, print_journalled
from kiosk.record.journal import Act, Intent, Outcome, Settlement
from kiosk.visit.visit import Visit
from sync.protocol.certificate_kinds import CHINA
from sync.protocol.messages import Word

UNPRINTABLE = Notice(
    title=_("答复里有打印机打不出的字"),
    text=_("没有打印。答复还在屏幕上，可以抄下来，也可以到窗口问。"),
    picture=Picture.STAFF,
)
UNCERTAIN = Notice(
    title=_("没能确认答复是否打印完整"),
    text=_("请看看出纸口：最下面有没有“打印终端”，纸有没有切断。没有打印好的，可以在答复那一页再打一份。"),
    picture=Picture.TAKE_PAPER,
)


def print_answer(visit: Visit, answer: PolicyAnswer) -> Generator[Question, Any, bool]:
    """Print the slip of an answer once; trouble with the printer is told, and ends nothing.

    :return: whether the printer confirmed it. Nothing is repeated: only another touch prints another slip.
    """
    yield PRINTING
    try:
        unknown = _print(visit, answer)
    except PrinterNotReadyError as trouble:
        yield _not_ready(trouble)
    except UnprintableDocumentError:
        yield UNPRINTABLE
    else:
        if not unknown:
            return True
        yield UNCERTAIN
    return False


def settlement_after_restart(intent: Intent) -> Settlement:
    """Return how to settle a slip that a restart of the kiosk found without an outcome."""
    return Outcome.UNCERTAIN, {**intent.data, "reason": "kiosk-restarted"}, None


class AnswerPrint(Struct, frozen=True, forbid_unknown_fields=True):
    """What the journal holds of the print of an answer: which service gave it, and nothing that was asked."""

    service: Word
    reason: Word = ""


ANSWER_PRINT = Act("answer.print", AnswerPrint, settlement_after_restart, prints=True)


def _print(visit: Visit, answer: PolicyAnswer) -> Intent | None:
    slip = lay_out(answer, Copy(visit.kiosk_id, 1, datetime.now(CHINA)))
    return print_journalled(visit, ANSWER_PRINT, slip, {"service": visit.state().service}, _settlement)


def _settlement(printed: PrintOutcome, intent: Intent) -> Settlement:
    if printed.state is PrintState.CONFIRMED:
        return Outcome.DONE, intent.data, None
    return Outcome.UNCERTAIN, {**intent.data, "reason": str(printed.reason)}, None


def _not_ready(trouble: PrinterNotReadyError) -> Notice:
    return Notice(
        title=_("{problem}，暂时不能打印", problem=PRINTER_PROBLEMS[trouble.problem]),
        text=_("答复还在屏幕上，没有任何影响。请点“呼叫工作人员”，或到窗口打印。"),
        picture=Picture.STAFF,
    )
