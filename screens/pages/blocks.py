"""Pages that are made of blocks, one below the other, on as many pages as they need."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from screens.pages.page import Action, Page
from screens.theme.box import Box
from screens.theme.palette import Colour
from screens.theme.tokens import Size
from screens.theme.wrapping import line_height, lines_of
from screens.widgets.controls import text_height


@dataclass(frozen=True)
class Block:
    """A piece of a message: how high it is, how to draw it in its place, and whether it joins the one above."""

    height: float
    draw: Callable[[Box], None]
    joined: bool = False


LONG = 0.25
"""A text of more than this part of a page may end on another one."""


class BlockPage(Page):
    """A page of blocks."""

    @property
    def align(self) -> str:
        """How words stand in their block."""
        return "left"

    def fill_pages(
        self, box: Box, actions: Sequence[Action], blocks_of: Callable[[float], list[Block]]
    ) -> None:
        """Lay out the blocks that there are in a given width, page by page."""
        blocks: list[Block] = []

        def measure(width: float) -> list[float]:
            blocks[:] = blocks_of(width)
            return [block.height for block in blocks]

        for item, place in self.deal(box, measure, 0, actions):
            blocks[item].draw(place)

    def block_of_words(
        self,
        text: str,
        width: float,
        size: Size = Size.BODY,
        bold: bool = False,
        colour: Colour | None = None,
    ) -> Block:
        """Return a block of ``text``."""

        def draw(box: Box) -> None:
            words = self.words(text, box.width, size=size, bold=bold, colour=colour, align=self.align)
            words.put_at_top(box, self.align)

        return Block(text_height(self.theme, text, width, size, bold), draw)

    def blank(self, height: float) -> Block:
        """Return an empty block."""
        return Block(height, lambda box: None)

    def lines(self, text: str, width: float, colour: Colour) -> list[Block]:
        """Return ``text`` as one block, or line by line where it may have to end on another page."""
        whole = self.block_of_words(text, width, colour=colour)
        if whole.height <= self.box.height * LONG:
            return [whole]
        em = self.theme.type_size(Size.BODY)
        height = line_height(em)
        return [
            Block(height, partial(self._line, line, colour))
            for line in lines_of(self.theme.say(text), width, em)
        ]

    def _line(self, line: str, colour: Colour, box: Box) -> None:
        self.words(line, box.width + self.theme.mm(4), colour=colour).put_at_top(box, self.align)
