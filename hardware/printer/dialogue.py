"""The conversation with a printer over one open line: questions, answers, and the trouble in between."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import TracebackType
from typing import Self

from hardware.printer.line import LineError, LineInterrupted, LineLost, SerialLine
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
_SYNC = b"SYNC"
_ANSWER_SECONDS = 1.0
_SYNC_SECONDS = 2.0
_UNANSWERED_AT_MOST = 3
QUIET_SECONDS = 0.2


class JobTrouble(Exception):
    """Something was seen that makes the job under way uncertain."""

    def __init__(self, problem: PrinterProblem) -> None:
        self.problem = problem
        super().__init__(problem.value)


class Dialogue:
    """Speaks with the printer at ``port``; ``on_change`` is called from the reader thread, without arguments.

    :raises LineLost: the port cannot be opened.
    """

    def __init__(self, port: str, profile: Profile, on_change: Callable[[], None]) -> None:
        self._profile = profile
        self._on_change = on_change
        self._heard = threading.Condition()
        self._asked: deque[int] = deque()
        self._awaited = False
        self._answers: deque[PaperStatus | ProcessId] = deque()
        self._trouble: PrinterProblem | None = None
        self._demultiplexer = Demultiplexer(full_status=profile.confirm.method is Confirm.PRESENTER)
        self.lost = False
        self.status = PrinterStatus()
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
                self.status = self.status.with_automatic(reply.data)
            case RealTimeStatus() if self._asked:
                self.status = self.status.with_real_time(self._asked.popleft(), reply.value)
            case FullStatus():
                self.status = self.status.with_full_status(reply.data)
            case PaperStatus() | ProcessId() if self._awaited:
                self._answers.append(reply)
            case PowerOn():
                self._worry(PrinterProblem.RESTARTED)
            case Garbage() | RealTimeStatus() | PaperStatus() | ProcessId():
                self._worry(PrinterProblem.GARBLED)

    def _worry(self, problem: PrinterProblem) -> None:
        self._trouble = self._trouble or problem

    def _lose(self) -> None:
        with self._heard:
            self.lost = True
            self.status = PrinterStatus(line=DeviceState.NO_DEVICE)
            self._worry(PrinterProblem.DISCONNECTED)
            self._heard.notify_all()
        self._on_change()

    # Between jobs

    def ask_status(self) -> bool:
        """Ask for the whole status in real time; say whether every question was answered.

        :raises LineError: the line is gone or takes nothing.
        """
        with self._heard:
            self._asked.clear()
        return all(self._ask_and_wait(question) for question in REAL_TIME_QUESTIONS)

    def _ask_and_wait(self, question: int) -> bool:
        self._ask(question)
        with self._heard:
            self._heard.wait_for(lambda: not self._asked or self.lost, _ANSWER_SECONDS)
            if self.lost:
                raise LineLost("the device is gone")
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
        time.sleep(QUIET_SECONDS)

    def synchronise(self, quiet: float = 0.0) -> bool:
        """Set the printer up for a job and say whether it has worked through everything up to here.

        :param quiet: seconds to wait for late answers to questions from before.
        """
        set_up = _INITIALISE + (_AUTOMATIC_STATUS_ON if self._profile.status.automatic else b"")
        with self._awaiting():
            self._trouble = None
            self.line.write(set_up + self.question(_SYNC))
            answered = self._await_answer(_SYNC, _SYNC_SECONDS)
            if answered:
                time.sleep(quiet)
            return answered

    def silent(self) -> None:
        """Note that the printer answers nothing."""
        self.status = replace(self.status, line=DeviceState.OFFLINE)

    # In a job

    def watch(self) -> None:
        """From now on remember the first trouble that is seen."""
        with self._heard:
            self._trouble = self.status.problem
            self._asked.clear()

    def say(self, command: bytes) -> None:
        """Send one command of a job.

        :raises JobTrouble: it may have been printed or not.
        """
        try:
            self.line.write(command, interrupted=lambda: self._trouble is not None)
        except LineInterrupted:
            raise JobTrouble(self._trouble or PrinterProblem.NO_ANSWER) from None
        except LineError as error:
            problem = PrinterProblem.DISCONNECTED if isinstance(error, LineLost) else PrinterProblem.NO_ANSWER
            raise JobTrouble(self._trouble or problem) from error

    def ask_alive(self) -> None:
        """Put a status question between two commands, to be answered before the job may be confirmed.

        A printer that lost its power and came back in the middle of a job would confirm the rest of it; but
        it has not answered what was asked while it was away.
        """
        with self._heard:
            self._asked.append(1)
        self.say(b"\x10\x04\x01")

    def question(self, tag: bytes) -> bytes:
        """Return the in-order question of the profile; ``tag`` is four printable bytes."""
        if self._profile.confirm.method is Confirm.PROCESS_ID:
            return b"\x1d(H\x06\x0000" + tag
        return b"\x1dr\x01"

    def catch_up(self, tag: bytes = _SYNC) -> None:
        """Ask whether everything before has been printed, and wait for that very answer.

        :raises JobTrouble: it was not answered, or trouble was seen since :meth:`watch`.
        """
        self.line.wait_until_sent()
        with self._awaiting():
            self.say(self.question(tag))
            answered = self._await_answer(tag, _ANSWER_SECONDS)
            deadline = time.monotonic() + self._profile.confirm.timeout
            while not answered and not self._is_hopeless() and time.monotonic() < deadline:
                self.ask_alive()
                answered = self._await_answer(tag, _ANSWER_SECONDS)
            self._judge(answered)

    def confirm(self, tag: bytes) -> None:
        """Wait until the job is printed, and where there is a presenter, until its sensor sees the ticket.

        :raises JobTrouble: the job is uncertain.
        """
        self.catch_up(tag)
        if self._profile.confirm.method is Confirm.PRESENTER:
            self._see_ticket()

    def _is_hopeless(self) -> bool:
        with self._heard:
            return self._trouble is not None or len(self._asked) >= _UNANSWERED_AT_MOST

    @contextmanager
    def _awaiting(self) -> Iterator[None]:
        """Let in-order answers count for as long as one has been asked for."""
        with self._heard:
            self._answers.clear()
            self._awaited = True
        try:
            yield
        finally:
            with self._heard:
                self._awaited = False

    def _await_answer(self, tag: bytes, timeout: float) -> bool:
        def answered() -> bool:
            return any(_is_answer(answer, tag) for answer in self._answers)

        with self._heard:
            self._heard.wait_for(lambda: answered() or self._trouble or self.lost, timeout)
            return answered()

    def _judge(self, answered: bool) -> None:
        with self._heard:
            if answered:
                self._heard.wait_for(lambda: not self._asked or self._trouble, _ANSWER_SECONDS)
            if self._trouble:
                raise JobTrouble(self._trouble)
            if len(self._answers) > 1 or (self._answers and not answered):
                raise JobTrouble(PrinterProblem.GARBLED)
            if not answered:
                raise JobTrouble(PrinterProblem.NO_ANSWER)
            if self._asked:
                raise JobTrouble(PrinterProblem.RESTARTED)

    def _see_ticket(self) -> None:
        """Wait until the presenter's sensor sees the ticket in the mouth."""
        self.say(bytes.fromhex(self._profile.presenter.query))
        with self._heard:
            self._heard.wait_for(
                lambda: self.status.media is MediaState.PRESENT or self._trouble, _ANSWER_SECONDS
            )
            if self._trouble or self.status.media is not MediaState.PRESENT:
                raise JobTrouble(self._trouble or PrinterProblem.NO_ANSWER)


def _is_answer(reply: PaperStatus | ProcessId, tag: bytes) -> bool:
    """Judge an in-order reply: the tag must be ours; GS r 1 must speak of paper (bits 2 and 3 are 0)."""
    if isinstance(reply, ProcessId):
        return reply.tag == tag
    return reply.value <= 0x03
