"""Saying a text in the citizen's language. Chinese is what is written; other languages come from a catalogue."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import as_file, files
from typing import Any

from kiosk.dialogue.preferences import LANGUAGES, Language
from kiosk.rules.texts import Sentence

LONGEST = 2_000
"""Characters of one text; a page of the largest panel has room for fewer."""
LIST_COMMA: dict[Language, str] = {"zh": "、", "en": ", "}


def say(text: str, language: Language) -> str:
    """Return ``text`` in ``language``, and of one that nobody would read to its end only the beginning, with "…".

    Words, and the sentences of the rules, are looked up by what they were written as, and the words among their
    values too. Any other string is data, such as a name or a number: it is the same in every language.
    """
    said = _said(text, language)
    return said if len(said) <= LONGEST else said[: LONGEST - 1] + "…"


def _said(text: str, language: Language) -> str:
    if language == "zh" or not isinstance(text, Sentence):
        return text
    said = catalogue(language).get(text.msgid, text.msgid)
    values = {name: _value(value, language) for name, value in text.values.items()}
    return said.format(**values) if values else said


@cache
def catalogue(language: Language) -> Mapping[str, str]:
    """Return the translations into ``language`` by what was written; read when they are first needed."""
    from babel.messages.pofile import read_po

    source = files("kiosk.dialogue").joinpath("locale", language, "LC_MESSAGES", "kiosk.po")
    with as_file(source) as path, path.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def learn_languages() -> None:
    """Read all catalogues ahead, which takes a twentieth of a second that nobody shall wait for at the screen."""
    for language in LANGUAGES:
        if language != "zh":
            catalogue(language)


def _value(value: Any, language: Language) -> Any:
    if isinstance(value, tuple):
        return LIST_COMMA[language].join(say(one, language) for one in value)
    return say(value, language) if isinstance(value, str) else value
