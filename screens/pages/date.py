"""The pages on which a month or a day is chosen from tiles: all its parts at once, or one after the other."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

from kiosk.dialogue.words import TranslatableText, _
from screens.pages.date_parts import (
    DAY_PARTS,
    MONTH_PARTS,
    SMALL_DAY_PARTS,
    Part,
    PartTile,
    Span,
    day_words,
    month_words,
)
from screens.pages.introduced import PageWithIntro
from screens.pages.page import Action
from screens.theme.box import Box
from screens.theme.tokens import Size
from screens.theme.wrapping import line_height
from screens.widgets.controls import PushButton, needed_width

TILE_MM = 28
"""A tile need not be higher than this."""
COMPACT_COLUMNS = {Part.MONTH: 6}
"""A compact panel has two rows of tiles; of five columns where they say more than two digits."""


class DatePage(PageWithIntro):
    """Takes a day. Something is chosen from the start, and the button that answers says what."""

    parts: Sequence[Part] = DAY_PARTS
    compact_parts: Sequence[Part] = SMALL_DAY_PARTS

    def begin(self) -> None:
        """Start where the question begins."""
        self.chosen: date = self.question.value
        self.span = Span(self.question.first, self.question.last)
        self._stage_of_parts = 0

    def in_words(self) -> TranslatableText:
        """Return what is chosen."""
        return day_words(self.chosen)

    def finish(self) -> None:
        """Give the answer."""
        self.answer(self.chosen)

    def fill(self) -> None:
        """Lay out the tiles of every part, and below them the button that answers."""
        if self.theme.compact:
            self._fill_compact()
            return
        box = self.heading(self.box, self.question.title, self.question.text)
        if self.question.problem:
            trouble = self.words(
                self.question.problem, box.width, colour=self.theme.palette.danger, bold=True
            )
            box = box.cut_top(trouble.put_at_top(box).height, self.theme.space)[1]
        enter = Action(_("确定：{chosen}", chosen=self.in_words()), self.finish, "primary")
        self.controls(box, [enter])
        self._blocks(self.room(box, [enter]))

    # All parts at once.

    def _blocks(self, box: Box) -> None:
        caption = line_height(self.theme.type_size(Size.BODY))
        rows = int((box.height - caption - self.theme.mm(2) + self.theme.gap) / self._pitch)
        parts, widths = self.parts, self._widths(self.parts, rows)
        if sum(widths) + self._between * (len(widths) - 1) > box.width:
            parts, widths = self.compact_parts, self._widths(self.compact_parts, rows)
        for part, place in zip(parts, box.columns(widths, self._between), strict=True):
            name, below = place.cut_top(caption, self.theme.mm(2))
            self.words(part.value, name.width, colour=self.theme.palette.soft).put_at_top(name)
            tiles = self.span.tiles(part, self.chosen)
            self._grid(tiles, below, -(-len(tiles) // rows))

    @property
    def _pitch(self) -> float:
        return self.theme.touch + self.theme.gap

    @property
    def _between(self) -> float:
        return 2 * self.theme.gap

    def _widths(self, parts: Sequence[Part], rows: int) -> list[float]:
        """Return the least width of each part, its tiles in columns of so many ``rows``."""
        return [
            max(
                self._width(self.span.tiles(part, self.chosen), rows),
                needed_width(self.theme, part.value, Size.BODY),
            )
            for part in parts
        ]

    def _width(self, tiles: Sequence[PartTile], rows: int) -> float:
        columns = -(-len(tiles) // rows)
        tile = max(PushButton.needed_width(self.theme, tile.label) for tile in tiles)
        return columns * tile + (columns - 1) * self.theme.gap

    def _grid(self, tiles: Sequence[PartTile], box: Box, columns: int) -> None:
        high = -(-len(tiles) // columns)
        gaps = (high - 1) * self.theme.gap
        height = min(self.theme.mm(TILE_MM) * high + gaps, box.height)
        cells = box.cut_top(height)[0].grid(columns, high, self.theme.gap)
        for tile, cell in zip(tiles, cells, strict=False):
            self._tile(tile, cell)

    def _tile(self, tile: PartTile, cell: Box) -> None:
        kind = "primary" if tile.chosen else "plain"
        self.button(Action(tile.label, partial(self._choose, tile.leads_to), kind), cell)

    def _choose(self, day: date) -> None:
        self.stage.pressed()
        self.chosen = day
        self._stage_of_parts += 1
        self.draw()

    # One part after the other.

    def _fill_compact(self) -> None:
        if not self.introduced:
            self.introduce()
        elif self._stage_of_parts < len(self.compact_parts):
            self._fill_part(self.compact_parts[self._stage_of_parts])
        else:
            box = self.heading(self.box, self.in_words())
            again = Action(_("重新选"), self._again)
            self.own_page(box, [Action(_("确定"), self.finish, "primary"), again])

    def _fill_part(self, part: Part) -> None:
        box = self.heading(self.box, part.value)
        tiles = self.span.tiles(part, self.chosen)
        columns = COMPACT_COLUMNS.get(part, 5)
        rows = -(-len(tiles) // columns)
        for tile, cell in zip(tiles, box.grid(columns, max(2, rows), self.theme.gap), strict=False):
            self._tile(tile, cell)

    def _again(self) -> None:
        self._stage_of_parts = 0
        self.draw()

    def typed(self) -> Any:
        """Hand over what was chosen, and how far."""
        return self.chosen, self._stage_of_parts, self.introduced

    def resume(self, typed: Any) -> None:
        """Go on with what was chosen."""
        self.chosen, self._stage_of_parts, self.introduced = typed
        self.draw()


class MonthPage(DatePage):
    """Takes a month."""

    parts = MONTH_PARTS
    compact_parts = MONTH_PARTS

    def in_words(self) -> TranslatableText:
        """Return what is chosen."""
        return month_words(self.chosen)
