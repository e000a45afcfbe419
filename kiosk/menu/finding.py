"""Finding an option by what was typed so far: Chinese, pinyin, or the first letters of its syllables."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from kiosk.dialogue.questions import Option
from kiosk.voice.pinyin import to_pinyin

MOST_SPELLED = 8_192
"""Texts whose spelling is kept."""


def find(options: Iterable[Option], typed: str) -> tuple[Option, ...]:
    """Return the options that ``typed`` may mean, those first whose label it begins; all of them for nothing typed."""
    wanted = "".join(typed.lower().split())
    if not wanted:
        return tuple(options)
    pattern = _pattern(wanted)
    ranked = [(rank, option) for option in options if (rank := _rank(option, wanted, pattern)) is not None]
    return tuple(option for _rank, option in sorted(ranked, key=lambda pair: pair[0]))


def _rank(option: Option, wanted: str, pattern: re.Pattern[str]) -> int | None:
    """Return 0 where ``wanted`` begins the label, 1 where it is in it, 2 where it is in another word; or None."""
    places = (_place(text, wanted, pattern) for text in _texts(option))
    for rank, place in enumerate(places):
        if place is not None:
            return 0 if rank == place == 0 else min(rank + 1, 2)
    return None


def _texts(option: Option) -> Iterator[str]:
    yield option.label
    yield from option.words


def _place(text: str, wanted: str, pattern: re.Pattern[str]) -> int | None:
    if (place := text.lower().find(wanted)) >= 0:
        return place
    found = pattern.search(_spelling(text)) if wanted.isascii() else None
    return found.start() if found else None


def _pattern(letters: str) -> re.Pattern[str]:
    """Return what finds ``letters`` in syllables: each letter goes on with its syllable or begins the next one."""
    return re.compile(r"\b" + "(?:[a-z]* )?".join(map(re.escape, letters)))


@lru_cache(maxsize=MOST_SPELLED)
def _spelling(text: str) -> str:
    """Return ``text`` as syllables without tones."""
    return re.sub(r"[^a-z ]", "", to_pinyin(text).lower())
