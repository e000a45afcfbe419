"""One open card, bound to one insertion: every call is bounded in time and happens in a worker."""

from collections.abc import Callable
from time import monotonic, sleep
from typing import NoReturn, TypeVar

from hardware.card.bank import BankApplication
from hardware.card.connection import PRESENT, Connection, Service
from hardware.card.errors import (
    CardChangedError,
    CardError,
    CardRemovedError,
    CardUnresponsiveError,
    NoReaderError,
    PinpadUnsupportedError,
    ReaderBusyError,
    TransportUncertainError,
)
from hardware.card.items import CardBasics, Holder
from hardware.card.pin import Pin
from hardware.card.pinpad import ENTRY_SECONDS, Pinpad
from hardware.card.social_security import Key, PinStatus, SocialSecurityCard
from hardware.card.worker import Worker, WorkerHungError

T = TypeVar("T")

BUSY_PATIENCE = 1.0
"""Seconds to wait for another program to release the card."""

CONNECT_AGAIN = 0.1
"""Seconds after which a reader that PC/SC denies, though it reports a card in it, is asked once more."""

REMOVAL_NOTICED = 0.6
"""Seconds within which PC/SC notices a removal (it polls some readers every 0.4 s)."""

OPERATION_STEPS = 5
"""An operation of many commands may take this many times the limit of one command."""


class CardLine:
    """The wire to the card of one insertion; everything here runs in the worker's thread.

    Once broken it stays so: no command reaches whatever card is in after that.
    """

    def __init__(
        self, service: Service, reader: str, counter: int, worker: Worker, still_seen: Callable[[], bool]
    ) -> None:
        """Power the card on.

        :param still_seen: whether the monitor sees the reader. pcsc-lite 2.5.1 may deny for a moment a reader that
            it reports at the same time: then it is asked once more.
        :raises CardChangedError: another card is in by now.
        """
        self._service, self._reader, self._counter, self._worker = service, reader, counter, worker
        self.broken: CardError | None = None
        try:
            self._connection = self._open()
        except NoReaderError:
            if not still_seen():
                raise
            sleep(CONNECT_AGAIN)
            self._connection = self._open()

    def transmit(self, command: bytes | bytearray) -> tuple[bytes, int]:
        """Send a command to the card."""
        if self.broken or self._worker.abandoned:
            self._refuse()
        self._worker.last_sign = monotonic()
        try:
            return self._connection.transmit(command)
        except CardError as error:
            self.broken = self._cause(error)
            raise self.broken from None

    def control(self, code: int, data: bytes) -> bytes:
        """Send a command to the reader itself."""
        if self.broken or self._worker.abandoned:
            self._refuse()
        self._worker.last_sign = monotonic()
        return self._connection.control(code, data)

    def close(self) -> None:
        """Power the card off."""
        self._connection.close()

    def _refuse(self) -> NoReturn:
        raise self.broken or CardUnresponsiveError("given up")

    def _cause(self, error: CardError) -> CardError:
        """Tell a mute card from one that was pulled: PC/SC calls both "not transacted"."""
        self._worker.last_sign = monotonic()
        if isinstance(error, CardUnresponsiveError) and not self._still_there(REMOVAL_NOTICED):
            return CardRemovedError(str(error))
        return error

    def _open(self) -> Connection:
        connection = self._connect()
        try:
            if self._still_there():
                return connection
        except CardError:
            connection.close()
            raise
        connection.close()
        raise CardChangedError("another card was put in")

    def _connect(self) -> Connection:
        give_up = monotonic() + BUSY_PATIENCE
        while True:
            self._worker.last_sign = monotonic()
            try:
                return self._service.connect(self._reader)
            except ReaderBusyError:
                if monotonic() > give_up or self._worker.abandoned:
                    raise
                sleep(0.05)

    def _still_there(self, seconds: float = 0) -> bool:
        [(_, state)] = self._service.wait([(self._reader, 0)], 0)
        if seconds and self._is_ours(state):
            [(_, state)] = self._service.wait([(self._reader, state)], seconds)
        return self._is_ours(state)

    def _is_ours(self, state: int) -> bool:
        return bool(state & PRESENT) and state >> 16 == self._counter


class CardSession:
    """The social security card of one insertion, powered on until :meth:`close`.

    The methods are those of :class:`SocialSecurityCard`. Each may also raise CardRemoved, CardChanged,
    CardMute (no answer in time) and ReaderServiceDown; those that write raise TransportUncertain instead.

    :param answer_within: seconds that the card has for one answer.
    :param on_stuck: called when the card does not answer at all and its worker was left behind.
    :param still_seen: whether the monitor sees the reader.
    """

    def __init__(
        self,
        service: Callable[[], Service],
        reader: str,
        counter: int,
        answer_within: float,
        on_stuck: Callable[[], None],
        still_seen: Callable[[], bool],
    ) -> None:
        self._answer_within, self._on_stuck = answer_within, on_stuck
        self._worker = Worker("card-session")
        self._cleanups: list[Callable[[], None]] = []
        self._line: CardLine | None = None
        try:
            self._card = self._do(lambda: self._open(service, reader, counter, still_seen))
        except BaseException:
            self.close()
            raise

    @property
    def identity(self) -> str:
        """卡的识别码, 32 hex digits: read from the card the first time."""
        return self._do(lambda: self._card.identity)

    def read_basic(self) -> CardBasics:
        """Read EF05, which every card gives freely."""
        return self._do(self._card.read_basic)

    def read_holder(self) -> Holder:
        """Read EF06.

        :raises AuthenticationRequiredError: a 3.0 card, and the centre has not authenticated in this session.
        """
        return self._do(self._card.read_holder)

    def read_bank(self) -> BankApplication:
        """Look for the bank application."""
        return self._do(self._card.read_bank)

    def pin_status(self) -> PinStatus:
        """Ask whether a PIN is set and how many tries are left; this spends no try."""
        return self._do(self._card.pin_status)

    def verify_pin(self, pin: Pin) -> None:
        """Show the card the PIN, once.

        :raises InvalidPinError: wrong; PinLockedError: no tries left; TransportUncertainError: no answer came.
        """
        self._write(lambda: self._card.verify_pin(pin))

    def change_pin(self, old: Pin, new: Pin) -> None:
        """Replace the PIN; sent once.

        :raises InvalidPinError: the old one is wrong; PinLockedError: no tries left; TransportUncertainError:
            no answer.
        """
        self._write(lambda: self._card.change_pin(old, new))

    def has_pinpad(self) -> bool:
        """Whether the reader has a key pad that can verify and change a PIN."""
        try:
            self._do(self._pinpad)
        except PinpadUnsupportedError:
            return False
        return True

    def verify_pin_on_pad(self) -> None:
        """Have the PIN typed on the reader's pad and shown to the card, once.

        :raises InvalidPinError, PinLockedError, TransportUncertainError: as ``verify_pin``; PinEntryCancelledError,
            PinEntryTimeoutError, PinEntryMismatchError: nothing was sent to the card.
        """
        self._write(lambda: self._pinpad().verify(), ENTRY_SECONDS)

    def change_pin_on_pad(self) -> None:
        """Have the old PIN and twice the new one typed on the reader's pad, and the PIN changed, once.

        :raises InvalidPinError, PinLockedError, TransportUncertainError: as ``change_pin``; PinEntryCancelledError,
            PinEntryTimeoutError, PinEntryMismatchError: nothing was sent to the card.
        """
        self._write(lambda: self._pinpad().change(), 3 * ENTRY_SECONDS)

    def challenge(self, length: int = 8) -> bytes:
        """Return random bytes for the centre; they are good for the next command only."""
        return self._do(lambda: self._card.challenge(length))

    def internal_authenticate(self, process: bytes, source: bytes) -> bytes:
        """Relay the centre's challenge; return the card's answer, b"" when it cannot give one."""
        return self._do(lambda: self._card.internal_authenticate(process, source))

    def authenticate(self, cryptogram: bytes, key: Key) -> None:
        """Relay the centre's proof for the last challenge.

        :raises AuthenticationFailedError: the card does not accept it.
        """
        self._do(lambda: self._card.authenticate(cryptogram, key))

    def unblock_pin(self, mac: bytes) -> None:
        """Relay the centre's message that gives the old PIN its tries back."""
        self._write(lambda: self._card.unblock_pin(mac))

    def reset_pin(self, message: bytes) -> None:
        """Relay the centre's message with a new PIN, enciphered for the card."""
        self._write(lambda: self._card.reset_pin(message))

    def close(self) -> None:
        """Power the card off, so that a verified PIN does not outlive the visit; bounded in time."""
        if not self._worker.abandoned:
            try:
                self._worker.do(self._clean_up, self._answer_within, self._answer_within)
            except WorkerHungError:
                self._on_stuck()
        self._worker.stop(self._clean_up)

    def _open(
        self, service: Callable[[], Service], reader: str, counter: int, still_seen: Callable[[], bool]
    ) -> SocialSecurityCard:
        connected = service()
        self._cleanups.append(connected.close)
        self._line = CardLine(connected, reader, counter, self._worker, still_seen)
        self._cleanups.append(self._line.close)
        return SocialSecurityCard(self._line.transmit)

    def _pinpad(self) -> Pinpad:
        assert self._line
        return Pinpad(self._line.control)

    def _clean_up(self) -> None:
        while self._cleanups:
            self._cleanups.pop()()

    def _do(self, job: Callable[[], T]) -> T:
        self._require_answering()
        limit = self._answer_within
        try:
            return self._worker.do(job, limit, OPERATION_STEPS * limit)
        except WorkerHungError:
            self._on_stuck()
            raise CardUnresponsiveError(f"no answer within {limit} s") from None
        except CardUnresponsiveError:
            self._on_stuck()
            raise

    def _write(self, job: Callable[[], None], entry_seconds: float = 0) -> None:
        self._require_answering()
        limit = self._answer_within + entry_seconds
        try:
            self._worker.do(job, limit, limit)
        except WorkerHungError:
            self._on_stuck()
            raise TransportUncertainError(f"no answer within {limit} s") from None

    def _require_answering(self) -> None:
        if self._worker.abandoned:
            raise CardUnresponsiveError("the card stopped answering earlier in this session")
        if self._line and self._line.broken:
            raise self._line.broken
