"""Which phrases are to be recorded: those of every text that a citizen may meet, and the words of numbers."""

from collections.abc import Iterable

from kiosk.language import catalogue
from kiosk.manner import Language
from kiosk.voice.numbers import UNITS
from kiosk.voice.phrases import phrases_of


def wanted() -> dict[Language, set[str]]:
    """Return the phrases of each language; the catalogue of translations has every text there is."""
    return {"zh": _phrases(catalogue("en"), "zh"), "en": _phrases(catalogue("en").values(), "en")}


def _phrases(texts: Iterable[str], language: Language) -> set[str]:
    return {*UNITS[language], *(phrase for text in texts for phrase in phrases_of(text, language))}
