"""The page on which digits are entered: a number of an identity card, a telephone."""

from screens.box import Box
from screens.entry import ERASE, EntryPage
from screens.keys import place_keys
from screens.pin_pad import CLEAR, PAD_MM

GROUPS = {18: (6, 8, 4), 11: (3, 4, 4)}
"""How a number of this length is read aloud in China: an identity number by place, birth and the rest."""

DOT = "●"


class DigitsPage(EntryPage):
    """Takes digits, the last of which may be X."""

    @property
    def complete(self) -> bool:
        """Whether there are enough."""
        return self.question.shortest <= len(self.entered) <= self.question.longest

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

    @property
    def _x_is_next(self) -> bool:
        return self.question.may_end_in_x and len(self.entered) == self.question.longest - 1

    def fill(self) -> None:
        """Lay out field and keys: one above the other, or side by side where the panel is wide."""
        theme = self.theme
        if theme.compact:
            assert self.stage.head
            self.field(self.stage.head)
            self._keys(self.box, (*"12345", ERASE, *"67890"))
            return
        box = self.box
        if theme.landscape:
            keys, box = box.cut_right(min(box.width * 0.5, theme.mm(PAD_MM)), theme.mm(12))
        else:
            keys, box = box.cut_foot(box.height * 0.62, theme.space)
            keys = Box(keys.x, keys.y, theme.mm(PAD_MM), keys.height)
            keys = Box(box.x + (box.width - keys.width) / 2, keys.y, keys.width, keys.height)
        box = self.problem(self.heading(box, self.question.title, self.question.text))
        self.field(box.cut_top(theme.mm(26))[0])
        room = self.room(keys, [self.enter])
        last = "X" if self.question.may_end_in_x else CLEAR
        self._keys(room.middle(min(room.height, theme.mm(150))), (*"123456789", last, "0", ERASE))
        self.button(self.enter, keys.cut_foot(theme.button)[0], enabled=self.complete)

    def _keys(self, box: Box, names: tuple[str, ...]) -> None:
        theme = self.theme
        icons = {} if theme.compact else {ERASE: "erase"}
        for key in place_keys(theme, box, names, 6 if theme.compact else 3, self.press, icons, False):
            self.add_widget(key)
        if theme.compact:
            self._last_key(key.box)

    def _last_key(self, before: Box) -> None:
        """The last cell of a compact pad is X while X may come next, and else the button that ends the entry."""
        cell = Box(before.right + self.theme.gap, before.y, before.width, before.height)
        if self._x_is_next:
            for key in place_keys(self.theme, cell, ("X",), 1, self.press, {}, False):
                self.add_widget(key)
        else:
            self.button(self.enter, cell, enabled=self.complete)


def grouped(digits: str, groups: tuple[int, ...]) -> list[str]:
    """Return ``digits`` in groups of these lengths, as far as they go."""
    found, rest = [], digits
    for length in groups:
        if rest:
            found.append(rest[:length])
            rest = rest[length:]
    return found
