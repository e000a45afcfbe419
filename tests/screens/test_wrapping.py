"""Lines on the screen end where they may, at every width."""

import pytest

from screens.theme.wrapping import balanced, lines_of, width_of
from tests.text.line_breaks import TEXTS, allowed

EM = 24


@pytest.mark.parametrize("broken", [lines_of, balanced])
@pytest.mark.parametrize("text", TEXTS)
def test_no_line_on_the_screen_begins_or_ends_with_a_mark_that_may_not(window, broken, text):
    for width in range(6 * EM, 24 * EM, 7):
        lines = broken(text, width, EM)

        assert allowed(lines)
        assert all(width_of(line, EM) <= width for line in lines)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_a_line_break_in_the_text_begins_a_line(window):
    assert lines_of("甲\n乙", 100, EM) == ["甲", "乙"]
