"""The page that is read: sections under their headings, on as many pages as they need, and what may follow."""

from kiosk.dialogue.questions import Option, Section
from screens.pages.blocks import Block, BlockPage
from screens.pages.page import Action
from screens.theme.box import Box
from screens.theme.tokens import Size


class ArticlePage(BlockPage):
    """Shows an article; its first action is the primary one."""

    def fill(self) -> None:
        """Lay out the sections of the page that is open."""
        box = self.box if self._title_is_read else self.heading(self.box, self.question.title)
        self.fill_pages(box, [self._action(option) for option in self.question.actions], self._blocks)

    @property
    def _title_is_read(self) -> bool:
        """Whether the title is too long for a compact head, and stands above the sections instead."""
        return self.theme.compact and self.title_lines() > 1

    def _action(self, option: Option) -> Action:
        kind = "primary" if option is self.question.actions[0] else "plain"
        return Action(option.label, lambda: self.answer(option.key), kind)

    def _blocks(self, width: float) -> list[Block]:
        palette, blocks = self.theme.palette, []
        if self._title_is_read:
            blocks += [*self.lines(self.question.title, width, palette.ink), self._between]
        if self.question.text:
            blocks += [*self.lines(self.question.text, width, palette.ink), self._between]
        for section in self.question.sections:
            blocks += [*self._section(section, width), self._between]
        if self.question.source:
            blocks += self.lines(self.question.source, width, palette.soft)
        return blocks

    @property
    def _between(self) -> Block:
        return self.blank(self.theme.space)

    def _section(self, section: Section, width: float) -> list[Block]:
        """Return the heading, which is never parted from the first line below it, and the other lines."""
        heading = self.block_of_words(section.heading, width, Size.LABEL, True, self.theme.palette.primary)
        first, *others = self.lines(section.text, width, self.theme.palette.ink)
        return [_joined(heading, first), *others]


def _joined(upper: Block, lower: Block) -> Block:
    def draw(box: Box) -> None:
        place, rest = box.cut_top(upper.height)
        upper.draw(place)
        lower.draw(rest)

    return Block(upper.height + lower.height, draw)
