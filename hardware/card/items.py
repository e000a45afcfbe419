"""The items on a social security card: their tags, types and shapes.

Source: 社会保障(个人)卡规范 V2.0 part 3, continued by LD/T 32-2015. ``an`` items are text filled up on the
right, ``cn`` items are packed digits; an item of FF bytes was never set. Whatever does not have its shape is
:class:`CardContentError`: no value is ever guessed. Who the holder is, the number says; an item beside it that says
something else is a warning.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum, StrEnum
from operator import mul

from hardware.card.errors import CardContentError, ContentKind
from text.clean import TextError, clean_text
from text.id_number import IdNumber, IdNumberError, NumberForm, read_id_number
from text.masking import mask_card_number, mask_id_number, mask_name

NUMBER = "社会保障号码"
"""What the holder's number is called where it is not for this kiosk."""
_FILL = b"\x00\x20\xff"
_BASE_36 = bytes.maketrans(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", bytes(range(36)))
_CARD_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_RID = bytes.fromhex("D156000005")


class File(Enum):
    """The files that a kiosk reads: identifier, and the length of each record's value by its tag."""

    EF05 = (b"\xef\x05", {0x01: 16, 0x02: 1, 0x03: 4, 0x05: 4, 0x06: 4, 0x07: 9})
    EF06 = (b"\xef\x06", {0x08: 18, 0x09: 30, 0x4E: 20, 0x0A: 1, 0x0B: 1, 0x0D: 4})

    def __init__(self, identifier: bytes, lengths: dict[int, int]) -> None:
        self.identifier = identifier
        self.lengths = lengths


Records = dict[int, bytes | None]
"""The value of each record by its tag; None where the card has no such record."""


class Sex(StrEnum):
    """GB/T 2261.1."""

    MALE = "1"
    FEMALE = "2"

    @classmethod
    def of(cls, number: IdNumber) -> "Sex | None":
        """Return the sex that a number says, None if it says none."""
        return cls[number.sex.upper()] if number.sex else None


@dataclass(frozen=True, slots=True, repr=False)
class CardBasics:
    """EF05: what anyone may read.

    ``region`` is a GB/T 2260 code, ``card_identity`` 卡的识别码 as 32 hex digits, ``version`` 1.0, 2.0 or
    3.0. ``card_class``: 1 preschool, 2 student, 3 adult, 4 elderly; None = not set. Many issued cards have a
    card number whose check digit is wrong, so that is a warning and no more.
    """

    region: str
    card_identity: str
    card_number: str
    version: str
    issued: date | None
    valid_until: date | None
    card_class: str | None
    check_digit_ok: bool
    warnings: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<CardBasics {self.region} {mask_card_number(self.card_number)} version {self.version}>"


@dataclass(frozen=True, slots=True, repr=False)
class Holder:
    """EF06: whose card it is. ``nation`` is a GB/T 3304 number of two digits, None = not set.

    ``sex`` and ``birth`` are what the number says, None where it says nothing.
    ``warnings`` name the items that contradict the ID number or are malformed; the number is what counts.
    """

    name: str
    id_number: str
    sex: Sex | None
    birth: date | None
    nation: str | None
    warnings: tuple[str, ...] = ()

    @property
    def form(self) -> NumberForm:
        """Return the form of the number."""
        return holders_number(self.id_number).form

    def __repr__(self) -> str:
        return f"<Holder {mask_name(self.name)} {mask_id_number(self.id_number)}>"


def decode_basics(records: Records) -> CardBasics:
    """Make sense of EF05.

    :raises CardContentError: an item is missing or malformed.
    """
    identity = _required(records, 0x01, "卡的识别码")
    if identity[3:8] != _RID:
        raise CardContentError("卡的识别码")
    number = _text(_required(records, 0x07, "卡号"), "卡号").replace("x", "X")
    if not re.fullmatch(r"[0-9A-Z]{9}", number):
        raise CardContentError("卡号")
    number_ok = card_number_check(number[:8]) == number[8]
    return CardBasics(
        region=_digits(identity[:3], "发卡地区"),
        card_identity=identity.hex().upper(),
        card_number=number,
        version=_version(records[0x03]),
        issued=_date(records[0x05], "发卡日期"),
        valid_until=_date(records[0x06], "卡有效期"),
        card_class=_card_class(records[0x02]),
        check_digit_ok=number_ok,
        warnings=() if number_ok else ("card_number_check_digit",),
    )


def decode_holder(records: Records) -> Holder:
    """Make sense of EF06; sex and birth date are those of the number, and of nothing else.

    :raises CardContentError: number or name are missing or malformed.
    """
    number = holders_number(_text(_required(records, 0x08, NUMBER), NUMBER))
    sex = Sex.of(number)
    return Holder(
        name=_name(_required(records, 0x09, "姓名"), records[0x4E] or b""),
        id_number=number.number,
        sex=sex,
        birth=number.birth,
        nation=_nation(records[0x0B]),
        warnings=tuple(_contradictions(records, number.birth, sex)),
    )


def _contradictions(records: Records, birth: date | None, sex: Sex | None) -> Iterator[str]:
    if sex and (records[0x0A] or b"").strip(_FILL) not in (b"", b"0", b"9", sex.value.encode()):
        yield "sex_contradicts_id_number"
    written = records[0x0D]
    if birth and written is not None and not _unset(written) and written.hex() != f"{birth:%Y%m%d}":
        yield "birth_contradicts_id_number"
    if _nation(records[0x0B]) is None and not _unset(records[0x0B] or b""):
        yield "nation_malformed"


def card_number_check(first_eight: str) -> str:
    """Return the ninth character of a card number: D2143569 → X."""
    weighted = sum(map(mul, first_eight.encode().translate(_BASE_36), _CARD_WEIGHTS))
    return {10: "X", 11: "0"}.get(11 - weighted % 11, str(11 - weighted % 11))


def holders_number(written: str) -> IdNumber:
    """Return a number in whichever form is published, and what it says of its holder.

    A passport's number alone counts where the region has it so: who serves the holder decides that.

    :raises CardContentError: it is of no such form; the kind says why.
    """
    try:
        return read_id_number(written, passports=True)
    except IdNumberError:
        raise CardContentError(NUMBER, _kind_of_number(written)) from None


def _kind_of_number(number: str) -> ContentKind:
    if re.fullmatch("[0-9]{15}", number):
        return ContentKind.OLD_NUMBER
    foreign = re.match("[A-Za-z]", number)  # HKG, MAC, TWN or the code of a country
    return ContentKind.FOREIGN_NUMBER if foreign else ContentKind.INVALID_NUMBER


def _name(first: bytes, extension: bytes) -> str:
    # A long name is cut after 30 bytes, be it in the middle of a character: join first, decode then.
    joined = first.rstrip(b"\x00\xff") + extension if extension.strip(_FILL) else first
    try:
        name = clean_text(joined.strip(_FILL).decode("gb18030"))
    except (UnicodeDecodeError, TextError):
        name = ""
    if not name:
        raise CardContentError("姓名", ContentKind.INVALID_NAME)
    return name


def _nation(value: bytes | None) -> str | None:
    digits = (value or b"").hex()
    return digits if digits.isdigit() and not _unset(value or b"") else None


def _version(value: bytes | None) -> str:
    text = _text(value or b"", "规范版本")[:3] or "1.0"
    if text not in ("1.0", "2.0", "3.0"):
        raise CardContentError("规范版本")
    return text


def _card_class(value: bytes | None) -> str | None:
    text = _text(value or b"", "卡的类别")
    if text not in ("", "0", "1", "2", "3", "4"):
        raise CardContentError("卡的类别")
    return text if text not in ("", "0") else None


def _date(value: bytes | None, what: str) -> date | None:
    if value is None or _unset(value):
        return None
    try:
        return date.fromisoformat(_digits(value, what))
    except ValueError:
        raise CardContentError(what) from None


def _digits(value: bytes, what: str) -> str:
    digits = value.hex()
    if not digits.isdigit():
        raise CardContentError(what)
    return digits


def _text(value: bytes, what: str) -> str:
    text = value.strip(_FILL).decode("latin-1")
    if not (text.isascii() and text.isprintable()):
        raise CardContentError(what)
    return clean_text(text)


def _required(records: Records, tag: int, what: str) -> bytes:
    value = records[tag]
    if value is None or _unset(value):
        raise CardContentError(what)
    return value


def _unset(value: bytes) -> bool:
    return not value.strip(b"\xff") or not value.strip(b"\x00")
