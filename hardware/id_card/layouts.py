"""The text on an ID card: 256 bytes of UTF-16LE in one of four layouts, told apart by a letter.

The reader vouches for the bytes, so whatever does not have its shape is :class:`IdCardContentError`. Who the holder is,
the number says; a sex or birth date beside it that says something else is a warning.
Sources: 外国人永久居留身份证芯片机读数据项表 (2017), 新版外国人永久居留身份证机读信息规则 (2023), and public
structures of the other two.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from hardware.card.errors import CardContentError, ContentKind
from hardware.card.items import Sex, holders_number
from hardware.id_card.card import IdCard, PermanentResidentCard, ResidencePermit, ResidentIdCard
from hardware.id_card.errors import IdCardContentError
from text.clean import TextError, clean_text
from text.id_number import permanent_resident_check

TEXT_BYTES = 256
_TYPE = slice(248, 250)
_FOR_LIFE = "长期"
_FILL = " \0\uffff"

Layout = tuple[tuple[str, int], ...]
"""Names and bytes of the items, in their order; an item without a name is not looked at."""

_VALIDITY: Layout = (("有效期起", 16), ("有效期止", 16))
_RESIDENT: Layout = (
    *(("姓名", 30), ("性别", 2), ("民族", 4), ("出生日期", 16), ("住址", 70), ("号码", 36), ("签发机关", 30)),
    *_VALIDITY,
)
_PERMIT: Layout = (
    *(("姓名", 30), ("性别", 2), ("", 4), ("出生日期", 16), ("住址", 70), ("号码", 36), ("签发机关", 30)),
    *_VALIDITY,
    *(("通行证号码", 18), ("签发次数", 4)),
)
_PERMANENT_2017: Layout = (
    *(("英文姓名", 120), ("性别", 2), ("号码", 30), ("国籍", 6), ("中文姓名", 30)),
    *_VALIDITY,
    ("出生日期", 16),
)
_PERMANENT_2023: Layout = (
    *(("中文姓名", 30), ("性别", 2), ("", 4), ("出生日期", 16), ("英文姓名", 70), ("号码", 36), ("", 30)),
    *_VALIDITY,
    *(("英文姓名扩展", 22), ("国籍", 6)),
)


def parse(text: bytes) -> IdCard:
    """Make sense of the text on a card.

    :raises IdCardContentError: an item is missing or malformed.
    """
    if len(text) != TEXT_BYTES:
        raise IdCardContentError("文字信息")
    match _decode(text[_TYPE], "证件类型").strip(_FILL):
        case "":
            return _resident(_Items(text, _RESIDENT))
        case "J":
            return _permit(_Items(text, _PERMIT))
        case "I":
            return _permanent_2017(_Items(text, _PERMANENT_2017))
        case "Y":
            return _permanent_2023(_Items(text, _PERMANENT_2023))
    raise IdCardContentError("证件类型")


def parse_address(text: bytes) -> str:
    """Make sense of the newest address (最新住址).

    :raises IdCardContentError: it is empty or malformed.
    """
    return _Items(text, (("最新住址", len(text)),)).text("最新住址")


class _Items:
    """The items of one layout; each is asked for in the shape that it must have."""

    def __init__(self, text: bytes, layout: Layout) -> None:
        self._items: dict[str, str] = {}
        start = 0
        for what, size in layout:
            if what:
                self._items[what] = _decode(text[start : start + size], what)
            start += size

    def optional(self, *parts: str) -> str:
        try:
            return clean_text("".join(self._items[part] for part in parts).strip(_FILL))
        except TextError:
            raise IdCardContentError(parts[0]) from None

    def text(self, *parts: str) -> str:
        if text := self.optional(*parts):
            return text
        raise IdCardContentError(parts[0])

    def matching(self, what: str, pattern: str) -> str:
        text = self.text(what)
        if not re.fullmatch(pattern, text):
            raise IdCardContentError(what)
        return text

    def day(self, what: str) -> date:
        try:
            return date.fromisoformat(self.matching(what, r"[0-9]{8}"))
        except ValueError:
            raise IdCardContentError(what) from None

    def birth(self) -> date:
        return self.born_before_issue(self.day("出生日期"))

    def born_before_issue(self, birth: date) -> date:
        if birth > self.day("有效期起"):
            raise IdCardContentError("出生日期")
        return birth

    def sex(self) -> Sex:
        return Sex(self.matching("性别", "[12]"))

    def valid_until(self) -> date | None:
        if self.text("有效期止") == _FOR_LIFE:
            return None
        until = self.day("有效期止")
        if until < self.day("有效期起"):
            raise IdCardContentError("有效期止")
        return until

    def number(self, pattern: str = "[0-9]{17}[0-9X]") -> tuple[str, date, Sex]:
        """Return the number, of 18 characters (GB 11643), and the birth date and sex that it says."""
        try:
            found = holders_number(self.text("号码"))
        except CardContentError as error:
            raise IdCardContentError("号码", error.kind) from None
        sex = Sex.of(found)
        if found.birth is None or sex is None:  # another person's number than this card is for
            raise IdCardContentError("号码", ContentKind.FOREIGN_NUMBER)
        if not re.fullmatch(pattern, found.number):
            raise IdCardContentError("号码", ContentKind.INVALID_NUMBER)
        return found.number, self.born_before_issue(found.birth), sex

    def contradictions(self, birth: date, sex: Sex) -> Iterator[str]:
        """Yield a warning for each item that contradicts the number."""
        if self.optional("性别") not in ("", "0", "9", sex.value):
            yield "sex_contradicts_number"
        if self.optional("出生日期") not in ("", f"{birth:%Y%m%d}"):
            yield "birth_contradicts_number"


def _citizen(items: _Items) -> dict[str, Any]:
    """Return what both kinds of a citizen's card have."""
    number, birth, sex = items.number()
    return {
        "name": items.text("姓名"),
        "number": number,
        "sex": sex,
        "birth": birth,
        "valid_from": items.day("有效期起"),
        "valid_until": items.valid_until(),
        "address": items.text("住址"),
        "issuer": items.text("签发机关"),
        "warnings": tuple(items.contradictions(birth, sex)),
    }


def _resident(items: _Items) -> ResidentIdCard:
    return ResidentIdCard(**_citizen(items), nation=items.matching("民族", "[0-9]{2}"))


def _permit(items: _Items) -> ResidencePermit:
    return ResidencePermit(
        **_citizen(items),
        pass_number=items.matching("通行证号码", "[A-Z0-9]{8,9}"),
        times_issued=items.matching("签发次数", "[0-9]{1,2}"),
    )


def _permanent_2017(items: _Items) -> PermanentResidentCard:
    number = items.matching("号码", "[A-Z]{3}[0-9]{12}")
    return PermanentResidentCard(
        name=items.text("英文姓名"),
        number=number,
        sex=items.sex(),
        birth=items.birth(),
        valid_from=items.day("有效期起"),
        valid_until=items.valid_until(),
        chinese_name=items.optional("中文姓名"),
        nationality=items.matching("国籍", "[A-Z]{3}"),
        # The reader vouches for the card, and no published text vouches for this check: it is a warning.
        warnings=() if permanent_resident_check(number[:14]) == number[14] else ("number_check_digit",),
    )


def _permanent_2023(items: _Items) -> PermanentResidentCard:
    number, birth, sex = items.number("9[0-9]{16}[0-9X]")
    return PermanentResidentCard(
        # A long name goes on in the extension, perhaps after a space: joined first, stripped then.
        name=items.text("英文姓名", "英文姓名扩展"),
        number=number,
        sex=items.sex(),
        birth=birth,
        valid_from=items.day("有效期起"),
        valid_until=items.valid_until(),
        chinese_name=items.optional("中文姓名"),
        nationality=items.matching("国籍", "[A-Z]{3}"),
        warnings=tuple(items.contradictions(birth, sex)),
    )


def _decode(item: bytes, what: str) -> str:
    try:
        return item.decode("utf-16-le")
    except UnicodeDecodeError:
        raise IdCardContentError(what) from None
