"""How numbers are read aloud, in words that are recorded one by one."""

from kiosk.dialogue.preferences import Language

ZH_DIGITS = "零一二三四五六七八九"
ZH_TENS = tuple("一二三四五六七八九"[tens - 1] + "十" if tens > 1 else "十" for tens in range(1, 10))
ZH_SMALL = (*ZH_DIGITS, *("十" + (ZH_DIGITS[ones] if ones else "") for ones in range(10)))
ZH_LARGE = ((10**8, "亿"), (10**4, "万"), (1000, "千"), (100, "百"))

EN_SMALL = (
    *(
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
    ),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
EN_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
EN_LARGE = ((10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred"))

UNITS: dict[Language, tuple[str, ...]] = {
    "zh": (*ZH_SMALL, *ZH_TENS[1:], *(word for _, word in ZH_LARGE), "两", "幺", "负", "点", *"年月日元"),
    "en": (*EN_SMALL, *EN_TENS, *(word for _, word in EN_LARGE), "minus", "point"),
}
"""Every word that a number may need."""


def number_words(value: int, language: Language, *, counting: bool = True) -> list[str]:
    """Return the words of a whole number.

    :param counting: it counts something, so that a lone two is 两 in Chinese.
    """
    if value < 0:
        return [{"zh": "负", "en": "minus"}[language], *number_words(-value, language, counting=counting)]
    if language == "en":
        return _english(value)
    return ["两"] if counting and value == 2 else _chinese(value)


def digit_words(digits: str, language: Language, *, plain: bool = False) -> list[str]:
    """Return the words of digits that are read one by one; 1 is 幺 in Chinese, but ``plain`` 一 in years."""
    if language == "en":
        return [EN_SMALL[int(digit)] for digit in digits]
    return ["幺" if digit == "1" and not plain else ZH_DIGITS[int(digit)] for digit in digits]


def _chinese(value: int) -> list[str]:
    if value < 20:
        return [ZH_SMALL[value]]
    if value < 100:
        tens, ones = divmod(value, 10)
        return [ZH_TENS[tens - 1], *([ZH_DIGITS[ones]] if ones else [])]
    worth, word = next(step for step in ZH_LARGE if value >= step[0])
    head, rest = divmod(value, worth)
    words = [*_chinese(head), word]
    if not rest:
        return words
    gap = ["零"] if rest < worth // 10 else []
    # 一百一十五, but 十五 alone
    tail = ["一", *_chinese(rest)] if 10 <= rest < 20 else _chinese(rest)
    return words + gap + tail


def _english(value: int) -> list[str]:
    if value < 20:
        return [EN_SMALL[value]]
    if value < 100:
        tens, ones = divmod(value, 10)
        return [EN_TENS[tens - 2], *([EN_SMALL[ones]] if ones else [])]
    worth, word = next(step for step in EN_LARGE if value >= step[0])
    head, rest = divmod(value, worth)
    return [*_english(head), word, *(_english(rest) if rest else [])]
