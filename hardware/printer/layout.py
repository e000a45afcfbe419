"""From a document to lines of characters on a grid of half-width columns; nothing is wider than the paper."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from hardware.printer.cells import width
from hardware.printer.document import Align, Cell, Columns, Document, Rule, Table, Text
from hardware.printer.document import Block as DocumentBlock
from text.line_breaks import lines_of

_HORIZONTAL = "─"


@dataclass(frozen=True, slots=True)
class Span:
    """A text that begins at a half-width column."""

    column: int
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the paper, in one style."""

    spans: tuple[Span, ...]
    size: int = 1
    bold: bool = False
    underline: bool = False


def wrap(text: str, columns: int) -> list[str]:
    """Break ``text`` into lines of at most ``columns``; at least one line."""
    return [line for paragraph in text.split("\n") for line in lines_of(paragraph, columns, width)]


def lay_out(document: Document, columns: int) -> Iterator[Line | DocumentBlock]:
    """Yield the lines of the document for a paper of ``columns``, and its other blocks as they are."""
    for block in document.blocks:
        match block:
            case Text():
                yield from _text(block, columns)
            case Columns():
                yield from _columns(
                    block.cells, share([cell.width for cell in block.cells], columns), block.bold
                )
            case Table():
                yield from _table(block, columns)
            case Rule():
                yield _rule(columns)
            case _:
                yield block


def _text(block: Text, columns: int) -> Iterator[Line]:
    for line in wrap(block.text, columns // block.size - block.indent):
        text = " " * block.indent + line
        start = _start(block.align, columns, width(text) * block.size)
        yield Line((Span(start, text),), block.size, block.bold, block.underline)


def _start(align: Align, room: int, taken: int) -> int:
    match align:
        case Align.LEFT:
            return 0
        case Align.CENTER:
            return (room - taken) // 2
        case Align.RIGHT:
            return room - taken


def _rule(columns: int) -> Line:
    return Line((Span(0, _HORIZONTAL * (columns // 2)),))


def _columns(cells: Sequence[Cell], widths: Sequence[int], bold: bool = False) -> Iterator[Line]:
    starts = [sum(widths[:index]) for index in range(len(widths))]
    # One half-width column stays empty between two cells, so that a number never touches its neighbour.
    rooms = [*(each - 1 for each in widths[:-1]), widths[-1]]
    wrapped = [wrap(cell.text, max(room, 2)) for cell, room in zip(cells, rooms, strict=True)]
    for texts in zip_longest(*wrapped, fillvalue=""):
        spans = (
            Span(start + _start(cell.align, room, width(text)), text)
            for cell, start, room, text in zip(cells, starts, rooms, texts, strict=True)
            if text
        )
        yield Line(tuple(spans), bold=bold)


def share(weights: Sequence[int], columns: int) -> list[int]:
    """Divide ``columns`` by ``weights`` into whole columns that add up to exactly ``columns``."""
    total, taken, widths = sum(weights), 0, []
    for index in range(len(weights)):
        end = sum(weights[: index + 1]) * columns // total
        widths.append(end - taken)
        taken = end
    return widths


def _table(table: Table, columns: int) -> Iterator[Line]:
    aligns = table.aligns or [Align.LEFT] * len(table.header)
    widths = _table_widths(table, columns)

    def row(texts: Sequence[str], bold: bool = False) -> Iterator[Line]:
        cells = [Cell(text, align=align) for text, align in zip(texts, aligns, strict=True)]
        return _columns(cells, widths, bold)

    for index, texts in enumerate(table.rows):
        if index % table.page_rows == 0:
            if index:
                yield _rule(columns)
            yield from row(table.header, bold=True)
        yield from row(texts)


def _table_widths(table: Table, columns: int) -> list[int]:
    """Give each column what its longest text needs and share out the rest; wrap only if that is too much."""
    needed = [max(map(width, texts)) + 1 for texts in zip(table.header, *table.rows, strict=True)]
    needed[-1] -= 1
    if sum(needed) > columns:
        return share(table.widths, columns)
    spare = share(table.widths, columns - sum(needed))
    return [need + more for need, more in zip(needed, spare, strict=True)]
