"""What is on the simulated ID cards: a TOML file, ``id_reader_cards.toml`` or your own.

Everyone in it is invented. The layouts are written here on their own, without the code that reads cards.
"""

from pathlib import Path

import msgspec

from hardware.simulator import card_file

CARDS = Path(__file__).with_suffix(".toml")


class Resident(msgspec.Struct, forbid_unknown_fields=True, tag_field="kind", tag="resident"):
    """居民身份证. Dates are YYYYMMDD; ``valid_until`` may be 长期; ``newest_address`` was added later."""

    name: str
    sex: str
    nation: str
    birth: str
    address: str
    number: str
    issuer: str
    valid_from: str
    valid_until: str
    newest_address: str = ""

    def text(self) -> bytes:
        """Return the 256 bytes of text."""
        who = _wide(self.name, 15) + _wide(self.sex, 1) + _wide(self.nation, 2) + _wide(self.birth, 8)
        where = _wide(self.address, 35) + _wide(self.number, 18) + _wide(self.issuer, 15)
        return who + where + _wide(self.valid_from, 8) + _wide(self.valid_until, 8) + _wide("", 18)


class ResidencePermit(msgspec.Struct, forbid_unknown_fields=True, tag_field="kind", tag="residence-permit"):
    """港澳台居民居住证."""

    name: str
    sex: str
    birth: str
    address: str
    number: str
    issuer: str
    valid_from: str
    valid_until: str
    pass_number: str
    times_issued: str
    newest_address: str = ""

    def text(self) -> bytes:
        """Return the 256 bytes of text."""
        who = _wide(self.name, 15) + _wide(self.sex, 1) + _wide("", 2) + _wide(self.birth, 8)
        where = _wide(self.address, 35) + _wide(self.number, 18) + _wide(self.issuer, 15)
        validity = _wide(self.valid_from, 8) + _wide(self.valid_until, 8)
        return (
            who
            + where
            + validity
            + _wide(self.pass_number, 9)
            + _wide(self.times_issued, 2)
            + _wide("   J", 7)
        )


class Permanent2017(msgspec.Struct, forbid_unknown_fields=True, tag_field="kind", tag="permanent-2017"):
    """外国人永久居留身份证, version of 2017."""

    english_name: str
    sex: str
    number: str
    nationality: str
    chinese_name: str
    valid_from: str
    valid_until: str
    birth: str
    version: str = "01"
    authority: str = "9999"
    newest_address: str = ""

    def text(self) -> bytes:
        """Return the 256 bytes of text."""
        who = _wide(self.english_name, 60) + _wide(self.sex, 1) + _wide(self.number, 15)
        names = _wide(self.nationality, 3) + _wide(self.chinese_name, 15)
        days = _wide(self.valid_from, 8) + _wide(self.valid_until, 8) + _wide(self.birth, 8)
        return who + names + days + _wide(self.version, 2) + _wide(self.authority, 4) + _wide("I", 4)


class Permanent2023(msgspec.Struct, forbid_unknown_fields=True, tag_field="kind", tag="permanent-2023"):
    """外国人永久居留身份证, version of 2023."""

    chinese_name: str
    sex: str
    times_renewed: str
    birth: str
    english_name: str
    number: str
    valid_from: str
    valid_until: str
    nationality: str
    newest_address: str = ""

    def text(self) -> bytes:
        """Return the 256 bytes of text."""
        who = _wide(self.chinese_name, 15) + _wide(self.sex, 1) + _wide(self.times_renewed, 2)
        name = self.english_name.ljust(46)
        number = _wide(self.birth, 8) + _wide(name[:35], 35) + _wide(self.number, 18) + _wide("", 15)
        validity = _wide(self.valid_from, 8) + _wide(self.valid_until, 8)
        return who + number + validity + _wide(name[35:], 11) + _wide(self.nationality, 3) + _wide("Y", 4)


Card = Resident | ResidencePermit | Permanent2017 | Permanent2023


def load(path: Path = CARDS) -> dict[str, Card]:
    """Read a set of cards by their names.

    :raises CardFileError: the file cannot be read, or is wrong.
    """
    cards: dict[str, Card] = card_file.read(path, dict[str, Card])
    return cards


def address_bytes(card: Card) -> bytes:
    """Return the 70 bytes of the address that was added later, nothing if there is none."""
    return _wide(card.newest_address, 35) if card.newest_address else b""


def _wide(text: str, characters: int) -> bytes:
    encoded = text.encode("utf-16-le")
    if len(encoded) > 2 * characters:
        raise ValueError(f"longer than {characters} characters")
    return encoded + b"\x20\x00" * (characters - len(encoded) // 2)
