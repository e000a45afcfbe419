"""A service that prints at a desk: card, printer and centre stand by, and remember what they were asked."""

from types import SimpleNamespace

from hardware.printer.job import PrintOutcome, PrintState
from hardware.printer.receipt_printer import PrinterNotReadyError
from hardware.printer.status import PrinterProblem, PrinterStatus
from hardware.status import DeviceState, PaperState
from kiosk.dialogue.preferences import DEFAULT_PREFERENCES
from kiosk.dialogue.questions import Finished
from kiosk.record.journal import Journal
from kiosk.services.service import services
from kiosk.visit.centre import Centre
from kiosk.visit.person import Credential, Person
from kiosk.visit.visit import VisitState
from sync.protocol.documents import Certificate
from sync.store import Store
from tests.kiosk.paper.documents import KEYS, answered
from tests.kiosk.talking import talk

CONFIRMED = PrintOutcome(PrintState.CONFIRMED, None, 1234, 1.5)
UNCERTAIN = PrintOutcome(PrintState.UNCERTAIN, PrinterProblem.PAPER_OUT, 600, 1.0)


class Printer:
    """Prints with the given outcomes; remembers what it was given to print."""

    def __init__(self, *outcomes, paper=PaperState.FULL):
        self.outcomes = list(outcomes)
        self.status = PrinterStatus(line=DeviceState.ONLINE, paper=paper)
        self.printed = []

    def settle(self, _timeout):
        return self.status

    def prepare(self, document):
        if self.status.problem:
            raise PrinterNotReadyError(self.status.problem)
        return document

    def print(self, job, reference):
        self.printed.append([getattr(block, "text", "") or words(block) for block in job.blocks])
        return self.outcomes.pop(0)


def words(block):
    return " ".join(cell.text for cell in getattr(block, "cells", ()))


class Desk:
    """A visit whose holder has shown the PIN, and the centre behind it."""

    def __init__(self, store: Store, printer: Printer, issued: Certificate):
        self.store, self.printer, self.requests = store, printer, []
        self.answer, self.keys = answered(issued), tuple(KEYS.values())
        self.journal = Journal(store)
        self.visit = SimpleNamespace(
            visit_id="v1",
            partition="p1",
            kiosk_id="610200-001",
            region="610200",
            card=SimpleNamespace(identity="0" * 32),
            person=(holder := Person(issued.holder_name, issued.id_number)),
            holder=holder,
            centre=Centre(
                SimpleNamespace(call=lambda _call, request: self.requests.append(request) or self.answer)
            ),
            journal=self.journal,
            printer=printer,
            state=lambda: VisitState(shown=frozenset({Credential.CARD}), pin_verified=True),
            personal=None,
            faces=None,
            can_compare_faces=lambda: False,
            centre_keys=lambda: self.keys,
            manner=lambda: DEFAULT_PREFERENCES,
            unavailable_reason=lambda _service: "",
            record=lambda event: self.journal.record(event, "v1", "p1"),
            alarm=lambda event: self.journal.alarm(event, "v1", "p1"),
        )

    def use(self, service: str, *answers) -> tuple[list, Finished]:
        """Run a service, giving ``answers`` to its choices; return what it asked and how it finished."""
        return talk(services()[service].start(self.visit), *answers)

    def events(self, kind):
        return self.store.rows("SELECT * FROM audit WHERE event = ? ORDER BY id", (kind,))
