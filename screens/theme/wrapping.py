"""Breaks text into lines of so many pixels, where ``text.line_breaks`` lets a line end."""

import re
from functools import lru_cache

from kivy.core.text import Label as TextMeasure

from text import line_breaks

LINE_HEIGHT = 0.95
"""Of the font's own line, which is 1.45 em: lines are 1.38 em apart."""


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

    def pixels(part: str) -> float:
        return width_of(part, font_size, bold)

    paragraphs = text.split("\n")
    return [line for paragraph in paragraphs for line in line_breaks.lines_of(paragraph, width, pixels)]


def width_of(line: str, font_size: float, bold: bool = False) -> float:
    """Return the width of one line in pixels."""
    return sum(_width_of_run(run, font_size, bold) for run in re.findall(r"[ -~]+|[^ -~]+", line))


@lru_cache(maxsize=4096)
def _width_of_run(run: str, font_size: float, bold: bool) -> float:
    if all("\u2e80" <= character <= "\uffef" for character in run):
        return len(run) * _em(font_size, bold)
    return float(_measure(font_size, bold).get_extents(run)[0])


@lru_cache(maxsize=32)
def _em(font_size: float, bold: bool) -> float:
    return float(_measure(font_size, bold).get_extents("国" * 8)[0]) / 8


@lru_cache(maxsize=32)
def _measure(font_size: float, bold: bool) -> TextMeasure:
    return TextMeasure(font_size=font_size, bold=bold)


@lru_cache(maxsize=32)
def line_height(font_size: float, bold: bool = False) -> float:
    """Return the height of one line in pixels."""
    text = TextMeasure(text="国", font_size=font_size, bold=bold, line_height=LINE_HEIGHT)
    text.refresh()
    return float(text.texture.height)
