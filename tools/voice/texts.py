"""Which phrases are to be recorded: those of every text that a citizen may meet, and the words of numbers."""

from collections.abc import Iterator

from kiosk.dialogue.language import catalogue
from kiosk.dialogue.preferences import Language
from kiosk.voice.numbers import UNITS
from kiosk.voice.phrases import phrases_of
from tools.catalogue import texts

VOICES: dict[Language, str] = {"zh": "zf_xiaoxiao"}
"""Who speaks; a language without a voice here is spoken by the synthesiser."""


def wanted() -> dict[Language, set[str]]:
    """Return the phrases to record in each language."""
    return {language: {*UNITS[language], *_phrases(language)} for language in VOICES}


def _phrases(language: Language) -> Iterator[str]:
    for text, _file in texts():
        yield from phrases_of(text if language == "zh" else catalogue(language)[text], language)
