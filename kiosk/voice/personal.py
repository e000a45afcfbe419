"""How dates, amounts and the numbers of things are read aloud in words that were recorded."""

import re

from kiosk.dialogue.preferences import Language
from kiosk.voice.numbers import digit_words, number_words

_DATE = re.compile(r"(\d{4})-(\d\d)(?:-(\d\d))?")
_AMOUNT = re.compile(r"(\d[\d,]*)\.(\d\d)(?: ?元)?")
_PLAIN = re.compile(r"\d{1,4}")
_DIGITS = re.compile(r"\d{5,}(?: \d{4})*")


def personal_words(text: str, language: Language) -> list[str]:
    """Return the words of a date, an amount or a number; none for anything else, and none in English."""
    if language == "en":
        return []
    if found := _DATE.fullmatch(text):
        return _date(*found.groups())
    if found := _AMOUNT.fullmatch(text):
        return _amount(*found.groups())
    if _PLAIN.fullmatch(text):
        return number_words(int(text), "zh", counting=False)
    return digit_words(text.replace(" ", ""), "zh") if _DIGITS.fullmatch(text) else []


def _date(year: str, month: str, day: str | None) -> list[str]:
    words = [
        *digit_words(year, "zh", plain=True),
        "年",
        *number_words(int(month), "zh", counting=False),
        "月",
    ]
    return [*words, *number_words(int(day), "zh", counting=False), "日"] if day else words


def _amount(yuan: str, cents: str) -> list[str]:
    words = number_words(int(yuan.replace(",", "")), "zh", counting=False)
    if cents != "00":
        words += ["点", *digit_words(cents.rstrip("0"), "zh", plain=True)]
    return [*words, "元"]
