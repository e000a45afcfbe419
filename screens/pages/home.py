"""The first page of the menu: what this citizen may want, all groups of services, and the search."""

from collections.abc import Sequence

from kiosk.dialogue.questions import SEARCH, Option
from kiosk.dialogue.words import _
from screens.pages.page import Action
from screens.pages.tiles import COMPACT_COLUMNS, TilesPage
from screens.theme.box import Box
from screens.theme.tokens import Size
from screens.widgets.controls import PushButton

SUGGESTED, ALL_SERVICES = _("您可能要办"), _("全部服务")
LOOK_FOR = _("查找业务")
TWO_COLUMNS = 2
HIGHEST_TILE_MM = 60


class HomePage(TilesPage):
    """Shows what is asked for most first, then everything by its group."""

    def fill(self) -> None:
        """Lay out the page for this panel."""
        if self.theme.compact:
            self._fill_compact()
            return
        box = self._head(self.box)
        if self.question.troubles:
            box = self.band(self.question.troubles, box)
        if self.theme.landscape:
            self._side_by_side(box)
        else:
            self._one_below_the_other(box)

    def _head(self, box: Box) -> Box:
        """Greet, with what is no service beside it."""
        place = box
        for option in self.question.others:
            width = PushButton.needed_width(self.theme, option.label, option.icon)
            cell, place = place.cut_right(width, self.theme.gap)
            self._other(option, cell.cut_top(self.theme.touch)[0])
        words = self.words(self.question.title, place.width, size=Size.TITLE, bold=True)
        height = max(words.height, self.theme.touch if self.question.others else 0)
        words.put_in_middle(place.cut_top(height)[0], "left")
        return box.cut_top(height, self.theme.gap)[1]

    def _other(self, option: Option, box: Box) -> None:
        self.button(self._action(option), box)

    def _one_below_the_other(self, box: Box) -> None:
        suggested = self.question.suggested
        if suggested:
            box = self.caption(SUGGESTED, box)
            rows, box = box.cut_top(self.least_height(suggested, box.width, 1), self.theme.space)
            self.tiles(suggested, rows, 1)
            box = self.caption(ALL_SERVICES, box)
        self._groups(self._search(box), TWO_COLUMNS)

    def _side_by_side(self, box: Box) -> None:
        suggested = self.question.suggested
        box = self._search(box)
        if suggested:
            left, box = box.cut_left(box.width * 0.36, self.theme.space)
            left = self.caption(SUGGESTED, left)
            least = self.least_height(suggested, left.width, 1)
            self.tiles(suggested, left.cut_top(min(left.height, 1.4 * least))[0], 1)
            box = self.caption(ALL_SERVICES, box)
        self._groups(box, self._columns(box))

    def _groups(self, box: Box, columns: int) -> None:
        rows = -(-len(self.question.options) // columns)
        most = rows * self.theme.mm(HIGHEST_TILE_MM) + (rows - 1) * self.theme.gap
        self.tiles(self.question.options, box.cut_top(min(box.height, most))[0], columns)

    def _columns(self, box: Box) -> int:
        """Return the least number of columns with which all groups fit."""
        options = self.question.options
        fitting = (c for c in (2, 3, 4) if self.least_height(options, box.width, c) <= box.height)
        return next(fitting, 4)

    def _search(self, box: Box) -> Box:
        place, rest = box.cut_foot(self.theme.button, self.theme.gap)
        self.button(self._look_for, place)
        return rest

    @property
    def _look_for(self) -> Action:
        return Action(LOOK_FOR, lambda: self.answer(SEARCH), icon="search")

    def _fill_compact(self) -> None:
        options: Sequence[Option] = (*self.question.options, *self.question.others)
        cells = [(self._action(option), not option.unavailable_reason) for option in options]
        cells.append((self._look_for, True))
        self.compact_grid(self.heading(self.box, self.question.title), cells, self._compact_columns)

    @property
    def _compact_columns(self) -> int:
        """Services have longer names than groups."""
        return 2 if self.theme.manner.elder else COMPACT_COLUMNS

    def _action(self, option: Option) -> Action:
        return Action(option.label, lambda: self.answer(option.key), icon=option.icon)
