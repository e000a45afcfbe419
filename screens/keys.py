"""Keys: a grid of equal ones for digits and letters."""

from collections.abc import Callable, Sequence

from screens.box import Box
from screens.palette import Colour
from screens.theme import Size, Theme
from screens.widgets import Control, Touch

KEY_MM = 34
"""A key need not be higher than this."""


class Key(Touch):
    """A key that looks the same while it is pressed: what was entered tells that, and not which it was."""

    @property
    def colours(self) -> tuple[Colour, Colour, Colour]:
        """The colours of a key, pressed or not."""
        p = self.theme.palette
        return p.paper, p.primary, p.primary


def columns_for(theme: Theme, box: Box, keys: int, wanted: int) -> int:
    """Return how many columns ``keys`` need in ``box``: ``wanted``, or more where it is too low for so many rows."""
    for columns in range(wanted, keys + 1):
        rows = -(-keys // columns)
        if rows * (theme.touch + theme.gap) - theme.gap <= box.height + 1:
            return columns
    return keys


def place_keys(
    theme: Theme,
    box: Box,
    names: Sequence[str],
    wanted: int,
    press: Callable[[str], None],
    icons: dict[str, str],
    secret: bool,
) -> list[Control]:
    """Return the keys ``names`` laid out in ``box``; ``wanted`` columns where the box is high enough."""
    columns = columns_for(theme, box, len(names), wanted)
    rows = -(-len(names) // columns)
    height = min(box.height, rows * theme.mm(KEY_MM) + (rows - 1) * theme.gap)
    kind = Key if secret else Touch
    keys: list[Control] = []
    for name, cell in zip(names, box.cut_top(height)[0].grid(columns, rows, theme.gap), strict=False):
        size = Size.LABEL if len(name) > 1 or theme.compact else Size.TITLE
        key = kind(theme, name, cell, icon=icons.get(name, ""), size=size)
        key.bind(on_release=lambda _, name=name: press(name))
        keys.append(key)
    return keys
