"""GB/T 15834-2011, 5.1: which marks never begin a line and which never end one."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.printer.cells import width
from tests.text.line_breaks import TEXTS, allowed
from text.line_breaks import clusters, lines_of


@pytest.mark.parametrize("columns", range(12, 49))
@pytest.mark.parametrize("text", TEXTS)
def test_no_line_begins_or_ends_with_a_mark_that_may_not(text, columns):
    lines = lines_of(text, columns, width)

    assert allowed(lines)
    assert all(width(line) <= columns for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


words = st.text("甲乙丙丁戊王建国", min_size=1, max_size=6) | st.from_regex(r"\A[A-Za-z0-9.]{1,12}\Z")
phrases = st.builds(
    lambda opening, word, closing: opening + word + closing,
    st.sampled_from(["", "", "（", "“", "《", "（“"]),
    words,
    st.sampled_from(["", "", "·", "，", "。", "”）", "》、", "……", "——"]),
)


@given(st.lists(phrases, min_size=1, max_size=12).map("".join), st.integers(24, 60))
def test_whatever_is_written_keeps_the_rule_and_every_character(text, columns):
    lines = lines_of(text, columns, width)

    assert allowed(lines)
    assert all(width(line) <= columns for line in lines)
    assert "".join(lines) == text


seen = st.sampled_from([*"甲A1 ，。·（“”）—…/-e", "e\u0301", "e\u0323\u0301", "—\u0301"])


@given(st.lists(seen, max_size=60).map("".join), st.integers(2, 48))
def test_any_text_in_any_width_keeps_its_characters_whole_and_fits(text, columns):
    lines = lines_of(text, columns, width)

    assert all(width(line) <= columns for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert sorted(clusters(text.replace(" ", ""))) == sorted(
        cluster for line in lines for cluster in clusters(line.replace(" ", ""))
    )


@pytest.mark.parametrize("columns", range(12, 49))
def test_words_and_numbers_are_kept_whole(columns):
    text = "基数4,188.00元 Thiong’o 12333 Müller-Lü O'Brien"
    lines = lines_of(text, columns, width)

    for word in ("4,188.00", "Thiong’o", "12333", "Müller-Lü", "O'Brien"):
        assert any(word in line for line in lines)


def test_a_word_wider_than_a_line_is_broken_and_an_accent_stays_on_its_letter():
    text = unicodedata.normalize("NFD", "é" * 10)

    assert [width(line) for line in lines_of(text, 4, width)] == [4, 4, 2]
    assert "".join(lines_of(text, 4, width)) == text
