"""How Chinese is read where the dictionaries are wrong; for the workshop's own Python."""

import re

import jieba
import pypinyin

READINGS = {
    "发卡": "fā kǎ",
    "切纸": "qiē zhǐ",
    "切纸刀": "qiē zhǐ dāo",
    "重置": "chóng zhì",
    "重办": "chóng bàn",
    "时间长": "shí jiān cháng",
}
"""Words that would be read otherwise: 发卡 as a hairpin, 重 as heavy, 长 as to grow."""

_SIGNS = {
    "×": "乘",
    "→": "，",
    **{sign: f"第{word}，" for sign, word in zip("①②③④⑤⑥", "一二三四五六", strict=True)},
}
"""Signs that are words when read aloud."""
_TELEPHONE = re.compile(r"\(0\d{2,3}\)|\d{5,}")
_DIGITS = dict(zip("0123456789", "零幺二三四五六七八九", strict=True))


def teach() -> None:
    """Make the dictionaries know ``READINGS``."""
    pypinyin.load_phrases_dict(
        {word: [[syllable] for syllable in reading.split()] for word, reading in READINGS.items()}
    )
    for word in READINGS:
        jieba.add_word(word, freq=1_000_000)


def spell(text: str) -> str:
    """Write signs as words, and telephone numbers as they are said: digit by digit, 1 as 幺."""
    for sign, word in _SIGNS.items():
        text = text.replace(sign, word)
    return _TELEPHONE.sub(lambda number: _spelled(number[0]), text)


def _spelled(number: str) -> str:
    return "，" * number.startswith("(") + "".join(_DIGITS.get(digit, "，") for digit in number.strip("("))
