"""Breaks text into lines as Chinese and English are set: between any two characters, never before a comma."""

import re
from collections.abc import Iterator
from functools import lru_cache

from kivy.core.text import Label as TextMeasure

NEVER_FIRST = "，。、；：！？）》」』】”’…％%,.;:!?)"
NEVER_LAST = "（《「『【“‘("
LINE_HEIGHT = 0.95
"""Of the font's own line, which is 1.45 em: lines are 1.38 em apart."""

PIECES = re.compile(r"\n|[ -~\u00c0-\u024f]+?(?=[^!-~\u00c0-\u024f]|$)|.", re.DOTALL)
"""A line break, a Latin word or number, or one other character."""


def balanced(text: str, width: float, font_size: float, bold: bool = False) -> list[str]:
    """Return ``text`` in as few lines, all of about the same length."""
    lines = lines_of(text, width, font_size, bold)
    if len(lines) == 1 or "\n" in text:
        return lines
    longest = sum(width_of(line, font_size, bold) for line in lines) / len(lines)
    while len(narrower := lines_of(text, min(longest, width), font_size, bold)) > len(lines):
        longest += font_size / 2
    return narrower


def lines_of(text: str, width: float, font_size: float, bold: bool = False) -> list[str]:
    """Return ``text`` in lines of at most ``width`` pixels."""
    lines, line, used = [], "", 0.0
    for piece in _pieces(text, width, font_size, bold):
        if piece == "\n" or (line and used + width_of(piece.rstrip(), font_size, bold) > width):
            lines.append(line.rstrip())
            line, used = "", 0.0
            piece = piece.lstrip()
        line += piece
        used += width_of(piece, font_size, bold)
    return [*lines, line.rstrip()]


def _pieces(text: str, width: float, font_size: float, bold: bool) -> Iterator[str]:
    """Yield the pieces between which a line may end; one that is wider than a line ends anywhere."""
    for piece in _unbreakable(text):
        yield from (piece if width_of(piece.rstrip(), font_size, bold) > width else (piece,))


def _unbreakable(text: str) -> list[str]:
    """Return the pieces between which a line may end."""
    pieces: list[str] = []
    for piece in PIECES.findall(text):
        clings = pieces and (piece[0] in NEVER_FIRST or pieces[-1][-1:] in NEVER_LAST)
        if clings and piece != "\n" and pieces[-1] != "\n":
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return pieces


def width_of(line: str, font_size: float, bold: bool = False) -> float:
    """Return the width of one line in pixels."""
    return sum(_width_of_run(run, font_size, bold) for run in re.findall(r"[ -~]+|[^ -~]+", line))


@lru_cache(maxsize=4096)
def _width_of_run(run: str, font_size: float, bold: bool) -> float:
    if all("\u2e80" <= character <= "\uffef" for character in run):
        return len(run) * _em(font_size, bold)
    return _measure(font_size, bold).get_extents(run)[0]


@lru_cache(maxsize=32)
def _em(font_size: float, bold: bool) -> float:
    return _measure(font_size, bold).get_extents("国" * 8)[0] / 8


@lru_cache(maxsize=32)
def _measure(font_size: float, bold: bool) -> TextMeasure:
    return TextMeasure(font_size=font_size, bold=bold)


@lru_cache(maxsize=32)
def line_height(font_size: float, bold: bool = False) -> float:
    """Return the height of one line in pixels."""
    text = TextMeasure(text="国", font_size=font_size, bold=bold, line_height=LINE_HEIGHT)
    text.refresh()
    return text.texture.height
