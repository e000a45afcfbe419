"""What pages of tiles share: rows of tiles, and a grid that turns over in its own last cell on a compact panel."""

from collections.abc import Sequence

from kiosk.dialogue.questions import Option
from kiosk.dialogue.words import _
from screens.pages.page import Action, Page
from screens.theme.box import Box
from screens.widgets.controls import Ground, PushButton, TextBlock, Tile, text_height

COMPACT_COLUMNS = 3
LARGEST_BLANK = 0.2
"""Of the panel's height: tiles grow until less than this is left above and below them."""


class TilesPage(Page):
    """Offers things to choose as tiles."""

    def tile(self, option: Option, box: Box, hints: bool = True) -> None:
        """Add the tile of ``option``."""
        tile = Tile(self.theme, option, box, hints, enabled=not option.unavailable_reason)
        tile.bind(on_release=lambda _: self.answer(option.key))
        self.add_widget(tile)

    def tiles(self, options: Sequence[Option], box: Box, columns: int) -> None:
        """Fill ``box`` with the tiles of ``options``, all of one size."""
        if not options:
            return
        rows = -(-len(options) // columns)
        for option, cell in zip(options, box.grid(columns, rows, self.theme.gap), strict=False):
            self.tile(option, cell)

    def least_height(self, options: Sequence[Option], width: float, columns: int) -> float:
        """Return the least height of rows of these tiles in ``width``."""
        if not options:
            return 0
        cell = (width - self.theme.gap * (columns - 1)) / columns
        rows = -(-len(options) // columns)
        high = max(Tile.needed_height(self.theme, option, cell) for option in options)
        return rows * high + (rows - 1) * self.theme.gap

    def caption(self, text: str, box: Box) -> Box:
        """Write a line over what follows, and return the box below it."""
        words = self.words(text, box.width, colour=self.theme.palette.soft, bold=True).put_at_top(box)
        return box.cut_top(words.height, self.theme.mm(2))[1]

    def band(self, sentences: Sequence[str], box: Box, *, well: bool = False) -> Box:
        """Say at the foot of ``box`` what works or does not, and return the box above it."""
        text = "\n".join(map(self.theme.say, sentences))
        p, pad = self.theme.palette, self.theme.mm(4)
        ink, ground = (p.success, p.success_ground) if well else (p.warning, p.warning_ground)
        height = text_height(self.theme, text, box.width - 2 * pad, bold=True) + 2 * pad
        place, rest = box.cut_foot(height, self.theme.gap)
        self.add_widget(Ground(place, ground, self.theme.radius))
        words = TextBlock(self.theme, text, box.width - 2 * pad, colour=ink, bold=True)
        self.add_widget(words.put_in_middle(place.inset(pad, 0), "left"))
        return rest

    def grown(self, least: float, room: float) -> float:
        """Return how high a block of tiles is in ``room``, so that no large part of the page is blank."""
        return max(least, room - 2 * LARGEST_BLANK * self.theme.panel.height)

    # Compact panels.

    def compact_grid(
        self, box: Box, cells: Sequence[tuple[Action, bool]], columns: int = COMPACT_COLUMNS
    ) -> None:
        """Fill ``box`` with actions, each enabled or not; those that do not fit are turned to in the last cell."""
        theme = self.theme
        width = (box.width - theme.gap * (columns - 1)) / columns
        high = max(PushButton.needed_height(theme, action.text, width) for action, _enabled in cells)
        rows = min(max(1, int((box.height + theme.gap + 1) / (high + theme.gap))), -(-len(cells) // columns))
        places = box.grid(columns, rows, theme.gap)
        if len(cells) > len(places):
            cells = self._turned(cells, len(places) - 1)
        for (action, enabled), place in zip(cells, places, strict=False):
            self.button(action, place, enabled)

    def _turned(self, cells: Sequence[tuple[Action, bool]], room: int) -> list[tuple[Action, bool]]:
        """Return the cells of the page that is open, and the one that leads to the next."""
        self.pages = -(-len(cells) // room)
        is_last = self.turned == self.pages - 1
        by, text = (-self.turned, _("上一页")) if is_last else (1, _("下一页"))
        turner = Action(text, lambda: self.turn(by), "primary")
        return [*cells[self.turned * room : (self.turned + 1) * room], (turner, True)]
