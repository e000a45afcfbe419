"""Where a line of Chinese or English may end: GB/T 15834-2011, 5.1, for paper and screen alike."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache

NEVER_FIRST = frozenset("，。、；：！？…·•‧・％‰℃°）》〉」』】〕〗］｝”’—–‐‑－～〜／,.;:!?%)]}/")
"""Closing marks, and marks that stand between: 间隔号, 连接号, 破折号, 分隔号."""
NEVER_LAST = frozenset("（《〈「『【〔〖［｛“‘￥¥／([{/")
"""Opening marks, the sign before an amount, and the 分隔号, which stands at neither end."""

_WORD = re.compile(r"[!-~\u00a1-\u00b6\u00b8-\u052f\u1e00-\u1fff\u2010\u2011\u2019]")
"""What words and numbers are made of, the hyphens and the apostrophe within them too."""

Width = Callable[[str], float]
"""How wide a text is, in whatever is wide: columns of paper, pixels."""


def lines_of(text: str, room: float, width: Width) -> list[str]:
    """Return ``text``, a paragraph, in lines of at most ``room``; at least one. The spaces at their ends are left out.

    Only a word that is wider than a line is broken, and only a run of marks that is wider than one lacks the rule.
    """
    if width(text.rstrip(" ")) <= room:
        return [text.rstrip(" ")]
    lines, used = [""], 0.0
    for piece in _fitting(text, room, width):
        if lines[-1] and used + width(piece.rstrip(" ")) > room:
            lines, used = [*lines, ""], 0.0
        lines[-1] += piece
        used += width(piece)
    return [line.rstrip(" ") for line in lines]


def clusters(text: str) -> list[str]:
    """Return the characters as they are seen: each with the accents that stand on it."""
    found: list[str] = []
    for character in text:
        if found and unicodedata.category(character).startswith("M"):
            found[-1] += character
        else:
            found.append(character)
    return found


def _fitting(text: str, room: float, width: Width) -> Iterator[str]:
    """Yield the pieces between which a line may end; what is wider than a line is broken as little as can be."""
    for piece in _pieces(text):
        if width(piece.rstrip(" ")) <= room:
            yield piece
            continue
        for part in _clinging(clusters(piece)):
            yield from (part,) if width(part.rstrip(" ")) <= room else clusters(part)


@lru_cache(maxsize=1024)
def _pieces(text: str) -> tuple[str, ...]:
    return tuple(_clinging(_words(text)))


def _words(text: str) -> list[str]:
    """Return each word with the spaces after it, and every other character by itself."""
    words: list[str] = []
    for cluster in clusters(text):
        if words and (cluster == " " or (_is_word(words[-1][-1]) and _is_word(cluster))):
            words[-1] += cluster
        else:
            words.append(cluster)
    return words


def _is_word(cluster: str) -> bool:
    return _WORD.match(cluster) is not None


def _clinging(parts: list[str]) -> list[str]:
    """Join a mark to what it must not be parted from."""
    joined: list[str] = []
    for part in parts:
        if joined and (part[0] in NEVER_FIRST or joined[-1].rstrip(" ")[-1:] in NEVER_LAST):
            joined[-1] += part
        else:
            joined.append(part)
    return joined
