"""Takes a text apart into what a voice can say: fixed phrases, numbers, and what is the citizen's own.

The phrase is what is recorded ahead: a sentence, or the part of one before or after a value.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from string import Formatter

from kiosk.dialogue.language import catalogue
from kiosk.dialogue.preferences import Language
from kiosk.rules.texts import Sentence


@dataclass(frozen=True)
class Phrase:
    """Words of the machine itself, which never hold anything about a citizen."""

    text: str


@dataclass(frozen=True)
class Number:
    """A number that was put into a text: how many times, seconds or months."""

    value: int


@dataclass(frozen=True)
class Personal:
    """A text that may say something about the citizen: it is spoken only when asked for."""

    text: str


Piece = Phrase | Number | Personal

STOPS = {"zh": ("，", "。", "？"), "en": (",", ".", "?")}
"""How a phrase ends when it goes on into a value, when it is over, and when it asks."""

_SENTENCE_END = re.compile(r"(?<=[。！？；：\n])|(?<=[.!?;:])(?=\s|$)")
_AT_THE_EDGE = " \n，。！？；：、,.!?;:（）()…—-·"
_OVER = "。！；.!;？?"
_COMMA = re.compile(r"[，；]|[,;](?=\s)")
_WORD = re.compile(r"\w")
_CHINESE_NAME = re.compile(r" ?\([^)]*[一-鿿][^)]*\)")
"""The Chinese name that a text in another language gives for the eye: Activate card (社保功能激活)."""
_SILENT = str.maketrans("", "", '“”"《》「」')


def pieces(text: str, language: Language = "zh") -> list[Piece]:
    """Return what there is to say of ``text``; only sentences of the program are known to be the machine's own."""
    if not isinstance(text, Sentence):
        return [Personal(text)] if text else []
    template = text.msgid if language == "zh" else catalogue(language).get(text.msgid, "")
    if not template:
        return [Personal(text)]
    if not text.values:
        return [Phrase(phrase) for phrase in phrases(template, language)]
    found: list[Piece] = []
    for literal, field, _form, _conversion in Formatter().parse(template):
        found += [Phrase(phrase) for phrase in phrases(literal, language, goes_on=field is not None)]
        if field is not None:
            found += _value(text.values[field], language)
    return found


def phrases_of(template: str, language: Language) -> set[str]:
    """Return the phrases to record for a text as it was written, its values still open."""
    if "{" not in template:
        return set(phrases(template, language))
    stretches = [(literal, field) for literal, field, _form, _conversion in Formatter().parse(template)]
    return {
        phrase
        for literal, field in stretches
        for phrase in phrases(literal, language, goes_on=field is not None)
    }


def phrases(literal: str, language: Language, *, goes_on: bool = False) -> Iterator[str]:
    """Split into sentences, each without the marks around it and with one plain stop.

    What ``goes_on`` into a value is a phrase from its last comma on, so that it can be left out together with it.
    """
    if language != "zh":
        literal = _CHINESE_NAME.sub("", literal)
    sentences = [part.strip() for part in _SENTENCE_END.split(literal.translate(_SILENT))]
    sentences = [sentence for sentence in sentences if _WORD.search(sentence)]
    for place, sentence in enumerate(sentences, 1):
        before_value = goes_on and place == len(sentences) and sentence[-1] not in _OVER
        if before_value:
            *whole, sentence = _COMMA.split(sentence.rstrip(_AT_THE_EDGE))
            yield from (part.strip(_AT_THE_EDGE) + STOPS[language][0] for part in whole if _WORD.search(part))
        yield sentence.strip(_AT_THE_EDGE) + _stop(sentence, language, goes_on=before_value)


def _stop(sentence: str, language: Language, *, goes_on: bool) -> str:
    into_value, over, question = STOPS[language]
    if sentence.endswith(("？", "?")):
        return question
    return into_value if goes_on or sentence.endswith(("：", ":")) else over


def _value(value: object, language: Language) -> list[Piece]:
    if isinstance(value, int):
        return [Number(value)]
    parts = value if isinstance(value, tuple) else (value,)
    return [
        piece for part in parts for piece in pieces(part if isinstance(part, str) else str(part), language)
    ]
