"""What is known of the printer, in the words of XFS, and the one problem that people are told about."""

from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from hardware.status import DeviceState, MediaState, PaperState


class PrinterProblem(StrEnum):
    """Why the printer cannot print now, or why a job is uncertain."""

    DISCONNECTED = "disconnected"
    OFFLINE = "offline"
    COVER_OPEN = "cover_open"
    PAPER_OUT = "paper_out"
    PAPER_JAM = "paper_jam"
    CUTTER = "cutter"
    OVERHEATED = "overheated"
    HARDWARE = "hardware"
    WRONG_PROFILE = "wrong_profile"
    # Only said of a job that has begun:
    RESTARTED = "restarted"
    GARBLED = "garbled"
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """One picture of the printer. ``line`` is what is known of the way to it, the rest is what it said.

    ``wrong_profile``: it answers, but not the question with which its profile has jobs confirmed.
    """

    line: DeviceState = DeviceState.STARTING
    paper: PaperState = PaperState.UNKNOWN
    media: MediaState = MediaState.UNKNOWN
    offline: bool = False
    cover_open: bool = False
    cutter_error: bool = False
    overheated: bool = False
    hardware_error: bool = False
    wrong_profile: bool = False

    @property
    def device(self) -> DeviceState:
        """The state of the device as XFS says it."""
        if self.line is not DeviceState.ONLINE:
            return self.line
        if self.cover_open or self.wrong_profile:
            return DeviceState.USER_ERROR
        if self.cutter_error or self.overheated or self.hardware_error or self.paper is PaperState.JAMMED:
            return DeviceState.HARDWARE_ERROR
        return DeviceState.OFFLINE if self.offline or self.paper is PaperState.OUT else DeviceState.ONLINE

    @property
    def problem(self) -> PrinterProblem | None:
        """The fault staff must fix before anything can be printed, or None."""
        for is_so, problem in (
            (self.line is DeviceState.NO_DEVICE, PrinterProblem.DISCONNECTED),
            (self.line is not DeviceState.ONLINE, PrinterProblem.OFFLINE),
            (self.cover_open, PrinterProblem.COVER_OPEN),
            (self.paper is PaperState.OUT, PrinterProblem.PAPER_OUT),
            (self.paper is PaperState.JAMMED, PrinterProblem.PAPER_JAM),
            (self.cutter_error, PrinterProblem.CUTTER),
            (self.overheated, PrinterProblem.OVERHEATED),
            (self.hardware_error, PrinterProblem.HARDWARE),
            (self.wrong_profile, PrinterProblem.WRONG_PROFILE),
            (self.offline, PrinterProblem.OFFLINE),
        ):
            if is_so:
                return problem
        return None

    def as_dict(self) -> dict[str, Any]:
        """Return everything as plain values, for JSON."""
        return asdict(self) | {"device": self.device, "problem": self.problem}

    def with_automatic(self, data: bytes) -> "PrinterStatus":
        """Return the status after the four bytes of ASB."""
        return replace(
            self,
            line=DeviceState.ONLINE,
            offline=bool(data[0] & 0x08),
            cover_open=bool(data[0] & 0x20),
            cutter_error=bool(data[1] & 0x08),
            hardware_error=bool(data[1] & 0x20),
            overheated=bool(data[1] & 0x40),
            paper=_paper(out=data[2] & 0x0C, low=data[2] & 0x03, jammed=data[1] & 0x04),
        )

    def with_real_time(self, question: int, value: int) -> "PrinterStatus":
        """Return the status after the answer ``value`` to DLE EOT ``question`` (1 to 4)."""
        status = replace(self, line=DeviceState.ONLINE)
        match question:
            case 1:
                return replace(status, offline=bool(value & 0x08))
            case 2:
                return replace(status, cover_open=bool(value & 0x04))
            case 3:
                return replace(
                    status,
                    cutter_error=bool(value & 0x08),
                    hardware_error=bool(value & 0x20),
                    overheated=bool(value & 0x40),
                    paper=PaperState.JAMMED if value & 0x04 else _unless(status.paper, PaperState.JAMMED),
                )
            case _:
                jammed = status.paper is PaperState.JAMMED
                return replace(status, paper=_paper(out=value & 0x60, low=value & 0x0C, jammed=jammed))

    def with_full_status(self, data: bytes) -> "PrinterStatus":
        """Return the status after Custom's full status: bytes for paper, user, recoverable and other errors.

        The paper byte knows of the ticket in the mouth. Only what keeps a ticket from getting there is taken from
        the others: a jam, the cutter, and the presenter (the "emitter" of the manuals).
        """
        return replace(
            self,
            media=MediaState.PRESENT if data[0] & 0x20 else MediaState.NOT_PRESENT,
            paper=PaperState.JAMMED if data[2] & 0x40 else self.paper,
            cutter_error=self.cutter_error or bool(data[3] & 0x01),
            hardware_error=self.hardware_error or bool(data[3] & 0x80),
        )


def _paper(out: int, low: int, jammed: int) -> PaperState:
    if out:
        return PaperState.OUT
    if jammed:
        return PaperState.JAMMED
    return PaperState.LOW if low else PaperState.FULL


def _unless(paper: PaperState, gone: PaperState) -> PaperState:
    return PaperState.UNKNOWN if paper is gone else paper
