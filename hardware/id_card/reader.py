"""The ID card reader as the kiosk sees it: a status that changes, and the card that lies on it."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from hardware.device import Device
from hardware.face.matcher import Picture
from hardware.id_card.card import IdCard
from hardware.id_card.errors import (
    NoIdCardError,
    ReaderError,
    ReaderNotConnectedError,
    RepositionIdCardError,
    UnreadableIdCardError,
)
from hardware.id_card.layouts import parse
from hardware.id_card.module import SecurityModule
from hardware.serial_port import SerialLostError, SerialPort
from hardware.status import DeviceState, MediaState

log = logging.getLogger(__name__)

POLL = 0.4
"""Seconds between two looks for a card; the protocol's documents ask for more than 0.3."""

_MISSES = 2
"""Looks in vain after which a card is gone: one that is being laid down is missed now and then."""


@dataclass(frozen=True, slots=True)
class IdCardReaderStatus:
    """What is known of the reader.

    ``placement`` numbers the cards that were laid down since start, 0 = none yet. ``media`` is UNKNOWN while a
    card is read; one that was read whole is looked after until it is lifted. After a read that failed it stays UNKNOWN:
    the reader no longer sees the card, and it may or may not still lie there.
    """

    device: DeviceState = DeviceState.STARTING
    media: MediaState = MediaState.UNKNOWN
    placement: int = 0

    @property
    def lying(self) -> int:
        """Return the placement of the card that is seen there; 0 for none."""
        return self.placement if self.media is MediaState.PRESENT else 0

    @property
    def is_free(self) -> bool:
        """Return whether no card lies there, or nobody will ever see it lifted."""
        return self.device is not DeviceState.ONLINE or self.media is MediaState.NOT_PRESENT


OnChange = Callable[[IdCardReaderStatus], None]


def _ignore(status: IdCardReaderStatus) -> None:
    pass


class IdCardReader(Device):
    """A reader for resident ID cards that keeps itself connected.

    :param port: the stable path of its serial device.
    :param on_change: called with each new status from a thread of the reader; it must return at once.
    """

    def __init__(self, port: str, on_change: OnChange = _ignore, baud: int = 115200) -> None:
        self.port, self._baud, self._on_change = port, baud, on_change
        self.status = IdCardReaderStatus()
        self._turn = threading.RLock()
        self._open: tuple[SerialPort, SecurityModule] | None = None
        self._was_read = self._was_read_whole = False
        self._misses = 0
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._follow, name=f"ID card reader at {port}", daemon=True)

    def start(self) -> None:
        """Begin to look for the reader and for cards."""
        self._thread.start()

    def close(self) -> None:
        """Release the reader; waits for a command that is under way."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join()
        with self._turn:
            self._disconnect()

    def read(self) -> IdCard:
        """Read the card that lies on the reader; its photo is dropped.

        :raises: as ``read_with_photo``.
        """
        card, photo = self.read_with_photo()
        photo.forget()
        return card

    def read_with_photo(self) -> tuple[IdCard, Picture]:
        """Read the card that lies on the reader; ends within 15 seconds at the very worst.

        The photo is for a face to be compared with, once.

        It can be read once; after that, also after a failure, it must be taken away and put back.

        :raises NoIdCardError: there is none; RepositionIdCardError: or it was read before.
        :raises UnreadableIdCardError: it was moved too early, or is damaged.
        :raises IdCardContentError: it is no card of the known kinds, or not for this kiosk.
        :raises ReaderError: the reader cannot work now.
        """
        with self._connected() as module:
            self._find(module)
            self._was_read, self._was_read_whole = True, False
            self._publish(media=MediaState.UNKNOWN)
            module.select()
            text, photo = module.read_with_photo()
            self._was_read_whole = True
            self._publish(media=MediaState.PRESENT)
            return parse(text), Picture(photo)

    def _find(self, module: SecurityModule) -> None:
        if not (module.find() or module.find()):
            raise (RepositionIdCardError if self._was_read else NoIdCardError)("the reader found no card")
        self._see(found=True)

    def _follow(self) -> None:
        while not self._closing.is_set():
            try:
                with self._connected() as module:
                    self._look(module)
            except ReaderError as trouble:
                log.debug("ID card reader: %s", trouble)
            self._closing.wait(POLL)

    def _look(self, module: SecurityModule) -> None:
        if self._was_read_whole and _still_lies(module):
            self._misses = 0
            self._publish(media=MediaState.PRESENT)
        else:
            self._see(module.find())

    def _see(self, found: bool) -> None:
        self._misses = 0 if found else self._misses + 1
        if found:
            # A card that was read is not found again: this is another one, or the same one laid down once more.
            new = self._was_read or self.status.media is not MediaState.PRESENT
            self._was_read = self._was_read_whole = False
            self._publish(media=MediaState.PRESENT, placement=self.status.placement + new)
        elif (self._was_read_whole or not self._was_read) and self._misses >= _MISSES:
            self._publish(media=MediaState.NOT_PRESENT)

    @contextmanager
    def _connected(self) -> Iterator[SecurityModule]:
        """Have the reader for one's own, connected; it is let go again when there is trouble with it."""
        with self._turn:
            try:
                yield self._open[1] if self._open else self._connect()
            except ReaderError as trouble:
                self._disconnect()
                self._publish(device=trouble.device, media=MediaState.UNKNOWN)
                raise

    def _connect(self) -> SecurityModule:
        try:
            port = SerialPort(self.port, self._baud)
        except SerialLostError as lost:
            raise ReaderNotConnectedError(str(lost)) from lost
        module = SecurityModule(port)
        self._open = port, module
        module.check()
        log.info("ID card reader with module %s", module.number())
        self._misses = 0
        self._was_read_whole = False
        self._publish(device=DeviceState.ONLINE, media=MediaState.UNKNOWN)
        return module

    def _disconnect(self) -> None:
        if self._open:
            self._open[0].close()
            self._open = None

    def _publish(self, **changes: Any) -> None:
        status = replace(self.status, **changes)
        if status == self.status:
            return
        self.status = status
        try:
            self._on_change(status)
        except Exception:
            log.exception("status callback failed; monitoring continues")


def _still_lies(module: SecurityModule) -> bool:
    """Return whether the card that was read is still there: only then it tells whether an address was added to it."""
    try:
        module.read_newest_address()
    except UnreadableIdCardError:
        return False
    return True
