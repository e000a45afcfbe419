"""A page of keys whose words, on a compact panel, stand on a page of their own before the keys."""

from kiosk.dialogue.words import _
from screens.pages.blocks import Block, BlockPage
from screens.pages.page import Action

BEGIN = _("开始输入")


class PageWithIntro(BlockPage):
    """A page whose keys may need all the room there is."""

    introduced = False

    def introduce(self) -> None:
        """Say first what is asked for, with a button that leads to the keys."""
        box = self.heading(self.box, self.question.title) if self.title_lines() <= 2 else self.box
        self.fill_pages(box, [Action(BEGIN, self._go_on, "primary")], self._words)

    def _words(self, width: float) -> list[Block]:
        p, blocks = self.theme.palette, []
        if self.title_lines() > 2:
            blocks += self.lines(self.question.title, width, p.ink)
        if self.question.problem:
            blocks += self.lines(self.question.problem, width, p.danger)
        if self.question.text:
            blocks += self.lines(self.question.text, width, p.soft)
        return blocks

    def _go_on(self) -> None:
        self.introduced = True
        self.draw()
