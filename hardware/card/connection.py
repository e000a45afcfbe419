"""The one module that talks PC/SC, through pyscard's low-level functions.

Every result code becomes an exception of :mod:`hardware.card.errors`. Nothing here knows what the bytes mean;
the trace shows the header of a command and never its data, nor the answer's.
"""

import logging
from collections.abc import Callable, Sequence
from time import monotonic
from types import TracebackType
from typing import Any, Protocol, Self

from smartcard import scard

from hardware.card.errors import (
    CardError,
    CardRemovedError,
    CardUnresponsiveError,
    NoCardError,
    NoReaderError,
    PinpadUnsupportedError,
    ReaderBusyError,
    ReaderServiceDownError,
)

log = logging.getLogger(__name__)

NEW_READERS = "\\\\?PnP?\\Notification"
"""The name of no reader: waiting for it is waiting for a reader to be plugged in or out."""

PRESENT, MUTE = scard.SCARD_STATE_PRESENT, scard.SCARD_STATE_MUTE
GONE = scard.SCARD_STATE_UNKNOWN | scard.SCARD_STATE_UNAVAILABLE | scard.SCARD_STATE_IGNORE

_OK = scard.SCARD_S_SUCCESS
_QUIET = (scard.SCARD_E_TIMEOUT, scard.SCARD_E_CANCELLED)
_MEANING: dict[int, type[CardError]] = {
    scard.SCARD_E_NO_SMARTCARD: NoCardError,
    scard.SCARD_E_NOT_TRANSACTED: CardUnresponsiveError,  # or just removed: the event counter tells
    scard.SCARD_W_REMOVED_CARD: CardRemovedError,
    scard.SCARD_W_RESET_CARD: CardRemovedError,  # whatever was selected or verified is gone with the reset
    scard.SCARD_W_UNPOWERED_CARD: CardUnresponsiveError,
    scard.SCARD_W_UNRESPONSIVE_CARD: CardUnresponsiveError,
    scard.SCARD_E_PROTO_MISMATCH: CardUnresponsiveError,
    scard.SCARD_W_UNSUPPORTED_CARD: CardUnresponsiveError,
    scard.SCARD_E_UNKNOWN_READER: NoReaderError,
    scard.SCARD_E_READER_UNAVAILABLE: NoReaderError,
    scard.SCARD_E_NO_READERS_AVAILABLE: NoReaderError,
    scard.SCARD_E_SHARING_VIOLATION: ReaderBusyError,
}


class Connection(Protocol):
    """An open card. Not for use by two threads."""

    def transmit(self, command: bytes | bytearray) -> tuple[bytes, int]:
        """Send a command; return data and status word."""

    def control(self, code: int, data: bytes) -> bytes:
        """Send a command to the reader itself; return its answer."""

    def close(self) -> None:
        """Power the card off."""


class Service(Protocol):
    """A connection to the PC/SC service; each thread has its own."""

    def readers(self) -> list[str]:
        """Return the names of all readers, empty when there is none."""

    def wait(self, known: Sequence[tuple[str, int]], seconds: float) -> list[tuple[str, int]]:
        """Wait until a reader's state differs from the known one, and return the states then."""

    def cancel(self) -> None:
        """End a ``wait`` from another thread."""

    def connect(self, reader: str) -> Connection:
        """Power the card on, for this program alone."""

    def close(self) -> None:
        """Release the service."""


class PcscService:
    """The PC/SC service of this machine.

    :raises ReaderServiceDownError: from any call; the object is of no use afterwards, make a new one.
    """

    def __init__(self) -> None:
        self._context = _call(scard.SCardEstablishContext, scard.SCARD_SCOPE_USER)[0]

    def readers(self) -> list[str]:
        """Return the names of all readers, empty when there is none."""
        try:
            return list(_call(scard.SCardListReaders, self._context, [])[0])
        except NoReaderError:
            return []

    def wait(self, known: Sequence[tuple[str, int]], seconds: float) -> list[tuple[str, int]]:
        """Wait until a reader's state differs from the known one; return all states at that time.

        A state is PC/SC's dwEventState with its event counter in the high 16 bits: hand it back whole, or a
        card that was swapped between two calls is never noticed. 0 asks for the state at once.

        :raises NoReaderError: one of the readers no longer exists.
        """
        result = _raw(scard.SCardGetStatusChange, self._context, round(seconds * 1000), list(known))
        if result[0] in _QUIET:
            return list(known)
        _raise_for(result[0], "SCardGetStatusChange")
        return [(name, state & ~scard.SCARD_STATE_CHANGED) for name, state, _ in result[1]]

    def cancel(self) -> None:
        """End a ``wait`` from another thread; of no effect between two waits."""
        _raw(scard.SCardCancel, self._context)

    def connect(self, reader: str) -> "PcscConnection":
        """Power the card on, for this program alone.

        :raises NoCardError, NoReaderError, ReaderBusyError, CardUnresponsiveError, CardRemovedError: as the names say.
        """
        protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        handle, protocol = _call(
            scard.SCardConnect, self._context, reader, scard.SCARD_SHARE_EXCLUSIVE, protocols
        )
        return PcscConnection(handle, protocol)

    def close(self) -> None:
        """Release the service; never fails."""
        _raw(scard.SCardReleaseContext, self._context)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class PcscConnection:
    """An open card, and the one place where its bytes pass."""

    def __init__(self, handle: int, protocol: int) -> None:
        self._handle = handle
        self._traced = log.isEnabledFor(logging.DEBUG)
        self._protocol = scard.SCARD_PCI_T0 if protocol == scard.SCARD_PROTOCOL_T0 else scard.SCARD_PCI_T1

    def transmit(self, command: bytes | bytearray) -> tuple[bytes, int]:
        """Send a command; return data and status word.

        :raises CardRemovedError: also for "success" with no answer, which a card pulled at that moment gives.
        """
        started = monotonic() if self._traced else 0.0
        try:
            code, answer = scard.SCardTransmit(self._handle, self._protocol, list(command))
        except SystemError:  # see _raw
            code, answer = scard.SCARD_E_INVALID_HANDLE, []
        if code:
            _raise_for(code, "SCardTransmit")
        if len(answer) < 2:
            raise CardRemovedError("the card went away in the middle of a command")
        data = bytes(answer)
        sw = data[-2] << 8 | data[-1]
        if self._traced:
            _trace(command, sw, monotonic() - started)
        return data[:-2], sw

    def control(self, code: int, data: bytes) -> bytes:
        """Send a command to the reader itself (PC/SC part 10); return its answer.

        :raises PinpadUnsupportedError: the reader does not know the command, or failed.
        """
        code, *values = _raw(scard.SCardControl, self._handle, code, list(data))
        if code != _OK:
            raise _MEANING.get(code, PinpadUnsupportedError)(f"SCardControl: {code & 0xFFFFFFFF:08X}")
        return bytes(values[0])

    def close(self) -> None:
        """Power the card off, so that a verified PIN does not outlive the visit; never fails."""
        _raw(scard.SCardDisconnect, self._handle, scard.SCARD_UNPOWER_CARD)


def _trace(command: bytes | bytearray, sw: int, seconds: float) -> None:
    header = command[:4].hex(" ").upper()
    log.debug("%s Lc=%d -> %04X, %.1f ms", header, command[4] if len(command) > 5 else 0, sw, seconds * 1000)


def _call(function: Callable[..., Any], *arguments: Any) -> list[Any]:
    code, *values = _raw(function, *arguments)
    _raise_for(code, function.__name__)
    return values


def _raw(function: Callable[..., Any], *arguments: Any) -> list[Any]:
    try:
        result = function(*arguments)
    except SystemError:  # pyscard issue 248: a stale handle makes the extension forget to set its exception
        return [scard.SCARD_E_INVALID_HANDLE]
    return list(result) if isinstance(result, list | tuple) else [result]


def _raise_for(code: int, function: str) -> None:
    if code != _OK:
        # Not only NO_SERVICE: after a restart of the service every old handle fails in one way or another.
        raise _MEANING.get(code, ReaderServiceDownError)(f"{function}: {code & 0xFFFFFFFF:08X}")
