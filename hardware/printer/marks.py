"""The in-order questions that are out: their answers say how much of the stream has been printed."""

from collections import deque

from hardware.printer.replies import PaperStatus, ProcessId


class Marks:
    """Questions in the order in which they were put, each with the count of bytes up to its end.

    They are the flow control that needs no wire: a printer whose busy line goes nowhere would otherwise drop
    part of a picture, and still confirm the job.
    """

    def __init__(self) -> None:
        self._open: deque[tuple[bytes, int]] = deque()
        self.answered_up_to = 0

    @property
    def open(self) -> bool:
        """Whether an answer is still to come."""
        return bool(self._open)

    def put(self, tag: bytes, position: int) -> None:
        """Note a question that ends at byte ``position``."""
        self._open.append((tag, position))

    def clear(self, position: int) -> None:
        """Drop the open questions; everything up to ``position`` counts as answered."""
        self._open.clear()
        self.answered_up_to = position

    def answer(self, reply: PaperStatus | ProcessId) -> bool:
        """Take an answer; return whether it answers one of the questions that are out."""
        if isinstance(reply, ProcessId):
            return self._answer_tag(reply.tag)
        # Bits 2 and 3 would say that there is no paper, and then GS r is not carried out at all.
        if not self._open or reply.value > 0x03:
            return False
        _, self.answered_up_to = self._open.popleft()
        return True

    def _answer_tag(self, tag: bytes) -> bool:
        if tag not in [each for each, _ in self._open]:
            return False
        answered = b""
        # The printer keeps only the latest process ID that it could not send: it answers for those before.
        while answered != tag:
            answered, self.answered_up_to = self._open.popleft()
        return True
