"""What happens at the reader: cards that come and go, readers and the service that come and go."""

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import monotonic

from hardware.card.choice import choose
from hardware.card.connection import GONE, MUTE, NEW_READERS, PRESENT, Service
from hardware.card.errors import AmbiguousReaderError, NoReaderError, ReaderServiceDownError
from hardware.status import ChipState, DeviceState, MediaState

log = logging.getLogger(__name__)

SETTLE = 0.002
"""Seconds between two looks at a state that does not fit the last one."""

BELIEVE_FIRST, BELIEVE = 0.1, 1.0
"""Seconds after which such a state is believed: the first one of a reader, and any later one.

When a program releases a card that was just pulled, pcscd says "no card" at once, but counts the removal only when
it next looks at the reader: up to 0.4 s later.
"""

RETRY = 0.1
"""Seconds between two attempts to reach a service that is down."""

CLOSING = 2.0
"""Seconds to wait for the monitor's thread."""

COUNTS = 0x10000
"""pcscd's counter of events begins again after so many."""

LOOK_AGAIN = 1.0
"""Seconds after which the list of readers is read again, should a notification have been missed."""


@dataclass(frozen=True, slots=True)
class CardReaderStatus:
    """What is known of the reader. ``insertion`` numbers the cards put in since start; 0 = no card is in.

    ``device`` is USER_ERROR while nobody can tell which reader is meant: ``candidates`` are those that there are.
    """

    device: DeviceState = DeviceState.STARTING
    media: MediaState = MediaState.UNKNOWN
    chip: ChipState = ChipState.UNKNOWN
    reader: str = ""
    insertion: int = 0
    candidates: tuple[str, ...] = ()


class InsertionTracker:
    """Turns the states of one reader into every insertion and removal, also those between two looks."""

    def __init__(self) -> None:
        self._reader = ""
        self._present = False
        self._counter = 0
        self._insertions = 0

    def forget(self) -> None:
        """Take the reader for another one from now on: it was away, so its card may be another one too."""
        self._reader = ""

    def doubt(self, reader: str, state: int) -> float:
        """Return for how many seconds the state is not to be believed; 0 when it fits the last one.

        pcscd sets the presence first and counts the event later: a state read in between would make one insertion,
        or one removal, two. And libpcsclite keeps one picture of all readers for all connections of a process: one
        that another thread asked for earlier may come after a newer one.
        """
        present = bool(state & PRESENT)
        if reader != self._reader:
            return BELIEVE_FIRST if present else 0.0
        events = self._since_last(state)
        return 0.0 if events % 2 == (present != self._present) and not _backwards(events) else BELIEVE

    def see(self, reader: str, state: int) -> Iterator[int]:
        """Yield the number of the insertion (0 = no card) after each thing that happened since the last look.

        When nothing happened it is yielded once.
        """
        happened = self._count(reader, state)
        for _ in range(happened):
            self._present = not self._present
            self._insertions += self._present
            yield self._insertions if self._present else 0
        if not happened:
            yield self._insertions if self._present else 0

    def _count(self, reader: str, state: int) -> int:
        present, happened = bool(state & PRESENT), self._since_last(state)
        self._counter = state >> 16
        if reader != self._reader or _backwards(happened):  # it counts from the beginning: another reader
            self._reader, self._present = reader, False
            return int(present)
        if happened % 2 != (
            present != self._present
        ):  # the reader was in error in between: take it for a swap
            happened += 1
        return happened

    def _since_last(self, state: int) -> int:
        return ((state >> 16) - self._counter) % COUNTS


def _backwards(events: int) -> bool:
    return events >= COUNTS // 2


class Monitor:
    """Follows one reader from a thread of its own and tells each change of its status.

    :param name: the reader's PC/SC name or whole words of it; see :func:`hardware.card.choice.choose`.
    :param service: makes a connection to the PC/SC service.
    :param on_change: called from the monitor's thread, only when the status changed.
    :param simulated: whether a simulated reader may be taken.
    """

    def __init__(
        self,
        name: str,
        service: Callable[[], Service],
        on_change: Callable[[CardReaderStatus], None],
        *,
        simulated: bool = True,
    ) -> None:
        self.now: tuple[CardReaderStatus, int] = CardReaderStatus(), 0
        self._name, self._service, self._on_change = name, service, on_change
        self._simulated = simulated
        self._history = InsertionTracker()
        self._stuck = 0
        self._doubted: int | None = None
        self._doubtful_since = 0.0
        self._connected: Service | None = None
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="card-monitor", daemon=True)

    def start(self) -> None:
        """Begin to follow the reader."""
        self._thread.start()

    def close(self) -> None:
        """Stop, within :data:`CLOSING` seconds at most."""
        self._closing.set()
        give_up = monotonic() + CLOSING
        while self._thread.is_alive() and monotonic() < give_up:
            self._wake()  # again and again: a cancel between two waits is lost
            self._thread.join(0.02)

    def mark_stuck(self, insertion: int) -> None:
        """Report a hardware error for as long as the card of this insertion stays in."""
        self._stuck = insertion
        self._wake()

    def _wake(self) -> None:
        service = self._connected
        if service:
            service.cancel()

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                self._connected = self._service()
                self._follow(self._connected)
            except ReaderServiceDownError as down:
                log.info("card reader service down: %s", down)
                self._lost(DeviceState.OFFLINE)
                self._closing.wait(RETRY)
            finally:
                service, self._connected = self._connected, None
                if service:
                    service.close()

    def _follow(self, service: Service) -> None:
        known: dict[str, int] = {}
        while not self._closing.is_set():
            try:
                reader = choose(service.readers(), self._name, simulated=self._simulated)
                known = self._look(service, reader, known.get(reader, 0))
            except AmbiguousReaderError as error:
                known = self._refuse(service, error)
            except NoReaderError:  # it was unplugged between the two calls
                known = {}

    def _refuse(self, service: Service, error: AmbiguousReaderError) -> dict[str, int]:
        self._lost(DeviceState.USER_ERROR, error.readers)
        service.wait([(NEW_READERS, 0)], LOOK_AGAIN)
        return {}

    def _look(self, service: Service, reader: str, known: int) -> dict[str, int]:
        if not reader:
            self._lost(DeviceState.NO_DEVICE)
            service.wait([(NEW_READERS, 0)], LOOK_AGAIN)
            return {}
        state = dict(service.wait([(reader, known), (NEW_READERS, 0)], LOOK_AGAIN))[reader]
        if state & GONE:
            self._lost(DeviceState.HARDWARE_ERROR)
        elif self._is_doubtful(reader, state):
            self._closing.wait(SETTLE)
            return {reader: known}
        elif state:
            self._tell(reader, state)
        return {reader: state}

    def _is_doubtful(self, reader: str, state: int) -> bool:
        now = monotonic()
        if state != self._doubted:
            self._doubted, self._doubtful_since = state, now
        doubtful = now < self._doubtful_since + self._history.doubt(reader, state)
        if not doubtful:
            self._doubted = None
        return doubtful

    def _tell(self, reader: str, state: int) -> None:
        chip = ChipState.HARDWARE_ERROR if state & MUTE else ChipState.ONLINE
        for insertion in self._history.see(reader, state):
            if not insertion:
                media = MediaState.NOT_PRESENT
                self._publish(CardReaderStatus(DeviceState.ONLINE, media, ChipState.NO_CARD, reader))
            elif insertion == self._stuck:
                error = DeviceState.HARDWARE_ERROR, MediaState.PRESENT, ChipState.HARDWARE_ERROR
                self._publish(CardReaderStatus(*error, reader, insertion), state >> 16)
            else:
                online = DeviceState.ONLINE, MediaState.PRESENT, chip
                self._publish(CardReaderStatus(*online, reader, insertion), state >> 16)

    def _lost(self, device: DeviceState, candidates: tuple[str, ...] = ()) -> None:
        self._history.forget()
        self._publish(CardReaderStatus(device, candidates=candidates))

    def _publish(self, status: CardReaderStatus, counter: int = 0) -> None:
        before, _ = self.now
        self.now = status, counter
        if status == before:
            return
        try:
            self._on_change(status)
        except Exception:
            log.exception("status callback failed; monitoring continues")
