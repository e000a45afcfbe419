"""The page between visits: what can be done here, whether everything works, and how to begin."""

from dataclasses import replace

from kiosk.dialogue.questions import SEARCH, Option, Picture
from kiosk.dialogue.words import _
from screens.pages.page import Action
from screens.pages.tiles import TilesPage
from screens.theme.box import Box
from screens.theme.tokens import Size
from screens.widgets.controls import Ground, PushButton, TextBlock, text_height
from screens.widgets.drawing import Drawing
from screens.widgets.icons import Icon

LOOK_FOR, SHORT_TITLE = _("查找业务"), _("请选择，或插卡")
HIGHEST_TILE_MM, DRAWING_MM = 58, 34
MOST_COLUMNS = 4


class IdlePage(TilesPage):
    """Invites to touch what one came for, or to put in a card."""

    def fill(self) -> None:
        """Lay out the page for this panel."""
        if self.theme.compact:
            self._fill_compact()
            return
        box = self._notice(self.box)
        box = self._state(self._buttons(self._title(box)))
        if self.theme.landscape:
            drawing, tiles = box.cut_left(box.width * 0.3, self.theme.space)
            if self._fits(tiles, MOST_COLUMNS - 1):
                self._draw_picture(drawing)
                box = tiles
            self.tiles(self.question.groups, box, self._columns(box))
        else:
            self._draw_picture(self._groups(box))

    def _notice(self, box: Box) -> Box:
        """Tell what the office has to tell."""
        if not self.question.notices:
            return box
        theme, p = self.theme, self.theme.palette
        pad, icon = theme.mm(4), theme.mm(10)
        width = box.width - 2 * pad - icon - theme.mm(3)
        text = "\n".join(theme.say(notice) for notice in self.question.notices)
        place, rest = box.cut_top(text_height(theme, text, width) + 2 * pad, theme.space)
        self.add_widget(Ground(place, p.paper, theme.radius, p.hairline))
        sign, inside = place.inset(pad, pad).cut_left(icon, theme.mm(3))
        self.add_widget(Icon("notice", sign.cut_top(icon)[0], p.primary))
        self.add_widget(TextBlock(theme, text, inside.width).put_at_top(inside))
        return rest

    def _title(self, box: Box) -> Box:
        title = self.words(self.question.title, box.width, size=Size.TITLE, bold=True, align="center")
        title.put_at_top(box, "center")
        box = box.cut_top(title.height, self.theme.mm(1))[1]
        text = self.words(self.question.text, box.width, colour=self.theme.palette.soft, align="center")
        text.put_at_top(box, "center")
        return box.cut_top(text.height, self.theme.space)[1]

    def _state(self, box: Box) -> Box:
        """Say what cannot be done, or that everything can."""
        if self.question.troubles:
            return self.band(self.question.troubles, box)
        return self.band([self.question.working], box, well=True) if self.question.working else box

    def _buttons(self, box: Box) -> Box:
        row, rest = box.cut_foot(self.theme.button, self.theme.gap)
        actions = self._elder, self._look_for
        cells = row.columns(
            [PushButton.needed_width(self.theme, each.text, each.icon) for each in actions], self.theme.gap
        )
        for action, cell in zip(actions, cells, strict=True):
            self.button(action, cell)
        return rest

    @property
    def _elder(self) -> Action:
        """The entry to the assisted mode, or the way out of it."""
        elder = self.theme.manner.elder
        text = _("回到标准版") if elder else _("长辈版：大字、大按钮")
        if self.theme.compact:
            text = _("标准版") if elder else _("长辈版")
        manner = replace(self.theme.manner, elder=not elder)
        return Action(text, lambda: self.stage.prefer(manner), "plain" if elder else "primary", "elder")

    @property
    def _look_for(self) -> Action:
        return Action(LOOK_FOR, lambda: self.answer(SEARCH), icon="search")

    def _groups(self, box: Box) -> Box:
        """Draw the groups, and return the box below them."""
        groups = self.question.groups
        rows = -(-len(groups) // 2)
        most = rows * self.theme.mm(HIGHEST_TILE_MM) + (rows - 1) * self.theme.gap
        room = box.height - self.theme.mm(DRAWING_MM) - self.theme.space
        least = self.least_height(groups, box.width, 2)
        height = max(least, min(most, room))
        place, rest = box.cut_top(min(height, box.height), self.theme.space)
        self.tiles(groups, place, 2)
        return rest

    def _columns(self, box: Box) -> int:
        fitting = (columns for columns in range(2, MOST_COLUMNS) if self._fits(box, columns))
        return next(fitting, MOST_COLUMNS)

    def _fits(self, box: Box, columns: int) -> bool:
        return self.least_height(self.question.groups, box.width, columns) <= box.height

    def _draw_picture(self, box: Box) -> None:
        if box.height >= self.theme.mm(DRAWING_MM - 10):
            self.add_widget(Drawing(Picture(self.question.picture), box, self.theme.palette))

    def _fill_compact(self) -> None:
        cells = [(self._action(option), True) for option in self.question.groups]
        cells.append((self._look_for, True))
        title = self.question.troubles[0] if self.question.troubles else SHORT_TITLE
        self.compact_grid(self.heading(self.box, title), cells)

    def _action(self, option: Option) -> Action:
        return Action(option.label, lambda: self.answer(option.key))
