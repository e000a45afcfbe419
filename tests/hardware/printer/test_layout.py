"""A document becomes lines that fit the paper, and says all that it said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.printer.cells import width
from hardware.printer.document import Align, Cell, Columns, Document, Rule, Table, Text
from hardware.printer.layout import Line, lay_out, share, wrap

texts = st.text(st.sampled_from("ab1.-, 王建国社保，。（）\n"), max_size=120)


def lines(*blocks: object, columns: int = 42) -> list[str]:
    """What the paper shows, with every span at its column."""
    shown = []
    for line in lay_out(Document("test", blocks), columns):
        row = ""
        for span in line.spans:
            row += " " * (span.column - width(row)) + span.text
        shown.append(row)
    return shown


@given(texts, st.integers(2, 60))
def test_no_line_is_wider_than_the_paper_and_no_character_is_lost(text, columns):
    wrapped = wrap(text, columns)
    assert all(width(line) <= columns for line in wrapped)
    assert "".join(wrapped).replace(" ", "") == text.replace(" ", "").replace("\n", "")


@given(
    st.lists(st.tuples(texts, st.integers(1, 20), st.sampled_from(Align)), min_size=1, max_size=4),
    st.integers(32, 53),
)
def test_cells_stay_in_their_columns(cells, columns):
    blocks = [Columns([Cell(*cell) for cell in cells])]
    if min(share([cell[1] for cell in cells], columns)) < 3:
        return  # A column that is narrower than a 汉字 and its gap is a mistake of the document.
    for line in lay_out(Document("test", blocks), columns):
        assert isinstance(line, Line)
        if not line.spans:
            continue
        ends = [span.column + width(span.text) for span in line.spans]
        starts = [*[span.column for span in line.spans], columns][1:]
        assert all(end <= start for end, start in zip(ends, starts, strict=True))


@given(st.lists(st.integers(1, 50), min_size=1, max_size=8), st.integers(8, 60))
def test_shares_add_up_to_the_paper(weights, columns):
    assert sum(share(weights, columns)) == columns


def test_a_word_of_ascii_is_kept_whole():
    assert wrap("基数 4188.00 元", 8) == ["基数", "4188.00", "元"]


def test_closing_marks_never_begin_a_line():
    assert wrap("本证明有效，请核验。", 10) == ["本证明有", "效，请核", "验。"]


def test_what_is_longer_than_a_line_is_broken():
    assert wrap("A" * 10, 4) == ["AAAA", "AAAA", "AA"]


@pytest.mark.parametrize(("align", "column"), [(Align.LEFT, 0), (Align.CENTER, 17), (Align.RIGHT, 34)])
def test_a_paragraph_stands_where_it_is_told(align, column):
    (line,) = lay_out(Document("test", [Text("参保证明", align=align)]), 42)
    assert line.spans[0].column == column


def test_double_size_takes_twice_the_room():
    (line,) = lay_out(Document("test", [Text("参保证明", size=2, align=Align.CENTER)]), 42)
    assert line.spans[0].column == (42 - 16) // 2


def test_a_table_gives_each_column_what_it_needs_before_it_wraps():
    table = Table(["年月", "状态"], [["2024-01", "正常缴费"]], [1, 9])
    assert lines(table, columns=20) == ["年月    状态", "2024-01 正常缴费"]


def test_a_long_table_is_paged_with_its_header_said_again():
    table = Table(["月"], [[str(n)] for n in range(5)], [1], page_rows=2)
    rule = "─" * 4
    assert lines(table, columns=8) == ["月", "0", "1", rule, "月", "2", "3", rule, "月", "4"]


def test_a_rule_crosses_the_paper():
    assert lines(Rule(), columns=42) == ["─" * 21]
    assert lines(Rule(), columns=53) == ["─" * 26]
