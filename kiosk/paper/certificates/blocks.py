"""Pieces that documents are laid out with. Labels have at most five 汉字, so that they fit the narrowest paper."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from hardware.printer.document import Align, Block, Cell, Columns, Rule, Text
from sync.protocol.documents import Personal, Unit
from sync.protocol.messages import Insurance, Month
from sync.protocol.month_ranges import MonthRange

Entry = tuple[Block, ...]
"""Lines that stay together on one page."""


def pair(name: str, value: str) -> Columns:
    """Return a name and its value, beside each other."""
    return Columns((Cell(name, 15), Cell(value, 27)))


def sides(left: str, right: str, bold: bool = False) -> Columns:
    """Return two texts at the two edges of the paper."""
    return Columns((Cell(left, 23), Cell(right, 20, Align.RIGHT)), bold)


def over(months: MonthRange[Any], status: str) -> Columns:
    """Return the line that begins an entry about equal months."""
    return sides(months.period.replace(" ", ""), f"{months.count}个月 {status}", bold=True)


def section(title: str, *blocks: Block) -> tuple[Block, ...]:
    """Return blocks under a title, closed by a rule."""
    return (Text(title, bold=True), *blocks, Rule())


def numbered(sentences: Iterable[str]) -> tuple[Text, ...]:
    """Return sentences, numbered from 1."""
    return tuple(Text(f"{number}.{sentence}") for number, sentence in enumerate(sentences, 1))


def yuan(amount: Decimal) -> str:
    """Return an amount as it is printed."""
    return f"{amount:.2f}元"


def person(document: Personal, *more: Block) -> tuple[Block, ...]:
    """Return whom a document is about, with the whole ID number as the official forms have it."""
    return (
        pair("姓名", document.holder_name),
        pair("性别", document.sex),
        pair("社会保障号", document.id_number),
        *more,
        pair("经办机构", document.agency),
        Rule(),
    )


def unit(document: Unit) -> tuple[Block, ...]:
    """Return which employer a document is about."""
    return (
        pair("单位名称", document.unit_name),
        pair("信用代码", document.credit_code),
        pair("经办机构", document.agency),
        Rule(),
    )


def insurances(listed: Sequence[Insurance]) -> tuple[Block, ...]:
    """Return the status of the holder in each insurance."""
    lines = (Columns((Cell(each.name, 28), Cell(each.status, 14, Align.RIGHT))) for each in listed)
    return section("当前参保险种", *lines)


def contribution(months: MonthRange[Month]) -> Entry:
    """Return equal months of contribution."""
    return (
        over(months, months.each.status),
        sides(f"基数 {months.each.base:.2f}", f"个人 {months.each.personal:.2f}"),
        Text(months.each.employer),
    )
