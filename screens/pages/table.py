"""The page that shows names and values."""

from kiosk.dialogue.words import _
from screens.pages.page import Action, Page
from screens.theme.box import Box
from screens.widgets.controls import Ground, TextBlock, text_height

NAME_SHARE = 0.36
STACKED_MM = 160
"""In a narrower table the value stands below its name."""


class TablePage(Page):
    """Shows rows of name and value; what does not fit is on further pages."""

    def fill(self) -> None:
        """Lay out the rows of the page that is open."""
        text = "" if self.theme.compact else self.question.text
        box = self.heading(self.box, self.question.title, text)
        actions = [Action(_("看完了"), lambda: self.answer(None), "primary")]
        if self.question.source and not self.theme.compact:
            box = self._source(box)
        rows: list[tuple[str, str]] = []

        def measure(width: float) -> list[float]:
            rows[:] = self._cut_to_pages(width, self.room(box, actions, turning=True).height)
            return [self._height(row, width) for row in rows]

        for row, place in self.deal(box, measure, 0, actions):
            self._row(rows[row], place)

    def _cut_to_pages(self, width: float, room: float) -> list[tuple[str, str]]:
        """Return the rows; one that is higher than a page goes on in another of the same name."""
        rows = []
        for name, value in self.question.rows:
            rest = self.theme.say(value)
            while rest:
                part = self._beginning(name, rest, width, room)
                rows.append((name, part))
                rest = rest[len(part) :]
        return rows

    def _beginning(self, name: str, value: str, width: float, room: float) -> str:
        """Return as much of ``value`` as fits on a page."""
        while len(value) > 1 and self._height((name, value), width) > room:
            value = value[: -max(1, len(value) // 8)]
        return value

    def _source(self, box: Box) -> Box:
        words = self.words(self.question.source, box.width, colour=self.theme.palette.soft)
        words.put_at_top(box.cut_foot(words.height)[0])
        return box.cut_foot(words.height, self.theme.space)[1]

    @property
    def _pad(self) -> float:
        return self.theme.mm(1 if self.theme.compact else 3.5)

    def _cells(self, box: Box) -> tuple[Box, Box]:
        inside = box.inset(self.theme.mm(2 if self.theme.compact else 5), self._pad)
        if self._stacked(box.width):
            return inside, inside
        return inside.cut_left(inside.width * NAME_SHARE, self.theme.mm(4))

    def _stacked(self, width: float) -> bool:
        return width < self.theme.mm(STACKED_MM if self.theme.manner.elder else STACKED_MM / 2)

    def _height(self, row: tuple[str, str], width: float) -> float:
        name, value = self._cells(Box(0, 0, width, 0))
        heights = (
            text_height(self.theme, row[0], name.width),
            text_height(self.theme, row[1], value.width, bold=True),
        )
        return (sum(heights) if self._stacked(width) else max(heights)) + 2 * self._pad

    def _row(self, row: tuple[str, str], box: Box) -> None:
        palette = self.theme.palette
        self.add_widget(Ground(box, palette.paper))
        self.add_widget(Ground(Box(box.x, box.y, box.width, max(1, self.theme.mm(0.25))), palette.border))
        name, value = self._cells(box)
        words = TextBlock(self.theme, row[0], name.width, colour=palette.soft)
        self.add_widget(words.put_at_top(name))
        if self._stacked(box.width):
            value = value.cut_top(words.height)[1]
        self.words(row[1], value.width, bold=True).put_at_top(value)
