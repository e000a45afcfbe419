"""A simulated QR scanner in serial mode: it sends whatever code is held before it.

with SimulatedScanner(Path("/tmp/scanner")) as simulated:
    simulated.scan("a token")
"""

import random
import string
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from hardware.simulator.control import ControlServer
from hardware.simulator.pty_device import PtyDevice

_ENDS = {"cr": b"\r", "lf": b"\n", "crlf": b"\r\n", "none": b""}
_TOKEN_CHARACTERS = string.ascii_letters + string.digits


class SimulatedScanner:
    """A scanner at the path ``link``.

    :param control: the path of a control socket (hardware/simulator/control.py) that takes the verbs.
    """

    def __init__(self, link: Path, control: Path | None = None) -> None:
        self._link, self._control_path = link, control
        self._random = random.Random()  # noqa: S311 - invented tokens open nothing
        self._end = b"\r"
        self.sent = 0

    def __enter__(self) -> Self:
        self._device = PtyDevice(self._link, hear=lambda data: None)
        try:
            self._control = ControlServer(self._control_path, self.verbs) if self._control_path else None
        except BaseException:
            self._device.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._control:
            self._control.close()
        self._device.close()

    @property
    def verbs(self) -> Mapping[str, Callable[..., Any]]:
        """The words that the control channel understands."""
        return {
            "status": self.status,
            "scan": self.scan,
            "scan-new": self.scan_new,
            "scan-bytes": self.scan_bytes,
            "end": self.end,
            "unplug": self.unplug,
            "plug": self.plug,
        }

    def status(self) -> dict[str, Any]:
        """Return what this scanner is doing; never what it sent."""
        end = next(name for name, end in _ENDS.items() if end == self._end)
        plugged, heard = self._device.is_plugged, self._device.host_listens
        return {"plugged": plugged, "heard": heard, "sent": self.sent, "end": end}

    def scan(self, text: str) -> None:
        """Hold this code before the scanner."""
        self._send(text.encode() + self._end)

    def scan_new(self) -> None:
        """Hold a new electronic social security card before the scanner: an invented token."""
        self.scan("".join(self._random.choices(_TOKEN_CHARACTERS, k=64)))

    def scan_bytes(self, data: str) -> None:
        """Send exactly these bytes, in hex: a code that is no text, or a part of one."""
        self._send(bytes.fromhex(data))

    def end(self, name: str) -> None:
        """Set what the scanner sends after each code: cr, lf, crlf or none."""
        if name not in _ENDS:
            raise ValueError(f"{name!r}; say {', '.join(_ENDS)}")
        self._end = _ENDS[name]

    def unplug(self) -> None:
        """Pull the scanner's plug."""
        self._device.unplug()

    def plug(self) -> None:
        """Plug the scanner in again."""
        self._device.plug()

    def _send(self, data: bytes) -> None:
        self._device.send(data)
        self.sent += 1
