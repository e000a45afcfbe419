"""The card reader as the kiosk sees it: a status that changes, and a session with the card that is in."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from hardware.card.connection import PcscService, Service
from hardware.card.errors import CardChanged, CardMute, NoCard, NoReader, ReaderBusy, ReaderServiceDown
from hardware.card.monitor import CardReaderStatus, Monitor
from hardware.card.session import CardSession
from hardware.status import ChipState, DeviceState


def _ignore(status: CardReaderStatus) -> None:
    pass


class CardReader:
    """A PC/SC card reader.

    :param name: its PC/SC name or a part of it; empty takes the first reader.
    :param on_change: called from the monitor's thread with each new status, and only when it changed.
    :param answer_within: seconds that a card has to answer a command before it counts as mute.
    """

    def __init__(
        self,
        name: str = "",
        on_change: Callable[[CardReaderStatus], None] = _ignore,
        *,
        answer_within: float = 3.0,
        service: Callable[[], Service] = PcscService,
    ) -> None:
        self._service, self._answer_within = service, answer_within
        self._monitor = Monitor(name, service, on_change)
        self._in_use = threading.Lock()

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

        :raises CardChanged: another card is in by now; NoCard, NoReader, ReaderServiceDown, ReaderBusy;
            CardMute: wrong way round, dirty or dead; NotSocialSecurityCard; ApplicationBlocked.
        """
        if not self._in_use.acquire(blocking=False):
            raise ReaderBusy("another session is open")
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
        )


def _require(status: CardReaderStatus, insertion: int) -> None:
    if status.device in (DeviceState.OFFLINE, DeviceState.STARTING):
        raise ReaderServiceDown
    if not status.reader:
        raise NoReader
    if not status.insertion:
        raise NoCard
    if status.insertion != insertion:
        raise CardChanged("another card was put in")
    if status.chip == ChipState.HARDWARE_ERROR:
        raise CardMute("wrong way round, dirty or dead")
