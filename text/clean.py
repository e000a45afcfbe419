"""The one form of a text that is kept, compared and printed, whichever way it was typed, stored or read.

The code points are written out here: what Python's own tables know differs from version to version, and a name in
the newest extension of the 汉字 is a name all the same.
Source of the ranges: Unicode 16, DerivedCoreProperties.txt (Default_Ignorable_Code_Point), PropList.txt (White_Space).
"""

import re
import unicodedata
from string import ascii_lowercase, ascii_uppercase

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)
# Not \s: for Python GS and its neighbours (1C to 1F) are spaces, for a printer GS begins a command.
_SPACES = re.compile("[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
# What GBK had before Unicode did, such as 䶮: old systems keep it in the private use area, the 汉字 from E815 on.
# Source: GB 18030-2000 (A8BC, A8BF, FE50 to FEA0), GB 18030-2005 and GB 18030-2022, where the last of them got their
# places; glibc's table has them all, Python's the 66 of 2000, WHATWG's all but the six of plane 2.
_ONCE_PRIVATE = {0xE7C7: "ḿ", 0xE7C8: "ǹ"} | dict(
    enumerate(
        "⺁𠂇𠂉𠃌⺄㑳㑇⺈⺋龴㖞㘚㘎⺌⺗㥮㤘龵㧏㧟㩳㧐龶龷㭎㱮㳠⺧𡗗龸⺪䁖䅟⺮䌷⺳⺶⺷𢦏䎱"
        "䎬⺻䏝䓖䙡䙌龹䜣䜩䝼䞍⻊䥇䥺䥽䦂䦃䦅䦆䦟䦛䦷䦶龺𤇾䲣䲟䲠䲡䱷䲢䴓䴔䴕䴖䴗䴘䴙䶮龻",
        0xE815,
    )
)
_CAPITALS = str.maketrans(ascii_lowercase, ascii_uppercase)
_NEVER_TEXT = re.compile(
    "[\\x00-\\x1f\\x7f-\\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(f"\\U{plane:04x}fffe\\U{plane:04x}ffff" for plane in range(0x11))
    + "]"
)


class TextError(ValueError):
    """The text holds what is no character: a control, a surrogate or a non-character; the message names it alone."""

    def __init__(self, character: str) -> None:
        self.character = character
        super().__init__(f"U+{ord(character):04X} is no character of a text")


def clean_text(text: str) -> str:
    """Return ``text`` composed (NFC), without what cannot be seen, its words one space apart.

    Texts that are canonically equal become one and the same.

    :raises TextError: it holds a control, a surrogate or a non-character.
    """
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip(" ")
    visible = _INVISIBLE.sub("", text).translate(_ONCE_PRIVATE)
    clean = unicodedata.normalize("NFC", _SPACES.sub(" ", visible).strip(" "))
    if wrong := _NEVER_TEXT.search(clean):
        raise TextError(wrong[0])
    return clean


def clean_number(number: str) -> str:
    """Return an ID number or another number of an office: a clean text whose Latin letters are capitals.

    :raises TextError: as :func:`clean_text`.
    """
    return clean_text(number).translate(_CAPITALS)
