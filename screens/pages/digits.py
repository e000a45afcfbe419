"""The page on which digits are entered: a number of an identity card, a telephone."""

from collections.abc import Sequence

from screens.pages.entry import ERASE, EntryPage
from screens.pages.pin_pad import CLEAR
from screens.theme.box import Box
from screens.widgets.keys import COMPACT_COLUMNS, PAD_COLUMNS, PAD_ROWS, pad_boxes, place_keys

GROUPS: dict[int, tuple[int, ...]] = {18: (6, 8, 4), 11: (3, 4, 4)}
"""How a number of this length is read aloud in China: an identity number by place, birth and the rest."""

DOT = "●"


class DigitsPage(EntryPage):
    """Takes digits, the last of which may be X."""

    def begin(self) -> None:
        """Start with what the question brings."""
        self.entered = self.question.value

    @property
    def complete(self) -> bool:
        """Whether there are enough."""
        return bool(self.question.shortest <= len(self.entered) <= self.question.longest)

    def shown(self) -> str:
        """Return the digits in groups; private ones as dots but for the last."""
        digits = self.entered
        if self.question.private and digits:
            digits = DOT * (len(digits) - 1) + digits[-1]
        return " ".join(grouped(digits, GROUPS.get(self.question.longest, (4,) * 10)))

    def take(self, name: str) -> None:
        """Take a digit, X at the last place, or take one back."""
        if name == ERASE:
            self.entered = self.entered[:-1]
        elif name == CLEAR:
            self.entered = ""
        elif name != "X" or self._x_is_next:
            self.entered = (self.entered + name)[: self.question.longest]
        if self.question.private:
            self.stage.entered(len(self.entered))

    @property
    def _x_is_next(self) -> bool:
        return bool(self.question.may_end_in_x) and len(self.entered) == self.question.longest - 1

    def fill(self) -> None:
        """Lay out field and keys: one above the other, or side by side where the panel is wide."""
        theme = self.theme
        if theme.compact:
            self.fill_compact()
            return
        words, pad, enter = pad_boxes(theme, self.box)
        words = self.problem(self.heading(words, self.question.title, self.question.text))
        self.field(words.cut_top(theme.mm(26))[0])
        last = "X" if self.question.may_end_in_x else CLEAR
        self._add_keys(pad.grid(PAD_COLUMNS, PAD_ROWS, theme.gap), (*"123456789", last, "0", ERASE))
        self.button(self.enter, enter, enabled=self.complete)

    def _add_keys(self, cells: Sequence[Box], names: Sequence[str]) -> None:
        icons: dict[str, str] = {ERASE: "erase"}
        self.keep("".join(names), lambda: place_keys(self.theme, cells, names, self.press, icons))

    def fill_compact_keys(self) -> None:
        """The last cell of a compact pad is X while X may come next, and else the button that ends the entry."""
        cells = self.box.grid(COMPACT_COLUMNS, 2, self.theme.gap)
        last = ("X",) if self._x_is_next else ()
        self._add_keys(cells, (*"12345", ERASE, *"67890", *last))
        if not last:
            self.button(self.enter, cells[-1], enabled=self.complete)


def grouped(digits: str, groups: tuple[int, ...]) -> list[str]:
    """Return ``digits`` in groups of these lengths, as far as they go."""
    found, rest = [], digits
    for length in groups:
        if rest:
            found.append(rest[:length])
            rest = rest[length:]
    return found
