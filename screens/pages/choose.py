"""The page on which a citizen chooses one of a few things."""

from collections.abc import Sequence
from dataclasses import replace

from kiosk.dialogue.questions import SEARCH, Option
from kiosk.dialogue.words import _
from screens.pages.page import Action, pack
from screens.pages.tiles import TilesPage
from screens.theme.box import Box
from screens.widgets.controls import Tile

TILE_MM = 112
"""The least width of a tile where tiles stand in columns."""


MOST_WITH_REASONS = 4
"""A compact panel tells why something cannot be chosen where there are no more options than these."""


class ChoosePage(TilesPage):
    """Offers options as large tiles in as few columns as fit on one page."""

    def fill(self) -> None:
        """Lay out the tiles of the page that is open."""
        if self.theme.compact and self._fits_grid:
            self._fill_grid()
            return
        text = "" if self.theme.compact else self.question.text
        box = self.heading(self.box, self.question.title, text)
        actions = self._actions()
        room = self.room(box, actions)
        columns = self._columns(box, room)
        least = self.least_height(self.question.options, room.width, columns)
        if not self.theme.compact and least <= room.height:
            self.controls(box, actions)
            self._fill_room(room, least, columns)
        else:
            self._turn_over(box, actions, columns)

    @property
    def _fits_grid(self) -> bool:
        """Whether a compact panel shows names only: no reasons are to be told, or there is no room for them."""
        options = self.question.options
        return len(options) > MOST_WITH_REASONS or not any(each.unavailable_reason for each in options)

    def _fill_grid(self) -> None:
        cells = [(self._name(each), not each.unavailable_reason) for each in self.question.options]
        cells += [(action, True) for action in self._actions()]
        self.compact_grid(self.heading(self.box, self.question.title), cells, 2)

    def _name(self, option: Option) -> Action:
        return Action(option.label, lambda: self.answer(option.key))

    def _fill_room(self, room: Box, least: float, columns: int) -> None:
        """Draw the tiles on one page: so large, and so far down, that no large part of it is blank."""
        height = min(room.height, self.grown(least, room.height))
        self.tiles(self.question.options, room.middle(height), columns)

    def _turn_over(self, box: Box, actions: Sequence[Action], columns: int) -> None:
        rows = self._rows_of_tiles(columns)

        def measure(width: float) -> list[float]:
            cell = (width - self.theme.gap * (columns - 1)) / columns
            return self._heights(rows, cell)

        for row, place in self.deal(box, measure, self.theme.gap, actions):
            place = place.cut_top(min(place.height, self.room(box, actions).height))[0]
            cells = place.grid(columns, 1, self.theme.gap)
            for option, cell in zip(rows[row], cells, strict=False):
                self._place(option, cell)

    def _place(self, option: Option, box: Box) -> None:
        if Tile.needed_height(self.theme, option, box.width, self._hints) > box.height + 1:
            # No room for the reason on the smallest panel in the largest letters: grey alone has to tell.
            bare = Tile(
                self.theme,
                replace(option, unavailable_reason="", hint=""),
                box,
                enabled=not option.unavailable_reason,
            )
            bare.bind(on_release=lambda _: self.answer(option.key))
            self.add_widget(bare)
        else:
            self.tile(option, box, self._hints)

    def _marked(self, option: Option) -> Option:
        """Return the option with a mark if it was chosen before."""
        chosen = self.question.value == option.key
        return replace(option, label=_("✓ {label}", label=option.label)) if chosen else option

    @property
    def _hints(self) -> bool:
        return not self.theme.compact

    def _actions(self) -> Sequence[Action]:
        if not self.question.search:
            return ()
        return (Action(_("查找业务"), lambda: self.answer(SEARCH), icon="search"),)

    def _columns(self, box: Box, room: Box) -> int:
        """Return the least number of columns with which all fits, or as many as are wide enough."""
        least = self.theme.mm(TILE_MM * (1.2 if self.theme.manner.elder else 1))
        if self.theme.compact:
            if any(option.unavailable_reason for option in self.question.options):
                return 1
            least = self.theme.mm(100 if self.theme.manner.elder else 52)
        most = max(1, int((room.width + self.theme.gap) / (least + self.theme.gap)))
        fewest = min(most, 2 if self.theme.landscape else 1, len(self.question.options))
        for columns in range(max(1, fewest), most + 1):
            rows = self._rows_of_tiles(columns)
            heights = self._heights(rows, self._width(room, columns))
            if len(pack(heights, room.height, self.theme.gap)) == 1:
                return columns
        return most

    def _rows_of_tiles(self, columns: int) -> list[Sequence[Option]]:
        options = [self._marked(option) for option in self.question.options]
        return [options[first : first + columns] for first in range(0, len(options), columns)]

    def _width(self, box: Box, columns: int) -> float:
        return (box.width - self.theme.gap * (columns - 1)) / columns

    def _heights(self, rows: list[Sequence[Option]], width: float) -> list[float]:
        """Return the height of each row."""
        return [
            max(Tile.needed_height(self.theme, option, width, self._hints) for option in row) for row in rows
        ]
