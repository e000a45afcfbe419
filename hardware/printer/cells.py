"""How wide a character is on paper: letters of alphabets take half a column of 汉字, marks on a letter none."""

import re
from collections.abc import Iterator

from text.line_breaks import clusters

# A font of 汉字 has é and Ω as well, each as wide as a 汉字 (GB 2312): a name set in them falls apart.
_LETTER = "[A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af\u02b9-\u02bf\u0370-\u052f\u1e00-\u1fff]"
_NARROW = re.compile(rf"[ -~]|{_LETTER}")
# The apostrophe and the hyphen of a name (Thiong’o); elsewhere they are marks as wide as a 汉字.
_WITHIN_WORD = re.compile(rf"(?<={_LETTER})[\u2010\u2011\u2019](?={_LETTER})")


def cells(text: str) -> Iterator[tuple[str, int]]:
    """Yield each character with its accents, and how many half-width columns it takes: 1 or 2."""
    joints = {found.start() for found in _WITHIN_WORD.finditer(text)}
    place = 0
    for cluster in clusters(text):
        yield cluster, 1 if _NARROW.match(cluster) or place in joints else 2
        place += len(cluster)


def width(text: str) -> int:
    """Return how many half-width columns ``text`` takes."""
    return sum(columns for _, columns in cells(text))
