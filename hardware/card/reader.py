"""The card reader as the kiosk sees it: a status that changes, and a session with the card that is in."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from hardware.card.choice import choose, is_simulated
from hardware.card.connection import PRESENT, PcscService, Service
from hardware.card.errors import (
    AmbiguousReaderError,
    CardChangedError,
    CardUnresponsiveError,
    NoCardError,
    NoReaderError,
    ReaderBusyError,
    ReaderServiceDownError,
    SimulatedReaderError,
)
from hardware.card.monitor import CardReaderStatus, Monitor
from hardware.card.session import CardSession
from hardware.card.worker import Worker, WorkerHungError
from hardware.status import ChipState, DeviceState

LISTING = 3.0
"""Seconds within which the PC/SC service must have listed its readers."""


def _ignore(status: CardReaderStatus) -> None:
    pass


class CardReader:
    """A PC/SC card reader.

    :param name: its PC/SC name or whole words of it; empty takes the one for citizens' cards, if that can be told.
    :param on_change: called from the monitor's thread with each new status, and only when it changed.
    :param simulated: whether it may be a simulated reader.
    :param answer_within: seconds that a card has to answer a command before it counts as mute.
    """

    def __init__(
        self,
        name: str = "",
        on_change: Callable[[CardReaderStatus], None] = _ignore,
        *,
        simulated: bool = True,
        answer_within: float = 3.0,
        service: Callable[[], Service] = PcscService,
    ) -> None:
        self._name, self._service, self._answer_within = name, service, answer_within
        self._simulated = simulated
        self._monitor = Monitor(name, service, on_change, simulated=simulated)
        self._in_use = threading.Lock()

    def require_choice(self) -> None:
        """Refuse the readers that there are now, if nobody can tell which one is meant, or one may not be there.

        :raises AmbiguousReaderError: nobody can. A service or a reader that is not there is waited for later on.
        :raises SimulatedReaderError: there is a simulated reader; one that comes later is never taken.
        """
        with suppress(ReaderServiceDownError):
            readers = list(list_readers(self._service))
            if not self._simulated and any(map(is_simulated, readers)):
                raise SimulatedReaderError
            choose(readers, self._name)

    def start(self) -> None:
        """Begin to follow the reader."""
        self._monitor.start()

    def close(self) -> None:
        """Stop following the reader. Sessions end by themselves."""
        self._monitor.close()

    @property
    def status(self) -> CardReaderStatus:
        """What is known of the reader now."""
        return self._monitor.now[0]

    @contextmanager
    def session(self, insertion: int) -> Iterator[CardSession]:
        """Open the card of this insertion (``status.insertion``), and power it off at the end.

        :raises CardChangedError: another card is in by now; NoCardError, NoReaderError,
            ReaderServiceDownError, ReaderBusyError; CardUnresponsiveError: wrong way round, dirty or dead;
            NotSocialSecurityCardError; ApplicationBlockedError.
        """
        if not self._in_use.acquire(blocking=False):
            raise ReaderBusyError("another session is open")
        try:
            session = self._open(insertion)
            try:
                yield session
            finally:
                session.close()
        finally:
            self._in_use.release()

    def _open(self, insertion: int) -> CardSession:
        status, counter = self._monitor.now
        _require(status, insertion)
        return CardSession(
            self._service,
            status.reader,
            counter,
            self._answer_within,
            on_stuck=lambda: self._monitor.mark_stuck(insertion),
            still_seen=lambda: self.status.reader == status.reader,
        )


def _require(status: CardReaderStatus, insertion: int) -> None:
    if status.device in (DeviceState.OFFLINE, DeviceState.STARTING):
        raise ReaderServiceDownError
    if status.candidates:
        raise AmbiguousReaderError(status.candidates)
    if not status.reader:
        raise NoReaderError
    if not status.insertion:
        raise NoCardError
    if status.insertion != insertion:
        raise CardChangedError("another card was put in")
    if status.chip == ChipState.HARDWARE_ERROR:
        raise CardUnresponsiveError("wrong way round, dirty or dead")


def list_readers(service: Callable[[], Service] = PcscService) -> dict[str, bool]:
    """Return the PC/SC names of all readers, and whether a card is in.

    :raises ReaderServiceDownError: the service does not answer.
    """

    def ask() -> dict[str, bool]:
        connected = service()
        try:
            unknown = [(reader, 0) for reader in connected.readers()]
            states = connected.wait(unknown, 0) if unknown else []
            return {reader: bool(state & PRESENT) for reader, state in states}
        except NoReaderError:  # it was unplugged between the two calls
            return {}
        finally:
            connected.close()

    worker = Worker("card-readers")
    try:
        return worker.do(ask, LISTING, LISTING)
    except WorkerHungError:
        raise ReaderServiceDownError("the service does not list its readers") from None
    finally:
        worker.stop(lambda: None)
