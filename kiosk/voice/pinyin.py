"""Chinese text as pinyin with tone numbers, which is what the synthesiser reads; no other voice of it reads Chinese."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

LONGEST_WORD = 4
DIGITS = dict(zip("0123456789", "零一二三四五六七八九", strict=True))
_PAUSES = {**dict.fromkeys("，、：", ","), **dict.fromkeys("。；！\n", "."), "？": "?"}


def to_pinyin(text: str) -> str:
    """Return ``text`` as syllables; digits are read one by one, and what nobody can read is left out."""
    return " ".join(_syllables(text))


def _syllables(text: str) -> Iterator[str]:
    table = _readings()
    place = 0
    while place < len(text):
        sizes = range(min(LONGEST_WORD, len(text) - place), 0, -1)
        size = next((size for size in sizes if text[place : place + size] in table), 1)
        found = DIGITS.get(text[place], text[place : place + size])
        place += size
        if reading := table.get(found):
            yield reading
        elif found in _PAUSES:
            yield _PAUSES[found]
        elif re.fullmatch(r"[A-Za-z.,?]", found):
            yield found


@cache
def _readings() -> Mapping[str, str]:
    table: dict[str, str] = {}
    for line in files(__package__).joinpath("pinyin.txt").read_text("utf-8").splitlines():
        reading, written = line.split(" ")
        if re.fullmatch(r"[a-z]+\d", reading):
            table.update(dict.fromkeys(written, reading))
        else:
            table[written] = reading
    return table
