"""What is on a simulated social security card: a TOML file, one of ``cards/`` or your own.

Everyone in these files is invented. The layout of the bytes follows 规范 V2.0 part 3 and LD/T 32-2015 and is
written here on its own, without the code that reads cards.
"""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from hardware.simulator import card_file, chip_keys
from hardware.simulator.chip_keys import ChipKey

CARDS = Path(__file__).parent / "cards"
KeyInHex = Annotated[str, msgspec.Meta(pattern=r"\A([0-9A-Fa-f]{32})?\Z")]
ResetInformation = Annotated[str, msgspec.Meta(pattern=r"\A(([0-9A-Fa-f]{2}){8,15})?\Z")]


class Basic(msgspec.Struct, forbid_unknown_fields=True):
    """EF05. ``version`` and ``valid_until`` may be empty: never set.

    ``reset_information`` are the historical bytes of the answer to reset; "" = made of the identity, as on the cards
    of one maker: their place and serial number are the last six of 13.
    """

    identity: str
    number: str
    version: str = "2.0"
    reset_information: ResetInformation = ""
    card_class: str = "3"
    issued: date | None = None
    valid_until: date | None = None


class Holder(msgspec.Struct, forbid_unknown_fields=True):
    """EF06. ``extended`` says whether there is a record 4E at all (none on 1.0 cards)."""

    id_number: str
    name: str
    sex: str
    birth: date | None = None
    nation: str = ""
    birthplace: str = ""
    extended: bool = True


class PinData(msgspec.Struct, forbid_unknown_fields=True):
    """The PIN; an empty ``value`` = none is set. ``left`` tries, of ``tries``; left out = all of them."""

    value: str = ""
    tries: int = 3
    left: int | None = None


class Bank(msgspec.Struct, forbid_unknown_fields=True):
    """The bank application's account number."""

    pan: str


class Keys(msgspec.Struct, forbid_unknown_fields=True):
    """What is in the chip to compute with, 16 bytes in hex each; "" = there is no such key.

    What is left out is derived from the published roots (:mod:`hardware.simulator.chip_keys`). ``session``: how a 3DES
    chip makes a session's key.
    """

    internal: KeyInHex | None = None
    holder_read: KeyInHex | None = None
    pin_unblock: KeyInHex | None = None
    session: chip_keys.Session = "A"


class Faults(msgspec.Struct, forbid_unknown_fields=True):
    """What is wrong with the card. Counts are of commands since it was put in; None = never.

    ``wrong_way_round``: no contact, the reader finds no answer to reset. ``mute_after``: it hangs instead of
    answering command number N + 1. ``remove_after``: it is pulled instead of answering command number N + 1.
    ``delay_ms``: it takes so long for each command. ``flip``: [command number, byte of the answer, bits to
    turn over]. ``blocked``: its issuer blocked the application. ``garbage``: it answers random bytes.
    ``select_p1_00``: it knows SELECT EF with P1=00 only. ``internal``: it does not know INTERNAL AUTHENTICATE
    (refuses), answers it with anything (rubbish), or with what it answered the first time (replays).
    """

    wrong_way_round: bool = False
    mute_after: int | None = None
    remove_after: int | None = None
    delay_ms: int = 0
    flip: tuple[int, int, int] | None = None
    blocked: bool = False
    garbage: bool = False
    select_p1_00: bool = False
    internal: Literal["refuses", "rubbish", "replays"] | None = None


class Personalisation(msgspec.Struct, forbid_unknown_fields=True):
    """One card. ``records`` replaces raw records: "EF06/09" = hex of the whole record, "" = there is none.

    Without ``basic`` it is no social security card (a bank card).
    """

    basic: Basic | None = None
    holder: Holder | None = None
    pin: PinData = msgspec.field(default_factory=PinData)
    bank: Bank | None = None
    keys: Keys = msgspec.field(default_factory=Keys)
    faults: Faults = msgspec.field(default_factory=Faults)
    records: dict[str, str] = msgspec.field(default_factory=dict)

    @property
    def historical_bytes(self) -> bytes:
        """卡复位信息: what the answer to reset ends with."""
        if self.basic and self.basic.reset_information:
            return bytes.fromhex(self.basic.reset_information)
        identity = self.basic.identity if self.basic else "0" * 32
        return bytes.fromhex("00814E43238697" + identity[:4] + identity[16:24])

    def key(self, root: str, given: str | None) -> ChipKey | None:
        """Return the key of a root: the one that is given in hex, or derived; None for ""."""
        sm4 = bool(self.basic and self.basic.version.startswith("3"))
        if given is not None:
            return ChipKey(bytes.fromhex(given), sm4, self.keys.session) if given else None
        identity = self.basic.identity if self.basic else "0" * 32
        value = chip_keys.derived(chip_keys.published(root), identity, self.historical_bytes, sm4=sm4)
        return ChipKey(value, sm4, self.keys.session)

    def files(self) -> dict[str, dict[int, bytes]]:
        """Return the whole records (tag, length, value) of each elementary file."""
        files: dict[str, dict[int, bytes]] = {}
        if self.basic:
            files["EF05"] = _with_tags(_ef05(self.basic))
        if self.holder:
            files["EF06"] = _with_tags(_ef06(self.holder))
        for place, raw in self.records.items():
            file, tag = place.split("/")
            files[file][int(tag, 16)] = bytes.fromhex(raw)
        return {name: {t: r for t, r in records.items() if r} for name, records in files.items()}


def load(card: str | Path) -> Personalisation:
    """Read a card by the name of a file in ``cards/`` (wang-jianguo) or by path.

    :raises CardFileError: there is no such card, or its file is wrong.
    """
    path = Path(card)
    if path.suffix != ".toml":
        path = CARDS / f"{card}.toml"
    personalisation: Personalisation = card_file.read(path, Personalisation)
    return personalisation


def names() -> list[str]:
    """Return the names of the cards that come with the product."""
    return sorted(path.stem for path in CARDS.glob("*.toml"))


def _ef05(basic: Basic) -> dict[int, bytes]:
    region = basic.identity[:6]
    return {
        0x01: bytes.fromhex(basic.identity),
        0x02: basic.card_class.encode(),
        0x03: basic.version.encode().ljust(4, b"\0"),
        0x04: bytes.fromhex(f"9156000002{region}{region}01"),
        0x05: _packed_date(basic.issued),
        0x06: _packed_date(basic.valid_until),
        0x07: basic.number.encode(),
    }


def _ef06(holder: Holder) -> dict[int, bytes]:
    name = holder.name.encode("gb18030").ljust(50, b"\0")
    items = {
        0x08: holder.id_number.encode().ljust(18, b"\0"),
        0x09: name[:30],
        0x4E: name[30:],
        0x0A: holder.sex.encode(),
        0x0B: bytes.fromhex(holder.nation or "FF"),
        0x0C: bytes.fromhex(holder.birthplace or "FFFFFF"),
        0x0D: _packed_date(holder.birth),
    }
    if not holder.extended:
        del items[0x4E]
    return items


def _packed_date(day: date | None) -> bytes:
    return bytes.fromhex(f"{day:%Y%m%d}") if day else b"\xff" * 4


def _with_tags(items: dict[int, bytes]) -> dict[int, bytes]:
    return {tag: bytes([tag, len(value)]) + value for tag, value in items.items()}
