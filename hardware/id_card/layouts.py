"""The text on an ID card: 256 bytes of UTF-16LE in one of four layouts, told apart by a letter.

Whatever does not have its shape, or contradicts the number on the card, is :class:`UnreadableIdCard`: better no
holder than a wrong one.
Sources: 外国人永久居留身份证芯片机读数据项表 (2017), 新版外国人永久居留身份证机读信息规则 (2023), and public
structures of the other two.
"""

import re
import unicodedata
from datetime import date

from hardware.card.items import Sex, id_number_check
from hardware.id_card.card import IdCard, PermanentResidentCard, ResidencePermit, ResidentIdCard
from hardware.id_card.errors import UnreadableIdCard

TEXT_BYTES = 256
_TYPE = slice(248, 250)
_FOR_LIFE = "长期"
_NO_TEXT = {"Cc", "Cf", "Cn", "Cs", "Zl", "Zp"}

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

    :raises UnreadableIdCard: an item is missing, malformed, or contradicts the number.
    """
    if len(text) != TEXT_BYTES:
        raise UnreadableIdCard("文字信息")
    match _decode(text[_TYPE], "证件类型").strip(" \0"):
        case "":
            return _resident(_Items(text, _RESIDENT))
        case "J":
            return _permit(_Items(text, _PERMIT))
        case "I":
            return _permanent_2017(_Items(text, _PERMANENT_2017))
        case "Y":
            return _permanent_2023(_Items(text, _PERMANENT_2023))
    raise UnreadableIdCard("证件类型")


def parse_address(text: bytes) -> str:
    """Make sense of the newest address (最新住址).

    :raises UnreadableIdCard: it is empty or malformed.
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
        text = "".join(self._items[part] for part in parts).rstrip(" ")
        if "  " in text or text.startswith(" ") or any(unicodedata.category(c) in _NO_TEXT for c in text):
            raise UnreadableIdCard(parts[0])
        return text

    def text(self, *parts: str) -> str:
        if text := self.optional(*parts):
            return text
        raise UnreadableIdCard(parts[0])

    def matching(self, what: str, pattern: str) -> str:
        text = self.text(what)
        if not re.fullmatch(pattern, text):
            raise UnreadableIdCard(what)
        return text

    def day(self, what: str) -> date:
        try:
            return date.fromisoformat(self.matching(what, r"[0-9]{8}"))
        except ValueError:
            raise UnreadableIdCard(what) from None

    def birth(self) -> date:
        birth = self.day("出生日期")
        if birth > self.day("有效期起"):
            raise UnreadableIdCard("出生日期")
        return birth

    def sex(self) -> Sex:
        return Sex(self.matching("性别", "[12]"))

    def valid_until(self) -> date | None:
        if self.text("有效期止") == _FOR_LIFE:
            return None
        until = self.day("有效期止")
        if until < self.day("有效期起"):
            raise UnreadableIdCard("有效期止")
        return until

    def number_with_birth(self, pattern: str) -> str:
        """Return the number, of 18 characters (GB 11643), which must agree with its check and the date of birth."""
        number = self.matching("号码", pattern)
        if id_number_check(number[:17]) != number[17] or number[6:14] != f"{self.birth():%Y%m%d}":
            raise UnreadableIdCard("号码")
        return number

    def citizen_number(self) -> str:
        """Return the number, which must agree with the sex as well."""
        number = self.number_with_birth("[0-9]{17}[0-9X]")
        if int(number[16]) % 2 != int(self.sex()) % 2:
            raise UnreadableIdCard("号码")
        return number


def _resident(items: _Items) -> ResidentIdCard:
    return ResidentIdCard(
        name=items.text("姓名"),
        number=items.citizen_number(),
        sex=items.sex(),
        birth=items.birth(),
        valid_from=items.day("有效期起"),
        valid_until=items.valid_until(),
        nation=items.matching("民族", "[0-9]{2}"),
        address=items.text("住址"),
        issuer=items.text("签发机关"),
    )


def _permit(items: _Items) -> ResidencePermit:
    return ResidencePermit(
        name=items.text("姓名"),
        number=items.citizen_number(),
        sex=items.sex(),
        birth=items.birth(),
        valid_from=items.day("有效期起"),
        valid_until=items.valid_until(),
        address=items.text("住址"),
        issuer=items.text("签发机关"),
        pass_number=items.matching("通行证号码", "[A-Z0-9]{8,9}"),
        times_issued=items.matching("签发次数", "[0-9]{1,2}"),
    )


def _permanent_2017(items: _Items) -> PermanentResidentCard:
    return PermanentResidentCard(
        name=items.text("英文姓名"),
        number=items.matching("号码", "[A-Z]{3}[0-9]{12}"),
        sex=items.sex(),
        birth=items.birth(),
        valid_from=items.day("有效期起"),
        valid_until=items.valid_until(),
        chinese_name=items.optional("中文姓名"),
        nationality=items.matching("国籍", "[A-Z]{3}"),
    )


def _permanent_2023(items: _Items) -> PermanentResidentCard:
    return PermanentResidentCard(
        # A long name goes on in the extension, perhaps after a space: joined first, stripped then.
        name=items.text("英文姓名", "英文姓名扩展"),
        number=items.number_with_birth("9[0-9]{16}[0-9X]"),
        sex=items.sex(),
        birth=items.birth(),
        valid_from=items.day("有效期起"),
        valid_until=items.valid_until(),
        chinese_name=items.optional("中文姓名"),
        nationality=items.matching("国籍", "[A-Z]{3}"),
    )


def _decode(item: bytes, what: str) -> str:
    try:
        return item.decode("utf-16-le")
    except UnicodeDecodeError:
        raise UnreadableIdCard(what) from None
