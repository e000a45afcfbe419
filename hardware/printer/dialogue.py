"""The conversation with a printer over one open line: questions, answers, and the trouble in between."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from types import TracebackType
from typing import Self

from hardware.printer.line import LineError, LineInterruptedError, LineLostError, SerialLine
from hardware.printer.marks import Marks
from hardware.printer.profile import Confirm, Profile
from hardware.printer.replies import (
    AutomaticStatus,
    Demultiplexer,
    FullStatus,
    Garbage,
    PaperStatus,
    PowerOn,
    ProcessId,
    RealTimeStatus,
    Reply,
)
from hardware.printer.status import PrinterProblem, PrinterStatus
from hardware.status import DeviceState, MediaState

REAL_TIME_QUESTIONS = (1, 2, 3, 4)
_INITIALISE = b"\x1b@"
# Only after ESC @, which switches it off.
_AUTOMATIC_STATUS_ON = b"\x1da\xff"
# The printer says busy before its buffer is quite full, and status questions take room as well.
_MARGIN = 256
_SYNC = b"SYNC"
_ANSWER_SECONDS = 1.0
_SYNC_SECONDS = 2.0
_UNANSWERED_AT_MOST = 3
_SILENCE_SECONDS = _UNANSWERED_AT_MOST * _ANSWER_SECONDS
_QUIET_SECONDS = 0.2


class PrintJobError(Exception):
    """Something was seen that makes the job under way uncertain."""

    def __init__(self, problem: PrinterProblem) -> None:
        self.problem = problem
        super().__init__(problem.value)


class PrinterSession:
    """Speaks with the printer at ``port``; ``on_change`` is called from the reader thread, without arguments.

    :param known: what is known of the printer before its first word.
    :raises LineLostError: the port cannot be opened.
    """

    def __init__(
        self, port: str, profile: Profile, on_change: Callable[[], None], known: PrinterStatus | None = None
    ) -> None:
        self._profile = profile
        self._on_change = on_change
        self._heard = threading.Condition()
        self._asked: deque[int] = deque()
        self._marks = Marks()
        self.window = profile.serial.buffer - _MARGIN
        self._trouble: PrinterProblem | None = None
        self._demultiplexer = Demultiplexer(full_status=profile.confirm.method is Confirm.PRESENTER)
        self.lost = False
        self.status = known or PrinterStatus()
        self._draft: PrinterStatus | None = None
        self.line = SerialLine(port, profile.serial, self._hear, self._lose)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.line.close()

    # What the reader thread does

    def _hear(self, data: bytes) -> None:
        with self._heard:
            for reply in self._demultiplexer.feed(data):
                self._note(reply)
            if self.status.problem and self.status.line is DeviceState.ONLINE:
                self._worry(self.status.problem)
            self._heard.notify_all()
        self._on_change()

    def _note(self, reply: Reply) -> None:
        match reply:
            case AutomaticStatus():
                self._learn(lambda status: status.with_automatic(reply.data))
            case RealTimeStatus() if self._asked:
                question = self._asked.popleft()
                self._learn(lambda status: status.with_real_time(question, reply.value))
            case FullStatus():
                self.status = self.status.with_full_status(reply.data)
            case PaperStatus() | ProcessId() if self._marks.answer(reply):
                pass
            case PowerOn():
                self._worry(PrinterProblem.RESTARTED)
            case Garbage() | RealTimeStatus() | PaperStatus() | ProcessId():
                self._worry(PrinterProblem.GARBLED)

    def _learn(self, change: Callable[[PrinterStatus], PrinterStatus]) -> None:
        """Apply a status update; during a round of questions it is published when the round is over."""
        if self._draft is None:
            self.status = change(self.status)
        else:
            self._draft = change(self._draft)

    def _worry(self, problem: PrinterProblem) -> None:
        self._trouble = self._trouble or problem

    def _lose(self) -> None:
        with self._heard:
            self.lost = True
            self._learn(lambda status: PrinterStatus(line=DeviceState.NO_DEVICE))
            self._worry(PrinterProblem.DISCONNECTED)
            self._heard.notify_all()
        self._on_change()

    # Between jobs

    def ask_status(self) -> bool:
        """Ask for the whole status in real time; return whether every question was answered.

        :raises LineError: the line is gone or takes nothing.
        """
        with self._heard:
            self._asked.clear()
            self._draft = self.status
        try:
            return all(self._ask_and_wait(question) for question in REAL_TIME_QUESTIONS)
        finally:
            with self._heard:
                self.status, self._draft = self._draft, None

    def _ask_and_wait(self, question: int) -> bool:
        self._ask(question)
        with self._heard:
            self._heard.wait_for(lambda: not self._asked or self.lost, _ANSWER_SECONDS)
            if self.lost:
                raise LineLostError("the device is gone")
            return not self._asked

    def _ask(self, question: int) -> None:
        with self._heard:
            self._asked.append(question)
        self.line.write(b"\x10\x04" + bytes([question]))

    def flush(self) -> None:
        """End any half-sent raster with NULs: each is a blank pixel there and nothing anywhere else."""
        self.line.write(bytes(self._profile.recovery.flush))
        self.line.wait_until_sent()

    def clear(self) -> None:
        """Make the printer forget what it has not printed yet, where it can, and let late answers pass."""
        self.line.discard()
        self.line.write(bytes.fromhex(self._profile.recovery.clear))
        self.line.wait_until_sent()
        time.sleep(_QUIET_SECONDS)

    def synchronise(self, late_answers: bool = False, timeout: float = _SYNC_SECONDS) -> bool:
        """Set the printer up for a job and return whether it has worked through everything up to here.

        :param late_answers: some to questions from before may come; where they carry no tag, wait for them.
        :param timeout: seconds that it may take to get through what is before.
        """
        set_up = _INITIALISE + (_AUTOMATIC_STATUS_ON if self._profile.status.automatic else b"")
        set_up += bytes.fromhex(self._profile.presenter.hold)
        with self._heard:
            self._marks.clear(self.line.written)
            self._marks.put(_SYNC, self.line.written)
        self.line.write(set_up + self._question(_SYNC))
        with self._heard:
            self._heard.wait_for(lambda: not self._marks.open or self.lost, timeout)
            answered = not self._marks.open
        if answered and late_answers and self._profile.confirm.method is not Confirm.PROCESS_ID:
            time.sleep(_QUIET_SECONDS)
        with self._heard:
            self._marks.clear(self.line.written)
            if answered:
                self.status = replace(self.status, wrong_profile=False)
        return answered

    def silent(self) -> None:
        """Note that the printer answers nothing."""
        with self._heard:
            self.status = replace(self.status, line=DeviceState.OFFLINE, wrong_profile=False)

    def misfit(self) -> None:
        """Note that the printer answers, but not the question of its profile."""
        with self._heard:
            self.status = replace(self.status, wrong_profile=True)

    # In a job

    def watch(self) -> None:
        """From now on remember the first trouble that is seen."""
        with self._heard:
            self._trouble = self.status.problem
            self._asked.clear()

    def say(self, command: bytes) -> None:
        """Send one command of a job.

        :raises PrintJobError: it may have been printed or not.
        """
        try:
            self.line.write(command, interrupted=lambda: self._trouble is not None)
        except LineInterruptedError:
            raise PrintJobError(self._trouble or PrinterProblem.NO_ANSWER) from None
        except LineError as error:
            problem = (
                PrinterProblem.DISCONNECTED if isinstance(error, LineLostError) else PrinterProblem.NO_ANSWER
            )
            raise PrintJobError(self._trouble or problem) from error

    def ask_alive(self) -> None:
        """Put a status question between two commands, to be answered before the job may be confirmed.

        A printer that lost its power and came back in the middle of a job would confirm the rest of it; but
        it has not answered what was asked while it was away.
        """
        with self._heard:
            self._asked.append(1)
        self.say(b"\x10\x04\x01")

    def mark(self, tag: bytes) -> None:
        """Put the profile's in-order question; its answer says that everything before it has been printed.

        :param tag: four printable bytes.
        """
        question = self._question(tag)
        with self._heard:
            self._marks.put(tag, self.line.written + len(question))
        self.say(question)

    def _question(self, tag: bytes) -> bytes:
        if self._profile.confirm.method is Confirm.PROCESS_ID:
            return b"\x1d(H\x06\x0000" + tag
        return b"\x1dr\x01"

    def await_room(self, size: int) -> None:
        """Wait until ``size`` more bytes are sure to find room in the printer's buffer.

        :raises PrintJobError: the printer does not get on.
        """
        self._await(lambda: self.line.written + size - self._marks.answered_up_to <= self.window)

    def await_empty(self, tag: bytes) -> None:
        """Wait until everything up to here has been printed.

        :raises PrintJobError: the printer does not get on.
        """
        self.mark(tag)
        self._await(lambda: False)

    def confirm(self, tag: bytes) -> None:
        """Ask whether the whole job has been printed, and wait for that very answer.

        Where there is a presenter, its sensor must answer for the ticket as well.

        :raises PrintJobError: the job is uncertain.
        """
        # Once all earlier answers are here, any answer that is not to the last question is known as strange.
        self._await(lambda: False)
        self.await_empty(tag)
        self._await_alive()
        if self._profile.confirm.method is Confirm.PRESENTER:
            self._see_ticket()

    def _await(self, enough: Callable[[], bool]) -> None:
        """Wait until all marks are answered or it is ``enough``; ask now and then if it is still there."""
        deadline = time.monotonic() + self._profile.confirm.timeout
        while not self._wait(lambda: not self._marks.open or enough(), _ANSWER_SECONDS):
            if len(self._asked) >= _UNANSWERED_AT_MOST or time.monotonic() > deadline:
                raise PrintJobError(PrinterProblem.NO_ANSWER)
            self.ask_alive()

    def _await_alive(self) -> None:
        """See that no status question of the job stayed without an answer."""
        if not self._wait(lambda: not self._asked, _SILENCE_SECONDS):
            raise PrintJobError(PrinterProblem.RESTARTED)

    def _wait(self, condition: Callable[[], bool], timeout: float) -> bool:
        """Wait for a condition on what was heard; trouble ends it.

        :raises PrintJobError: trouble was seen since :meth:`watch`, whether or not the condition holds.
        """
        with self._heard:
            self._heard.wait_for(lambda: condition() or self._trouble, timeout)
            if self._trouble:
                raise PrintJobError(self._trouble)
            return condition()

    def _see_ticket(self) -> None:
        """Ask the presenter's sensor for the ticket.

        The printer has answered for everything up to the ticket's presentation, so a mouth that is empty now, and
        no trouble, say that the ticket was there and was taken.
        """
        with self._heard:
            self.status = replace(self.status, media=MediaState.UNKNOWN)
        self.say(bytes.fromhex(self._profile.presenter.query))
        if not self._wait(lambda: self.status.media is not MediaState.UNKNOWN, _SILENCE_SECONDS):
            raise PrintJobError(PrinterProblem.NO_ANSWER)
