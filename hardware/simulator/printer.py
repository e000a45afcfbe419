"""A simulated receipt printer behind a pty: it reads ESC/POS as a firmware does and draws its paper.

with SimulatedPrinter(profile, Path("/tmp/printer"), paper=Path("/tmp/paper")) as simulated:
    ...                     # the kiosk opens /tmp/printer like a serial device
    simulated.paper("out")  # the same words as on the control channel
"""

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from PIL import Image

from hardware.printer.profile import Confirm, FlowControl, Profile
from hardware.simulator.control import ControlServer
from hardware.simulator.printer_disturbance import Disturbance
from hardware.simulator.printer_mechanism import Mechanism
from hardware.simulator.printer_paper import Paper
from hardware.simulator.printer_stream import Code, Command, DotRow, RealTime, Stream
from hardware.simulator.printer_wire import Wire

# The printer says busy when so few bytes are free, and ready again at this many (TM-T88III specification).
_BUSY_AT, _READY_AT = 128, 256
_BOOT_SECONDS = 1.5

_Armed = tuple[float, tuple[str, ...]]
"""At which count of bytes or millimetres to carry out which words."""


class SimulatedPrinter:
    """One printer of a profile at the path ``link``.

    :param paper: the folder for the pictures of the paper, one a ticket and ``uncut.png``.
    :param control: the path of a control socket (hardware/simulator/control.py) that takes the verbs.
    :param speed: how many times faster than real time the line and the machinery are.
    """

    def __init__(
        self,
        profile: Profile,
        link: Path,
        paper: Path | None = None,
        control: Path | None = None,
        speed: float = 1.0,
    ) -> None:
        self.profile = profile
        self._speed = speed
        self._lock = threading.RLock()
        self._paper = Paper(profile, paper)
        self._mechanism = Mechanism(profile, self._paper, self._answer)
        self._wire = Wire(profile.serial, link, speed)
        self._stream = Stream()
        self._disturbance = Disturbance(profile)
        self._presented: tuple[int, float] = (0, 0.0)
        self._queue: deque[tuple[float, Command | Code | DotRow]] = deque()
        self._buffered = 0
        self._busy_until = 0.0
        self._able_since = 0.0
        self._deaf_until = 0.0
        self._told = b""
        self._paper_state = "full"
        self._paper_ends_at: float | None = None
        self._cover_open = self._cutter_error = self._overheated = False
        self._armed: list[_Armed] = []
        self._armed_by_paper: list[_Armed] = []
        self._powered = self._plugged = True
        self.received = 0
        self._control_path = control
        self._control: ControlServer | None = None
        self._woken, self._wake = os.pipe2(os.O_NONBLOCK)
        self._stopping = False
        self._thread = threading.Thread(target=self._work, name=f"simulated printer {link}", daemon=True)

    def __enter__(self) -> Self:
        self._wire.open()
        self._thread.start()
        try:
            self._control = ControlServer(self._control_path, self.verbs) if self._control_path else None
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._control:
            self._control.close()
        self._end()
        self._paper.save_uncut()

    def _end(self) -> None:
        self._stopping = True
        self._nudge()
        self._thread.join()
        self._wire.close()
        os.close(self._woken)
        os.close(self._wake)

    @property
    def tickets(self) -> list[Image.Image]:
        """The tickets that were cut off, oldest first; black is 0."""
        with self._lock:
            return list(self._paper.tickets)

    @property
    def uncut(self) -> Image.Image:
        """The paper after the last cut."""
        with self._lock:
            return self._paper.uncut

    # The thread of the firmware

    def _work(self) -> None:
        while not self._stopping:
            now = time.monotonic()
            with self._lock:
                due = self._run_until(now)
                self._mind_the_buffer()
                due = min(filter(None, (due, self._mind_the_presenter(now))), default=None)
            arriving = self._wire.wait(self._woken, now, due)
            with self._lock:
                self._swallow_nudges()
                if arriving:
                    self._receive(time.monotonic())

    def _nudge(self) -> None:
        os.write(self._wake, b"\x00")

    def _swallow_nudges(self) -> None:
        with suppress(BlockingIOError):
            os.read(self._woken, 1024)

    def _receive(self, now: float) -> None:
        for byte in self._wire.read(now, self._room()):
            self.received += 1
            if now >= self._deaf_until:
                self._take(byte, now)
            self._fire(self._armed, self.received)
            if not self._wire.is_open:
                return

    def _room(self) -> int:
        """Return how many bytes may come before the printer says busy; without flow control any may."""
        if self.profile.serial.flow is FlowControl.NONE:
            return self.profile.serial.buffer
        return max(1, self.profile.serial.buffer - self._buffered - _BUSY_AT)

    def _take(self, byte: int, now: float) -> None:
        for item in map(self._disturbance.see, self._stream.feed(byte)):
            if isinstance(item, RealTime):
                self._run_real_time(item)
            elif self._buffered + item.size <= self.profile.serial.buffer:
                self._buffered += item.size
                self._queue.append((now, item))

    def _mind_the_buffer(self) -> None:
        free = self.profile.serial.buffer - self._buffered
        if free <= _BUSY_AT:
            self._wire.hold(True)
        elif free >= _READY_AT:
            self._wire.hold(False)

    def _run_until(self, now: float) -> float | None:
        """Carry out what is due; return the seconds until there is more to do, None for never."""
        while self._queue and self._is_able():
            arrived, item = self._queue[0]
            start = max(arrived, self._busy_until, self._able_since)
            if start > now:
                return start - now
            self._queue.popleft()
            self._buffered -= item.size
            self._busy_until = start + self._mechanism.run(item) / self._speed
            self._after(item)
        return None

    def _mind_the_presenter(self, now: float) -> float | None:
        """Take back a ticket that nobody took in time; return the seconds until then, None for never."""
        if self._presented[0] != self._mechanism.tickets_presented:
            self._presented = self._mechanism.tickets_presented, max(now, self._busy_until)
        patience = self._mechanism.mode.retracts_after
        if not (patience and self._mechanism.ticket_in_mouth):
            return None
        left = self._presented[1] + patience / self._speed - now
        if left <= 0:
            self._mechanism.retract()
            return None
        return left

    def _is_able(self) -> bool:
        stopped = self._cover_open or self._cutter_error or self._overheated or self._paper_state == "out"
        return self._powered and not stopped

    def _after(self, item: Command | Code | DotRow) -> None:
        if isinstance(item, Command) and item.name == "GS a":
            self._told = b""
        if isinstance(item, Command) and item.name in ("GS V", "ESC i", "ESC m"):
            self._cutter_error = self._mechanism.cutter_jammed
        if self._paper_ends_at is not None and self._paper.millimetres >= self._paper_ends_at:
            self._paper_ends_at = None
            self._paper_state = "out"
        self._fire(self._armed_by_paper, self._paper.millimetres)
        self._tell()

    # Answers

    def _answer(self, data: bytes) -> None:
        self._wire.send(data)

    def _tell(self) -> None:
        """Push the automatic status when it has changed."""
        status = self._automatic_status()
        if self._mechanism.mode.automatic and status != self._told:
            self._told = status
            self._wire.send(status)

    def _automatic_status(self) -> bytes:
        first = 0x10 | 0x08 * (not self._is_able()) | 0x20 * self._cover_open
        second = 0x08 * self._cutter_error | 0x40 * self._overheated
        third = 0x03 * (self._paper_state != "full") | 0x0C * (self._paper_state == "out")
        return bytes((first, second, third, 0x0F))

    def _run_real_time(self, item: RealTime) -> None:
        if item.name == "DLE EOT":
            self._answer(self._real_time_status(item.data[0]))
        elif item.name == "DLE DC4" and item.data[0] == 8:
            self._forget()
            self._answer(b"\x37\x25\x00")
        elif item.name == "DLE ENQ" and item.data[0] == 2 and self._cutter_error:
            self._forget()
            self._cutter_error = self._mechanism.cutter_jammed

    def _real_time_status(self, question: int) -> bytes:
        error = self._cutter_error or self._overheated
        out, low = self._paper_state == "out", self._paper_state != "full"
        match question:
            case 1:
                return bytes([0x12 | 0x08 * (not self._is_able())])
            case 2:
                return bytes([0x12 | 0x04 * self._cover_open | 0x20 * out | 0x40 * error])
            case 3:
                return bytes([0x12 | 0x08 * self._cutter_error | 0x40 * self._overheated])
            case 4:
                return bytes([0x12 | 0x0C * low | 0x60 * out])
            case 20 if self.profile.confirm.method is Confirm.PRESENTER:
                paper = 0x01 * out | 0x04 * low | 0x20 * self._mechanism.ticket_in_mouth
                return bytes((0x10, 0x0F, paper, 0x02 * self._cover_open, 0x01 * self._overheated, 0x00))
        return b""

    def _forget(self) -> None:
        """Clear the receive buffer and the line buffer."""
        self._queue.clear()
        self._buffered = 0
        self._mechanism.mode.line.clear()
        self._mechanism.mode.x = 0

    # The verbs of the control channel: what can happen to a printer

    @property
    def verbs(self) -> Mapping[str, Callable[..., Any]]:
        """The words that the control channel understands."""
        return {
            "status": self.status,
            "paper": self.paper,
            "cover": self.cover,
            "cutter": self.cutter,
            "heat": self.heat,
            "power": self.power,
            "cable": self.cable,
            "restart": self.restart,
            "silence": self.silence,
            "garbage": self.garbage,
            "baud": self.baud,
            "take": self.take,
            "uncut": self.save_uncut,
            "after": self.after,
            "disarm": self.disarm,
            "at": self.at,
            "die-at": lambda count: self.at(count, "power", "off"),
        }

    def status(self) -> dict[str, Any]:
        """Return what this printer is doing."""
        with self._lock:
            return {
                "power": self._powered,
                "cable": self._plugged,
                "paper": self._paper_state,
                "cover_open": self._cover_open,
                "cutter_error": self._cutter_error,
                "overheated": self._overheated,
                "received": self.received,
                "buffered": self._buffered,
                "millimetres": round(self._paper.millimetres, 1),
                "tickets": len(self._paper.tickets),
                "ticket_in_mouth": self._mechanism.ticket_in_mouth,
                "retracts_after": self._mechanism.mode.retracts_after,
                "retracted": self._mechanism.tickets_retracted,
                "armed": [list(words) for _, words in [*self._armed, *self._armed_by_paper]],
            }

    def paper(self, state: str, millimetres: str | float | None = None) -> None:
        """Set the paper ``full``, ``low`` or ``out``; ``out 40`` lets it end 40 mm from here."""
        if state not in ("full", "low", "out"):
            raise ValueError(f"paper {state!r}; say full, low or out")
        with self._changing():
            if millimetres is not None:
                self._paper_ends_at = self._paper.millimetres + float(millimetres)
            else:
                self._paper_state = state
                self._mechanism.paper_low = state != "full"

    def cover(self, state: str) -> None:
        """Set the cover ``open`` or ``closed``."""
        with self._changing():
            self._cover_open = _choose(state, "open", "closed")

    def cutter(self, state: str) -> None:
        """Let the cutter ``jam`` at its next cut, or set it ``free``."""
        with self._changing():
            self._mechanism.cutter_jammed = _choose(state, "jam", "free")
            self._cutter_error = self._cutter_error and self._mechanism.cutter_jammed

    def heat(self, state: str) -> None:
        """Set the head too hot (``on``) or cool again (``off``)."""
        with self._changing():
            self._overheated = _choose(state, "on", "off")

    def power(self, state: str) -> None:
        """Switch the printer ``off``, with its line, or ``on`` again with an empty memory."""
        on = _choose(state, "on", "off")
        with self._changing():
            if on is self._powered:
                return
            self._lose_memory()
            self._powered = on
            if not on:
                self._paper.save_uncut()
            self._connect()

    def cable(self, state: str) -> None:
        """Pull the cable ``out``: the line vanishes, and what has arrived is printed; or plug it ``in`` again."""
        with self._changing():
            self._plugged = _choose(state, "in", "out")
            self._connect()

    def _connect(self) -> None:
        if not (self._powered and self._plugged):
            self._wire.close()
        elif not self._wire.is_open:
            self._wire.open()

    def restart(self) -> None:
        """Let the power blink while the line stays: all memory is lost and the boot hears nothing."""
        with self._changing():
            self._lose_memory()
            self._deaf_until = time.monotonic() + _BOOT_SECONDS / self._speed

    def _lose_memory(self) -> None:
        self._forget()
        self._stream.reset()
        self._mechanism.reset()

    def silence(self, state: str) -> None:
        """Let the printer answer nothing (``on``) or answer again (``off``)."""
        with self._changing():
            self._wire.silent = _choose(state, "on", "off")

    def garbage(self, state: str) -> None:
        """Let the printer answer with noise (``on``) or properly (``off``)."""
        with self._changing():
            self._wire.garbled = _choose(state, "on", "off")

    def baud(self, rate: str | int) -> None:
        """Set the printer's own baud rate; a host with another one hears and says only noise."""
        with self._changing():
            self._wire.baud = int(rate)

    def take(self) -> bool:
        """Take the ticket out of the presenter's mouth; return whether there was one."""
        with self._changing():
            taken = self._mechanism.ticket_in_mouth
            self._mechanism.ticket_in_mouth = False
            return taken

    def save_uncut(self) -> None:
        """Write what hangs out of the printer to ``uncut.png``, as it is now."""
        with self._lock:
            self._paper.save_uncut()

    def at(self, count: str | int, *words: str) -> None:
        """Carry out another verb when ``count`` more bytes have arrived, e.g. ``at 600 cover open``."""
        self._check_verb(words)
        with self._lock:
            self._armed.append((self.received + int(count), words))
            self._fire(self._armed, self.received)

    def after(self, millimetres: str | float, *words: str) -> None:
        """Carry out another verb when so much more paper has come out, e.g. ``after 40 cover open``."""
        self._check_verb(words)
        with self._lock:
            self._armed_by_paper.append((self._paper.millimetres + float(millimetres), words))

    def disarm(self) -> None:
        """Forget all that ``at`` and ``after`` are waiting to do."""
        with self._lock:
            self._armed.clear()
            self._armed_by_paper.clear()

    def _check_verb(self, words: tuple[str, ...]) -> None:
        if not words or words[0] not in self.verbs:
            raise ValueError(f"no verb {' '.join(words)!r}; there are: {', '.join(sorted(self.verbs))}")

    def _fire(self, armed: list[_Armed], reached: float) -> None:
        for entry in [entry for entry in armed if entry[0] <= reached]:
            armed.remove(entry)
            verb, *rest = entry[1]
            self.verbs[verb](*rest)

    def _changing(self) -> "_Change":
        return _Change(self)


class _Change:
    """A change from outside: made under the lock, told to the host, and carried on from now."""

    def __init__(self, printer: SimulatedPrinter) -> None:
        self._printer = printer

    def __enter__(self) -> None:
        self._printer._lock.acquire()
        self._was_able = self._printer._is_able()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._was_able and self._printer._is_able():
            self._printer._able_since = time.monotonic()
        self._printer._tell()
        self._printer._lock.release()
        self._printer._nudge()


def _choose(word: str, yes: str, no: str) -> bool:
    if word not in (yes, no):
        raise ValueError(f"{word!r}; say {yes} or {no}")
    return word == yes
