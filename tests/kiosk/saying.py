"""What a question says: the texts that can be said in another language, and those that cannot."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass

from kiosk.dialogue.questions import Option, Section, ShowTable
from kiosk.rules.texts import Sentence

HAN = re.compile(r"[\u4e00-\u9fff]")
DATA = {"name", "why", "basis", "typed"}
"""Values that are the same in every language: names, what was typed, what the centre says, documents that are cited."""


@dataclass(frozen=True)
class Said:
    """``msgids`` to look up in the catalogue, and ``loose`` Chinese that is in none."""

    msgids: tuple[str, ...]
    loose: tuple[str, ...]


def said(question: object) -> Said:
    found = list(_texts(question))
    return Said(
        tuple(text.msgid for text in found if isinstance(text, Sentence)),
        tuple(text for text in found if not isinstance(text, Sentence) and HAN.search(text)),
    )


def _texts(thing: object) -> Iterator[str]:
    if isinstance(thing, Sentence):
        yield thing
        for name, value in thing.values.items():
            if name not in DATA:
                yield from _texts(value)
    elif isinstance(thing, str):
        yield thing
    elif isinstance(thing, Option):
        yield from _texts((thing.label, thing.hint, thing.unavailable_reason))
    elif isinstance(thing, ShowTable):
        yield from _texts((thing.title, thing.text, thing.source))
        yield from _texts(tuple(name for name, _ in thing.rows))
        yield from (value for _, value in thing.rows if isinstance(value, Sentence))
    elif isinstance(thing, Section):  # what a feed or the centre says is Chinese in every language
        yield from (text for text in (thing.heading, thing.text) if isinstance(text, Sentence))
    elif isinstance(thing, tuple):
        for one in thing:
            yield from _texts(one)
    elif is_dataclass(thing):
        yield from _texts(tuple(getattr(thing, field.name) for field in fields(thing)))
