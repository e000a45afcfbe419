"""The bank application on the same chip: whether it is there, and the last four digits of its account."""

from dataclasses import dataclass

from hardware.card.apdu import StatusWord, Transmit, apdu, exchange
from hardware.card.errors import CardUnreadableError
from hardware.card.tlv import TlvError, walk

_AIDS = [bytes.fromhex(f"A0000003330101{kind:02X}") for kind in (1, 2, 3)]  # PBOC debit, credit, quasi-credit
_PAN, _TRACK_2, _AFL = 0x5A, 0x57, 0x94
_GPO_FORMAT_1 = 0x80


@dataclass(frozen=True, slots=True)
class BankApplication:
    """``last4`` is None when the application is absent or does not give its account number away."""

    present: bool
    last4: str | None = None


def read_bank(transmit: Transmit) -> BankApplication:
    """Look for a bank application; the social security application is no longer selected afterwards."""
    for aid in _AIDS:
        _, sw = transmit(apdu(0x00, 0xA4, 0x04, 0x00, aid))
        if sw == StatusWord.OK or sw >> 8 == 0x61:
            try:
                return BankApplication(True, _last_four(transmit))
            except (TlvError, CardUnreadableError):
                return BankApplication(True)
    return BankApplication(False)


def _last_four(transmit: Transmit) -> str | None:
    options, sw = exchange(transmit, apdu(0x80, 0xA8, 0x00, 0x00, b"\x83\x00"))
    if sw != StatusWord.OK:
        return None
    for sfi, record in _records(_file_locator(options)):
        data, sw = exchange(transmit, apdu(0x00, 0xB2, record, sfi << 3 | 4, le=0))
        if sw != StatusWord.OK:
            continue
        found = dict(walk(data))
        number = found.get(_PAN) or found.get(_TRACK_2)
        if number:
            return _account(number)[-4:]
    return None


def _account(value: bytes) -> str:
    account = value.hex().upper().partition("D")[0].rstrip("F")
    if not (account.isdigit() and 12 <= len(account) <= 19):
        raise TlvError("not an account number")
    return account


def _file_locator(options: bytes) -> bytes:
    objects = dict(walk(options))
    if _GPO_FORMAT_1 in objects:
        return objects[_GPO_FORMAT_1][2:]  # after the interchange profile
    return objects.get(_AFL, b"")


def _records(locator: bytes) -> list[tuple[int, int]]:
    entries = [locator[i : i + 4] for i in range(0, len(locator) - 3, 4)][:8]
    return [(entry[0] >> 3, record) for entry in entries for record in range(entry[1], min(entry[2], 16) + 1)]
