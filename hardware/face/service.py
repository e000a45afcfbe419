"""The service of a maker that owns the camera and compares faces, at a UNIX socket: one line in, one line out.

``status``, ``capture`` and ``compare REFERENCE LIVE``, pictures in base64; answered with a line of JSON: ``{"ok": …}``
(of ``capture`` the picture, or null when nobody is there) or ``{"error": …}``.
"""

import base64
import binascii
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from socket import AF_UNIX, socket
from time import monotonic
from typing import Any

import msgspec

from hardware.device import Device
from hardware.face.matcher import Likeness, MatcherError, NobodyError, Picture
from hardware.once import GoneError
from hardware.status import DeviceState

log = logging.getLogger(__name__)

POLL = 2.0
"""Seconds between two looks whether the service is there."""
WITHIN = 5.0
"""Seconds from a question to the last byte of its answer."""
LONGEST = 4_000_000
"""Bytes of an answer."""


@dataclass(frozen=True, slots=True)
class FaceMatcherStatus:
    """What is known of the service."""

    device: DeviceState = DeviceState.STARTING


OnChange = Callable[[FaceMatcherStatus], None]


def _ignore(status: FaceMatcherStatus) -> None:
    pass


class FaceService(Device):
    """The matcher at the socket ``path``, which is looked for all the time.

    :param on_change: called with each new status from a thread of its own; it must return at once.
    """

    def __init__(self, path: str, on_change: OnChange = _ignore, within: float = WITHIN) -> None:
        self._path, self._on_change, self._within = path, on_change, within
        self.status = FaceMatcherStatus()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._follow, name=f"faces at {path}", daemon=True)

    def start(self) -> None:
        """Begin to look for the service."""
        self._thread.start()

    def close(self) -> None:
        """Look for it no more."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join()

    def capture(self) -> Picture:
        """Return who is before the camera now.

        :raises NobodyError: there is nobody. MatcherError: the service is not there, or answers something else.
        """
        picture = self._ask("capture", answer=str | None)
        if picture is None:
            raise NobodyError
        try:
            return Picture(bytearray(base64.b64decode(picture, validate=True)))
        except binascii.Error:
            raise MatcherError("the picture is none") from None

    def compare(self, reference: Picture, live: Picture) -> Likeness:
        """Return how like they are; both pictures are gone then, whatever happens.

        :raises MatcherError: the service is not there, or answers something else; or a picture was compared before.
        """
        try:
            pictures = [base64.b64encode(each.take()).decode() for each in (reference, live)]
        except GoneError:
            raise MatcherError("a picture was compared before") from None
        finally:
            reference.forget()
            live.forget()
        likeness: Likeness = self._ask("compare", *pictures, answer=Likeness)
        return likeness

    def _follow(self) -> None:
        while not self._closing.is_set():
            try:
                self._ask("status", answer=Any)
                self._publish(DeviceState.ONLINE)
            except MatcherError as trouble:
                log.debug("faces: %s", trouble)
                self._publish(DeviceState.NO_DEVICE)
            self._closing.wait(POLL)

    def _ask(self, *words: str, answer: Any) -> Any:
        """Return what is answered; no word of it, nor of the question, is in the error."""
        try:
            said = msgspec.json.decode(
                self._answer(" ".join(words).encode() + b"\n"), type=dict[str, msgspec.Raw]
            )
            return msgspec.json.decode(said["ok"], type=answer)
        except OSError as error:
            raise MatcherError(f"{self._path}: {error.strerror or type(error).__name__}") from None
        except (msgspec.DecodeError, UnicodeDecodeError, KeyError):
            raise MatcherError(f"{self._path}: no answer to {words[0]}") from None

    def _answer(self, question: bytes) -> bytes:
        """Return the line that is answered, within one deadline.

        :raises OSError: it did not come, or is too long.
        """
        end = monotonic() + self._within
        with socket(AF_UNIX) as line:
            line.settimeout(self._within)
            line.connect(self._path)
            line.sendall(question)
            answer = bytearray()
            while not answer.endswith(b"\n"):
                if (left := end - monotonic()) <= 0 or len(answer) > LONGEST:
                    raise TimeoutError
                line.settimeout(left)
                if not (part := line.recv(65_536)):
                    raise ConnectionError
                answer += part
        return bytes(answer)

    def _publish(self, device: DeviceState) -> None:
        status = FaceMatcherStatus(device)
        if status == self.status:
            return
        self.status = status
        try:
            self._on_change(status)
        except Exception:
            log.exception("status callback failed; monitoring continues")
