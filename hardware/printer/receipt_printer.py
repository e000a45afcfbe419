"""The receipt printer: a status that is always known, and jobs that end confirmed or uncertain."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from hardware.device import Device
from hardware.printer import glyphs, job
from hardware.printer.dialogue import PrinterSession
from hardware.printer.document import Cut, Document
from hardware.printer.encoder import encode, encode_commands
from hardware.printer.job import OnProgress, PrintJob, PrintOutcome, PrintState
from hardware.printer.line import LineError, LineSilentError, LineStalledError
from hardware.printer.profile import Profile
from hardware.printer.status import PrinterProblem, PrinterStatus
from hardware.status import DeviceState

log = logging.getLogger(__name__)

_RETRY_SECONDS = 0.25
_POLL_SECONDS = 1.0
_PATIENT_SECONDS = 5.0
_ASK_PROFILE_AGAIN_SECONDS = 60.0

OnStatus = Callable[[PrinterStatus], None]


class PrinterNotReadyError(Exception):
    """The printer cannot print now; no byte of the job was sent, so nothing of it is on paper."""

    def __init__(self, problem: PrinterProblem) -> None:
        self.problem = problem
        super().__init__(f"the printer is not ready ({problem}); nothing of the job was sent")


class ReceiptPrinter(Device):
    """A receipt printer that keeps itself connected.

    :param port: the stable path of its serial device.
    :param on_status: called with each new status from a thread of the printer; it must return at once.
    :param unfinished_job: a job may have been under way when the process last ended; what is on the paper is
        then cut off before anything else is printed.
    """

    def __init__(
        self, port: str, profile: Profile, on_status: OnStatus | None = None, unfinished_job: bool = False
    ) -> None:
        self.port = port
        self.profile = profile
        self._on_status = on_status or (lambda status: None)
        self._unfinished = unfinished_job
        self._status = PrinterStatus()
        self._publishing = threading.Condition(threading.RLock())
        self._turn = threading.Lock()
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._dialogue: PrinterSession | None = None
        self._greeted = False
        self._misfit_at = 0.0
        self._thread = threading.Thread(target=self._serve, name=f"printer at {port}", daemon=True)

    def start(self) -> None:
        """Begin to look for the printer.

        :raises FontMissingError: rare characters could not be drawn.
        """
        glyphs.require()
        self._thread.start()

    def close(self) -> None:
        """Release the printer; waits for a job that is under way."""
        self._closing.set()
        self._wake.set()
        self._thread.join()

    @property
    def status(self) -> PrinterStatus:
        """What is known of the printer now."""
        return self._status

    def settle(self, timeout: float) -> PrinterStatus:
        """Wait until the printer is ready or is known not to be, and return its status."""
        with self._publishing:
            self._publishing.wait_for(lambda: self._status.line is not DeviceState.STARTING, timeout)
            return self._status

    # Jobs

    def prepare(self, document: Document) -> PrintJob:
        """Turn a document into a job for this printer; nothing is sent.

        :raises UnprintableDocumentError: a character or a QR code of it cannot be printed.
        :raises PrinterNotReadyError: the printer could not print it now.
        """
        prepared = PrintJob(document.name, encode_commands(document, self.profile))
        if problem := self.status.problem:
            raise PrinterNotReadyError(problem)
        return prepared

    def print(
        self, prepared: PrintJob, reference: int, on_progress: OnProgress | None = None
    ) -> PrintOutcome:
        """Print a job and wait for its end.

        :param reference: a number of this attempt, by which the printer's confirmation is recognised.
        :raises PrinterNotReadyError: not a byte of the job was sent. After the first byte nothing is raised but
            what ``on_progress`` raises.
        """
        progress = on_progress or (lambda state, part: None)
        with self._turn:
            dialogue = self._get_ready()
            progress(PrintState.SENDING, 0.0)
            outcome = None
            try:
                outcome = job.run(dialogue, self.profile, prepared, reference, progress)
            finally:
                if outcome is None or outcome.state is PrintState.UNCERTAIN:
                    self._abandon(dialogue)
            if outcome.state is PrintState.UNCERTAIN:
                outcome = replace(outcome, reason=self._find_reason(dialogue, outcome.reason))
        return outcome

    def retract(self) -> None:
        """Take back a ticket that nobody took, where the printer has a presenter that can.

        :raises PrinterNotReadyError: the printer cannot do it now.
        """
        with self._turn:
            try:
                self._get_ready().line.write(bytes.fromhex(self.profile.presenter.retract))
            except LineError as error:
                raise PrinterNotReadyError(self.status.problem or PrinterProblem.OFFLINE) from error

    def _get_ready(self) -> PrinterSession:
        dialogue = self._dialogue
        if dialogue is None or not self._greeted:
            raise PrinterNotReadyError(self.status.problem or PrinterProblem.OFFLINE)
        try:
            ready = dialogue.status.problem is None and dialogue.synchronise()
        except LineError:
            ready = False
        if not ready:
            self._greet_again()
            raise PrinterNotReadyError(dialogue.status.problem or PrinterProblem.OFFLINE)
        return dialogue

    def _abandon(self, dialogue: PrinterSession) -> None:
        self._unfinished = True
        # If it is gone or takes nothing, the next greeting finds out.
        with suppress(LineError):
            dialogue.clear()
        self._greet_again()

    @staticmethod
    def _find_reason(dialogue: PrinterSession, seen: PrinterProblem | None) -> PrinterProblem | None:
        """Ask a printer that only stopped answering, or only said that it is offline, what is the matter."""
        if seen not in (PrinterProblem.OFFLINE, PrinterProblem.NO_ANSWER):
            return seen
        with suppress(LineError):
            dialogue.ask_status()
        return dialogue.status.problem or seen

    def _greet_again(self) -> None:
        self._greeted = False
        self._wake.set()
        self._publish()

    # The thread that keeps the printer connected

    def _serve(self) -> None:
        known = PrinterStatus()
        while not self._closing.is_set():
            try:
                with PrinterSession(self.port, self.profile, self._on_change, known) as self._dialogue:
                    self._keep(self._dialogue)
            except LineSilentError as silent:
                log.info("printer: %s; it is opened again", silent)
                known = PrinterStatus(line=DeviceState.OFFLINE)
            except LineError:
                known = PrinterStatus()
                self._set(PrinterStatus(line=DeviceState.NO_DEVICE))
            self._greeted = False
            self._dialogue = None
            self._closing.wait(_RETRY_SECONDS)

    def _keep(self, dialogue: PrinterSession) -> None:
        while not self._closing.is_set():
            with self._turn:
                self._greeted = self._look(dialogue)
            self._publish()
            if dialogue.status.line is DeviceState.OFFLINE:
                dialogue.line.check_alive()
            self._wake.wait(_POLL_SECONDS if self._greeted else _RETRY_SECONDS)
            self._wake.clear()

    def _look(self, dialogue: PrinterSession) -> bool:
        try:
            return self._check(dialogue) if self._greeted else self._greet(dialogue)
        except LineStalledError:
            dialogue.silent()
            return False

    def _check(self, dialogue: PrinterSession) -> bool:
        """Ask an idle printer how it is; one answer may get lost without an alarm."""
        return dialogue.ask_status() or dialogue.ask_status()

    def _greet(self, dialogue: PrinterSession) -> bool:
        """Find out whether the printer is there and able, and get everything half-sent out of the way."""
        if not dialogue.ask_status():
            dialogue.flush()
            if not dialogue.ask_status():
                dialogue.silent()
                return False
        if dialogue.status.problem and not self._is_profile_in_doubt(dialogue):
            return False
        if not self._synchronise(dialogue):
            self._find_out_why(dialogue)
            return False
        return not self._unfinished or self._cut_off(dialogue)

    def _is_profile_in_doubt(self, dialogue: PrinterSession) -> bool:
        """Return whether to repeat the profile question to a printer that did not recognise it.

        Seldom: a printer that does not know the question may print it.
        """
        known_for = time.monotonic() - self._misfit_at
        return (
            dialogue.status.problem is PrinterProblem.WRONG_PROFILE and known_for > _ASK_PROFILE_AGAIN_SECONDS
        )

    @staticmethod
    def _synchronise(dialogue: PrinterSession) -> bool:
        """Get everything half-sent out of the way; it may be as much as the printer's buffer holds."""
        if dialogue.synchronise(late_answers=True):
            return True
        if not dialogue.status.wrong_profile:
            dialogue.flush()
        return dialogue.synchronise(late_answers=True, timeout=_PATIENT_SECONDS)

    def _find_out_why(self, dialogue: PrinterSession) -> None:
        """Tell a printer that does not know its profile's question from one that answers nothing or is in trouble."""
        if not dialogue.ask_status():
            dialogue.silent()
        elif dialogue.status.problem in (None, PrinterProblem.WRONG_PROFILE):
            log.info("printer: answers, but not the question of the profile %r", self.profile.title)
            self._misfit_at = time.monotonic()
            dialogue.misfit()

    def _cut_off(self, dialogue: PrinterSession) -> bool:
        """Part the remains of an unfinished job from the next citizen's ticket."""
        remains = encode(Document("remains of an unfinished job", [Cut()]), self.profile)
        dialogue.line.write(remains + bytes.fromhex(self.profile.presenter.retract))
        self._unfinished = not dialogue.synchronise(True, self.profile.confirm.timeout)
        return not self._unfinished

    # Telling the status

    def _on_change(self) -> None:
        if self._dialogue and self._dialogue.lost:
            self._wake.set()
        self._publish()

    def _publish(self) -> None:
        with self._publishing:
            if self._dialogue is None:
                return
            status = self._dialogue.status
            if not self._greeted and not status.problem:
                status = replace(status, line=DeviceState.STARTING)
            self._set(status)

    def _set(self, status: PrinterStatus) -> None:
        with self._publishing:
            if status == self._status:
                return
            self._status = status
            self._publishing.notify_all()
            self._on_status(status)
