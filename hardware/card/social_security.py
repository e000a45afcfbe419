"""The social security application (社会保障应用) of an open card: pure protocol over one ``transmit``.

Commands: 社会保障(个人)卡规范 part 5, continued by LD/T 32-2015.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeVar

from hardware.card.apdu import StatusWord, Transmit, apdu, complete, exchange, refused, tries_left
from hardware.card.bank import BankApplication, read_bank
from hardware.card.errors import (
    ApplicationBlockedError,
    AuthenticationFailedError,
    AuthenticationRequiredError,
    CardChangedError,
    CardContentError,
    CardError,
    CardUnreadableError,
    InvalidPinError,
    NotSocialSecurityCardError,
    PinLockedError,
    PinRejectedError,
    TransportUncertainError,
)
from hardware.card.items import CardBasics, File, Holder, Records, decode_basics, decode_holder
from hardware.card.pin import Pin, wipe

APPLICATION_NAME = b"sx1.sh." + "社会保障".encode("gbk")
_SELECT_APPLICATION = apdu(0x00, 0xA4, 0x04, 0x00, APPLICATION_NAME)
_READ_RECORD = {
    file: {tag: apdu(0x00, 0xB2, tag, 0x00, le=length + 2) for tag, length in file.lengths.items()}
    for file in File
}
_PIN_STATUS = bytes.fromhex("0020000000")
_VERIFY, _CHANGE = bytes.fromhex("00200000"), bytes.fromhex("805E0100")
_PROOF = 8
_OK = int(StatusWord.OK)  # compared once for each command: an enum's comparison takes longer
_OTHER_P1 = (
    StatusWord.FUNCTION_NOT_SUPPORTED,
    StatusWord.FILE_NOT_FOUND,
    StatusWord.WRONG_P1_P2,
    StatusWord.WRONG_OFFSET,
)
_BLOCKED = (
    StatusWord.APPLICATION_BLOCKED,
    StatusWord.FUNCTION_NOT_SUPPORTED,
    StatusWord.FILE_INVALIDATED,
)
_NO_RECORD = (StatusWord.RECORD_NOT_FOUND, StatusWord.REFERENCE_NOT_FOUND)
# Nothing else on the card vouches for these items, so they are read twice: a card that is being pulled, or
# has dirty contacts, must not pass one citizen off as another. The ID number has its check digit, and where sex or
# birth contradict it, or an item is malformed, the whole file is read twice.
_READ_TWICE = {File.EF05: (0x01, 0x07), File.EF06: (0x09, 0x4E, 0x0B)}

Content = TypeVar("Content", CardBasics, Holder)


class Key(IntEnum):
    """The keys that the centre may prove to hold (P2 of EXTERNAL AUTHENTICATE); the kiosk holds none."""

    HOLDER_READ = 0x0A
    PIN_UNBLOCK = 0x06


@dataclass(frozen=True, slots=True)
class PinStatus:
    """``tries_left`` is None while no PIN is set."""

    set: bool
    tries_left: int | None
    locked: bool


class SocialSecurityCard:
    """An open card with its social security application selected."""

    def __init__(self, transmit: Transmit) -> None:
        """Select the application.

        :raises NotSocialSecurityCardError: the card has no such application.
        :raises ApplicationBlockedError: the issuer blocked the application or the card.
        """
        self._transmit = transmit
        self._select_p1 = 0x02
        self._identity = ""
        self._select_application()

    @property
    def identity(self) -> str:
        """卡的识别码, 32 hex digits: read from the card the first time."""
        return self._identity or self.read_basic().card_identity

    def read_basic(self) -> CardBasics:
        """Read EF05, which every card gives freely.

        :raises CardUnreadableError: dirty contacts; CardContentError: it is soundly read, and not for this kiosk.
        :raises CardChangedError: it is no longer the card that was read before.
        """
        basics = self._decoded(File.EF05, decode_basics)
        if self._identity not in ("", basics.card_identity):
            raise CardChangedError("the card has another identity than before")
        self._identity = basics.card_identity
        return basics

    def read_holder(self) -> Holder:
        """Read EF06.

        :raises CardUnreadableError: dirty contacts; CardContentError: it is soundly read, and not for this kiosk.
        :raises AuthenticationRequiredError: a 3.0 card, and the centre has not authenticated in this session.
        """
        return self._decoded(File.EF06, decode_holder)

    def pin_status(self) -> PinStatus:
        """Ask whether a PIN is set and how many tries are left; this spends no try. Ask before verifying."""
        _, sw = self._transmit(_PIN_STATUS)
        left = tries_left(sw)
        if left is not None:
            return PinStatus(set=True, tries_left=left, locked=left == 0)
        if sw == StatusWord.METHOD_BLOCKED:
            return PinStatus(set=True, tries_left=0, locked=True)
        if sw == StatusWord.OK:
            return PinStatus(set=False, tries_left=None, locked=False)
        raise CardUnreadableError("密码状态")

    def verify_pin(self, pin: Pin) -> None:
        """Show the card the PIN. The command goes out once, whatever happens.

        :raises InvalidPinError: wrong; PinLockedError: no tries left; TransportUncertainError: no answer came.
        """
        self._send_pin(_VERIFY, pin.packed())

    def change_pin(self, old: Pin, new: Pin) -> None:
        """Replace the PIN. The command goes out once, whatever happens.

        :raises InvalidPinError: the old one was wrong; PinLockedError: no tries left;
            TransportUncertainError: no answer came, so either PIN may be the card's now.
        """
        self._send_pin(_CHANGE, old.packed(), bytearray(b"\xff"), new.packed())

    def challenge(self, length: int = 8) -> bytes:
        """Return random bytes (4, 8 or 16) for the centre; they are good for the next command only."""
        data, sw = exchange(self._transmit, apdu(0x00, 0x84, 0x00, 0x00, le=length))
        if sw != StatusWord.OK or len(data) != length:
            raise CardUnreadableError("随机数")
        return data

    def internal_authenticate(self, process: bytes, source: bytes) -> bytes:
        """Relay the centre's challenge (8 bytes each); return the card's answer, which only the centre can judge.

        It has 8 bytes, or none: the card has no such command, or no key for it.
        """
        data, sw = exchange(self._transmit, apdu(0x00, 0x88, 0x00, 0x00, process + source))
        return data if sw == StatusWord.OK and len(data) == _PROOF else b""

    def authenticate(self, cryptogram: bytes, key: Key) -> None:
        """Relay the centre's proof (8 bytes result, 8 bytes source) for the last challenge.

        :raises AuthenticationFailedError: the card does not accept it.
        """
        _, sw = self._transmit(apdu(0x00, 0x82, 0x00, key, cryptogram))
        if sw != StatusWord.OK:
            raise AuthenticationFailedError(tries_left(sw))

    def unblock_pin(self, mac: bytes) -> None:
        """Relay the centre's MAC (4 bytes): the old PIN gets all its tries back.

        :raises AuthenticationFailedError: refused; TransportUncertainError: no answer came.
        """
        self._relay(apdu(0x84, 0x24, 0x00, 0x00, mac))

    def reset_pin(self, message: bytes) -> None:
        """Relay the centre's enciphered new PIN and MAC (12 bytes with 3DES, 20 with SM4).

        :raises AuthenticationFailedError: refused; TransportUncertainError: no answer came.
        """
        self._relay(apdu(0x84, 0x24, 0x00, 0x01, message))

    def read_bank(self) -> BankApplication:
        """Look for the bank application, then come back to the social security application."""
        try:
            return read_bank(self._transmit)
        finally:
            self._select_application()

    def _select_application(self) -> None:
        _, sw = self._transmit(_SELECT_APPLICATION)
        if sw in _BLOCKED:
            raise ApplicationBlockedError(f"SW={sw:04X}")
        if not _selected(sw):
            raise NotSocialSecurityCardError(f"SW={sw:04X}")

    def _decoded(self, file: File, decode: Callable[[Records], Content]) -> Content:
        """Make sense of a file; what makes none, or cannot vouch for itself, has the same bytes a second time."""
        records = self._read(file)
        try:
            content = decode(records)
        except CardContentError:
            self._require_again(file, records)
            raise
        if isinstance(content, Holder) and (
            content.warnings or content.birth is None
        ):  # no check digit either
            self._require_again(file, records)
        return content

    def _require_again(self, file: File, records: Records) -> None:
        if self._read(file) != records:
            raise CardUnreadableError(file.name)

    def _read(self, file: File) -> Records:
        self._select_file(file)
        records = {tag: self._record(file, tag) for tag in file.lengths}
        for tag in _READ_TWICE[file]:
            if self._record(file, tag) != records[tag]:
                raise CardUnreadableError(f"{file.name}/{tag:02X}")
        return records

    def _select_file(self, file: File) -> None:
        sw = self._try_select(file)
        if sw in _OTHER_P1:  # some cards know P1=02 only, others P1=00 only
            self._select_p1 ^= 0x02
            sw = self._try_select(file)
        if sw == StatusWord.APPLICATION_BLOCKED:
            raise ApplicationBlockedError(f"SW={sw:04X}")
        if not _selected(sw):
            raise CardUnreadableError(file.name)

    def _try_select(self, file: File) -> int:
        return self._transmit(apdu(0x00, 0xA4, self._select_p1, 0x00, file.identifier))[1]

    def _record(self, file: File, tag: int) -> bytes | None:
        data, sw = self._read_record(file, tag)
        length = file.lengths[tag]
        if sw == _OK and len(data) == length + 2 and data[0] == tag and data[1] == length:
            return data[2:]
        if sw in _NO_RECORD:
            return None
        if sw == StatusWord.SECURITY_NOT_SATISFIED:
            raise AuthenticationRequiredError(file.name)
        if sw == _OK and self._read_record(file, tag) == (data, sw):
            raise CardContentError(f"{file.name}/{tag:02X}")
        raise CardUnreadableError(f"{file.name}/{tag:02X}")

    def _read_record(self, file: File, tag: int) -> tuple[bytes, int]:
        command = _READ_RECORD[file][tag]
        data, sw = self._transmit(command)
        return (data, sw) if sw == _OK else complete(self._transmit, command, data, sw)

    def _send_pin(self, header: bytes, *parts: bytearray) -> None:
        body = bytearray().join(parts)
        command = bytearray(header + bytes([len(body)])) + body
        try:
            raise_for_pin(self._send_once(command))
        finally:
            for secret in (command, body, *parts):
                wipe(secret)

    def _relay(self, command: bytes) -> None:
        sw = self._send_once(command)
        if sw != StatusWord.OK:
            raise AuthenticationFailedError(tries_left(sw))

    def _send_once(self, command: bytes | bytearray) -> int:
        try:
            return self._transmit(command)[1]
        except CardError as lost:
            raise TransportUncertainError(str(lost), lost) from lost


def raise_for_pin(sw: int) -> None:
    """Raise what the status word of VERIFY or CHANGE means; return when it means success.

    :raises InvalidPinError, PinLockedError, PinRejectedError: nothing was changed.
        TransportUncertainError: perhaps it was.
    """
    left = tries_left(sw)
    if left:
        raise InvalidPinError(left)
    if left == 0 or sw == StatusWord.METHOD_BLOCKED:
        raise PinLockedError
    if refused(sw):
        raise PinRejectedError(sw)
    if sw != StatusWord.OK:
        raise TransportUncertainError(f"SW={sw:04X}")


def _selected(sw: int) -> bool:
    return sw == StatusWord.OK or sw >> 8 == 0x61
