"""How personal data may be shown, on pages and on paper alike: enough for its owner, too little for a bystander."""

import re
import unicodedata

from text.line_breaks import clusters


def mask_name(name: str) -> str:
    """Return the first and the last character with one star between, of two the first; the star tells no length.

    A letter and the accents that stand on it are one character. Of names in other scripts than Chinese the first
    letter is left: a last one may say who it is.

    王建国 → 王*国, 欧阳晴 → 欧*晴, 张三 → 张*, 阿卜杜拉·买买提 → 阿*提, Anna Müller → A**.
    """
    seen = clusters(name)
    if not seen:
        return "*"
    if not _is_han(seen[0]):
        return f"{seen[0]}**"
    return f"{seen[0]}*{seen[-1]}" if len(seen) > 2 else f"{seen[0]}*"


def mask_id_number(number: str) -> str:
    """Return the first six and the last four of 18 digits; of what begins with a letter three at each end.

    Of a short one fewer, so that half of it or more is hidden; of anything else a star for each character.

    99999919480906142X → 999999********142X, HKG012345678 → HKG*678, E12345678 → E1*78.
    """
    if re.fullmatch("[0-9]{17}[0-9Xx]", number):
        return f"{number[:6]}********{number[-4:]}"
    if not re.match("[A-Za-z]", number):
        return "*" * len(number)
    shown = min(3, len(number) // 4)
    return f"{number[:shown]}*{number[len(number) - shown :]}"


def mask_card_number(number: str) -> str:
    """Return the first two and the last three of nine characters: A1024575X → A1****75X."""
    if len(number) != 9:
        return "*" * len(number)
    return f"{number[:2]}****{number[-3:]}"


def _is_han(character: str) -> bool:
    # By the code point where this Python's tables are older than the character: planes 2 and 3 hold nothing else.
    return unicodedata.name(character[0], "").startswith("CJK") or 0x20000 <= ord(character[0]) < 0x40000
