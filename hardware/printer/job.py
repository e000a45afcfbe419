"""One print job: sent, and then either confirmed by the printer itself or uncertain. Never "printed"."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from hardware.printer.dialogue import PrinterSession, PrintJobError
from hardware.printer.line import STEP
from hardware.printer.pictures import HeadPace, pieces
from hardware.printer.profile import Profile
from hardware.printer.status import PrinterProblem


class PrintState(StrEnum):
    """How far a job is. Only the last two are ends, and only CONFIRMED says that there is paper."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    CONFIRMED = "confirmed"
    UNCERTAIN = "uncertain"


# During a long job the printer is asked for its progress at this interval, so its buffer cannot overflow.
_MARK_EACH = 512

OnProgress = Callable[[PrintState, float], None]


@dataclass(frozen=True, slots=True)
class PrintJob:
    """A document in the bytes of one printer; between two commands the printer can be asked things."""

    name: str
    commands: tuple[bytes, ...] = field(repr=False)

    @property
    def size(self) -> int:
        """The bytes of the job on the wire."""
        return sum(map(len, self.commands))


@dataclass(frozen=True, slots=True)
class PrintOutcome:
    """The end of a job. An UNCERTAIN job may be on paper, whole or in part: it is never repeated by itself.

    ``bytes`` went out in ``seconds`` from the first byte to the end.
    """

    state: PrintState
    reason: PrinterProblem | None
    bytes: int
    seconds: float


def tag(reference: int) -> bytes:
    """Return the four digits by which the printer's answer is known to be the answer to this job."""
    return f"{reference % 10000:04d}".encode()


def run(
    dialogue: PrinterSession, profile: Profile, job: PrintJob, reference: int, on_progress: OnProgress
) -> PrintOutcome:
    """Send the job over a synchronised line and wait for its confirmation."""
    begun, written = time.monotonic(), dialogue.line.written
    try:
        dialogue.watch()
        _send(dialogue, profile, job, on_progress)
        on_progress(PrintState.SENT, 1.0)
        dialogue.confirm(tag(reference))
        state, reason = PrintState.CONFIRMED, None
    except PrintJobError as trouble:
        state, reason = PrintState.UNCERTAIN, trouble.problem
    return PrintOutcome(state, reason, dialogue.line.written - written, time.monotonic() - begun)


def _send(dialogue: PrinterSession, profile: Profile, job: PrintJob, on_progress: OnProgress) -> None:
    fits = job.size <= dialogue.window
    sent = asked_at = marked_at = 0
    for piece in pieces(job.commands, whole_pictures=not profile.status.in_pictures):
        _send_piece(dialogue, profile, piece)
        sent += sum(map(len, piece))
        if sent - asked_at >= STEP:
            dialogue.ask_alive()
            asked_at = sent
            on_progress(PrintState.SENDING, sent / job.size)
        if sent - marked_at >= _MARK_EACH and not fits:
            dialogue.mark(b"M%03d" % (sent // _MARK_EACH % 1000))
            marked_at = sent


def _send_piece(dialogue: PrinterSession, profile: Profile, piece: tuple[bytes, ...]) -> None:
    """Send commands between which the printer must not be asked anything."""
    size = sum(map(len, piece))
    if size <= dialogue.window or len(piece) == 1:
        dialogue.await_room(size)
        for command in piece:
            dialogue.say(command)
        return
    dialogue.await_empty(b"PICT")
    pace = HeadPace(profile, piece[0], dialogue.window)
    for band in piece:
        time.sleep(pace.seconds_until_room(len(band), time.monotonic()))
        dialogue.say(band)
