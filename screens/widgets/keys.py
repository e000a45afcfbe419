"""Keys: pads of equal ones for digits, in the same place for each question."""

from collections.abc import Callable, Mapping, Sequence

from screens.theme.box import Box
from screens.theme.palette import Colour
from screens.theme.tokens import Size, Theme
from screens.widgets.controls import PushButton

KEY_MM = 32
"""A key need not be higher than this,"""

PAD_MM = 200
"""and a pad not wider."""

PAD_ROWS, PAD_COLUMNS, COMPACT_COLUMNS = 4, 3, 6


class Key(PushButton):
    """A key that looks the same while it is pressed: what was entered tells that, and not which it was."""

    @property
    def colours(self) -> tuple[Colour, Colour, Colour]:
        """The colours of a key, pressed or not."""
        p = self.theme.palette
        return p.paper, p.primary, p.primary


def pad_boxes(theme: Theme, box: Box) -> tuple[Box, Box, Box]:
    """Return the boxes of the words, the pad, and the button below it, counted from the foot of ``box``."""
    words = box
    if theme.landscape:
        side, words = box.cut_right(min(box.width * 0.5, theme.mm(PAD_MM)), theme.mm(12))
    else:
        width = min(box.width, theme.mm(PAD_MM))
        side = Box(box.x + (box.width - width) / 2, box.y, width, box.height)
    enter, rest = side.cut_foot(theme.button, theme.space)
    gaps = (PAD_ROWS - 1) * theme.gap
    pad, rest = rest.cut_foot(min(rest.height, PAD_ROWS * theme.mm(KEY_MM) + gaps), theme.space)
    if not theme.landscape:
        words = Box(box.x, rest.y, box.width, rest.height)
    return words, pad, enter


def place_keys(
    theme: Theme,
    cells: Sequence[Box],
    names: Sequence[str],
    press: Callable[[str], None],
    icons: Mapping[str, str],
    kind: type[PushButton] = PushButton,
) -> list[PushButton]:
    """Return a key in each of the ``cells``; those of ``icons`` have one, and on a compact panel nothing else."""
    keys = []
    for name, cell in zip(names, cells, strict=False):
        icon = icons.get(name, "")
        size = Size.LABEL if len(name) > 1 or theme.compact else Size.TITLE
        key = kind(theme, "" if icon and theme.compact else name, cell, icon=icon, size=size)
        key.bind(on_release=lambda _, name=name: press(name))
        keys.append(key)
    return keys
