"""How asking the centre may turn out: an answer, a refusal, nothing that was heard, or nothing that is known."""

from collections.abc import Mapping
from typing import NamedTuple

from msgspec import Struct


class Timeout(NamedTuple):
    """How many seconds connecting may take, and all of it together until the last byte of the answer."""

    connect: float
    whole: float


class Answer(Struct, frozen=True):
    """What came back, as it came: nothing is unpacked. ``asked`` is the signature of what it answers.

    ``headers`` are by their names in lower case; of one that came twice, a value that is the same is there once.
    """

    status_code: int
    headers: Mapping[str, str]
    content: bytes = b""
    asked: str = ""

    @property
    def is_success(self) -> bool:
        """Return whether the request was taken."""
        return 200 <= self.status_code < 300


class CentralUnreachableError(Exception):
    """The centre could not be asked: nothing was done there.

    ``retry_after`` is how many seconds it asked us to wait, if it did.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class AnswerLostError(CentralUnreachableError):
    """The request may have reached the centre and its answer did not reach us: perhaps it is done.

    The same request again, with the same ``request_id``, brings the answer.
    """


class CentralFailedError(AnswerLostError):
    """The centre answered that it broke on this very request (HTTP 500)."""


class CentralRefusedError(Exception):
    """The centre said no: ``code`` and ``details`` (``sync.protocol.refusals``), and ``message`` for people."""

    def __init__(self, code: str, message: str, details: Struct | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.details = code, message, details
