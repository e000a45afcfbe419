"""What is to be printed, said without any printer: lines, columns, tables, QR codes and cuts.

The texts are kept out of every ``repr``: a document carries names and ID numbers, and a repr ends in a log.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal

from text.clean import clean_text


class Align(StrEnum):
    """Where a text stands in the room that it has."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph over the whole width; it is wrapped, and a line feed in it begins a new line.

    ``indent`` is how many half-width columns stay empty before each of its lines.
    """

    text: str = field(repr=False)
    size: Literal[1, 2] = 1
    bold: bool = False
    align: Align = Align.LEFT
    underline: bool = False
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Cell:
    """One text of a row. ``width`` is its share of the paper, best said in half-width characters."""

    text: str = field(repr=False)
    width: int = 1
    align: Align = Align.LEFT


@dataclass(frozen=True, slots=True)
class Columns:
    """Cells beside each other; a cell that is too long is wrapped inside its own column."""

    cells: Sequence[Cell]
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a header; ``widths`` are shares of the paper as in :class:`Cell`.

    A long table is paged: after each ``page_rows`` rows a rule is drawn and the header is said again.
    """

    header: Sequence[str]
    rows: Sequence[Sequence[str]] = field(repr=False)
    widths: Sequence[int]
    aligns: Sequence[Align] = ()
    page_rows: int = 24


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the paper."""


@dataclass(frozen=True, slots=True)
class Feed:
    """Blank lines."""

    lines: int = 1


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code in the middle of the paper, error correction M, with its quiet zone."""

    data: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Cut:
    """The end of a ticket. A document that does not end with a cut is cut all the same."""


Block = Text | Columns | Table | Rule | Feed | QrCode | Cut


@dataclass(frozen=True, slots=True)
class Document:
    """A named sequence of blocks. The name is for logs and staff and must not be personal."""

    name: str
    blocks: Sequence[Block]


def cleaned(block: Block) -> Block:
    """Return the block with its texts as they are to be printed (``text.clean``); a line feed within stays one.

    :raises TextError: a text holds what is no character.
    """
    match block:
        case Text():
            return replace(block, text=_clean(block.text))
        case Columns():
            return replace(block, cells=[replace(cell, text=_clean(cell.text)) for cell in block.cells])
        case Table():
            rows = [[*map(_clean, row)] for row in block.rows]
            return replace(block, header=[*map(_clean, block.header)], rows=rows)
    return block


def _clean(text: str) -> str:
    return "\n".join(map(clean_text, text.split("\n"))).strip("\n")
