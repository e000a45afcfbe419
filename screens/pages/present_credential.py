"""The page that asks for a credential: a drawing of each that would do, and how to show it here."""

from collections.abc import Mapping

from kiosk.dialogue.questions import Option, Picture
from screens.pages.blocks import Block, BlockPage
from screens.theme.box import Box
from screens.theme.tokens import Size
from screens.widgets.controls import Ground, TextBlock, text_height
from screens.widgets.drawing import Drawing

PICTURES: Mapping[str, Picture] = {
    "card": Picture.INSERT_CARD,
    "id-card": Picture.LAY_ID_CARD,
    "e-card": Picture.SHOW_CODE,
}
DRAWING_MM = 36
"""How high a drawing is."""
WIDTH_OF_DRAWING = 2.0
"""Times its height."""


class PresentCredentialPage(BlockPage):
    """Shows the ways; nothing on it is touched, because the readers answer."""

    def fill(self) -> None:
        """Lay out the ways, one below the other."""
        text = "" if self.theme.compact else self.question.text
        box = self.heading(self.box, self.question.title, text)
        self.fill_pages(box, (), self._ways)

    def _ways(self, width: float) -> list[Block]:
        ways = sorted(self.question.accepted, key=lambda way: bool(way.unavailable_reason))
        blocks: list[Block] = []
        for way in ways:
            block = self._words_of(way, width) if self.theme.compact else [self._way(way, width)]
            blocks += [self.blank(self.theme.gap), *block]
        return blocks[1:]

    def _words_of(self, way: Option, width: float) -> list[Block]:
        """Return a way in words alone, for a compact panel."""
        palette = self.theme.palette
        below, colour = way.hint, palette.soft
        if way.unavailable_reason:
            below, colour = way.unavailable_reason, palette.warning
        return [self.block_of_words(way.label, width, bold=True), *self.lines(below, width, colour)]

    def _way(self, way: Option, width: float) -> Block:
        theme, pad, drawing = self.theme, self.theme.mm(4), self.theme.mm(DRAWING_MM)
        words = width - 2 * pad - WIDTH_OF_DRAWING * drawing - theme.gap
        below = way.unavailable_reason or way.hint
        height = text_height(theme, way.label, words, Size.LABEL, True) + text_height(theme, below, words)

        def draw(box: Box) -> None:
            self._draw_way(way, box, pad, WIDTH_OF_DRAWING * drawing, height)

        return Block(max(drawing, height) + 2 * pad, draw)

    def _draw_way(self, way: Option, box: Box, pad: float, drawing: float, height: float) -> None:
        theme, palette = self.theme, self.theme.palette
        self.add_widget(Ground(box, palette.paper, theme.radius))
        picture, words = box.inset(pad, pad).cut_left(drawing, theme.gap)
        self.add_widget(Drawing(PICTURES[way.key], picture, palette))
        words = words.middle(height)
        ink = palette.soft if way.unavailable_reason else palette.ink
        label = TextBlock(theme, way.label, words.width, Size.LABEL, ink, True).put_at_top(words)
        self.add_widget(label)
        below, colour = way.hint, palette.soft
        if way.unavailable_reason:
            below, colour = way.unavailable_reason, palette.warning
        rest = words.cut_top(label.height)[1]
        self.add_widget(TextBlock(theme, below, rest.width, colour=colour).put_at_top(rest))
