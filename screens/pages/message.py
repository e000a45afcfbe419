"""Pages that say something: a drawing, a title, a text, and little else."""

from collections.abc import Sequence
from typing import ClassVar

from kivy.clock import Clock
from kivy.graphics import Color, Ellipse
from kivy.uix.widget import Widget

from kiosk.dialogue.questions import CitizenFinished, Picture
from kiosk.dialogue.words import _
from screens.pages.blocks import Block, BlockPage
from screens.pages.page import Action
from screens.theme.box import Box
from screens.theme.tokens import Size
from screens.widgets.controls import Ground, TextBlock, text_height
from screens.widgets.drawing import Drawing

DRAWING_MM = 84
LEAST_DRAWING_MM = 26


INSTRUCTIVE = {Picture.INSERT_CARD, Picture.CARD_WRONG_WAY, Picture.TAKE_CARD, Picture.TAKE_PAPER}
"""Drawings that show what to do: a compact panel has room only for these."""


class MessagePage(BlockPage):
    """Shows title and text of the question, with more blocks below and actions at the foot."""

    drawing_pages = True
    """Whether the drawing may have a page of its own on a compact panel."""

    _title_is_long = False
    _drawing_page = 0.0
    """The height of the page that the drawing has for itself before the words, if it has one."""

    def fill(self) -> None:
        """Lay out drawing and words: one above the other, or side by side where the panel is wide."""
        if self.theme.compact:
            self._fill_compact()
            return
        words, drawing = self._halves()
        actions = self.actions()
        blocks = self._blocks(words.width)
        room = self.room(words, actions)
        total = sum(block.height for block in blocks)
        if total > room.height:
            self.fill_pages(words, actions, self._blocks)
        else:
            self.controls(words, actions)
            if not self.theme.landscape:
                drawing, room = self._above(room, total)
            room = room.cut_top(max(0, (room.height - total) * (0.5 if drawing else 0.4)))[1]
            self._draw_blocks(blocks, room)
        self._draw_picture(drawing)

    def _draw_blocks(self, blocks: Sequence[Block], room: Box) -> None:
        for block in blocks:
            place, room = room.cut_top(block.height)
            block.draw(place)

    def _fill_compact(self) -> None:
        """The title stands in the head; a drawing that shows what to do beside the words, below, or on a page."""
        actions = self.actions()
        box = self.box
        self._title_is_long = self.title_lines() > (2 if self.fit_aside(actions) else 1)
        if not self._title_is_long:
            box = self.heading(box, self.question.title)
        drawing, words = self._compact_halves(box, actions)
        own = self.drawing_pages and self._picture in INSTRUCTIVE and not drawing
        self._drawing_page = box.height - 1 if own else 0
        self.fill_pages(words, actions, self._blocks)
        self._draw_picture(drawing)

    def _compact_halves(self, box: Box, actions: Sequence[Action]) -> tuple[Box | None, Box]:
        """Return the box of a drawing beside or below the words, where all fits on one page, and that of the words."""
        theme = self.theme
        if self._picture not in INSTRUCTIVE or not self.fit_aside(actions):
            return None, box
        self._drawing_page = 0
        drawing, words = box.cut_right(theme.mm(52), theme.gap)
        if not actions and self._height_of_all(words.width) <= words.height:
            return drawing, words
        room = self.room(box, actions)
        below = room.cut_top(self._height_of_all(room.width), theme.space)[1]
        return (below, box) if actions and below.height > theme.mm(20) else (None, box)

    def _height_of_all(self, width: float) -> float:
        return sum(block.height for block in self._blocks(width))

    def actions(self) -> Sequence[Action]:
        """Return the buttons at the foot."""
        return ()

    def more(self, width: float) -> list[Block]:
        """Return what stands below the text."""
        return []

    @property
    def align(self) -> str:
        """Words stand in the middle where they have the page for themselves."""
        if self.theme.compact or (self.theme.landscape and self._picture):
            return "left"
        return "center"

    # Layout.

    def _halves(self) -> tuple[Box, Box | None]:
        """Return the boxes of the words and, where it stands beside them, of the drawing."""
        box, theme = self.box, self.theme
        if self._picture and theme.landscape:
            drawing, words = box.cut_left(box.width * 0.36, theme.mm(10))
            return words, drawing
        return box.inset(theme.mm(6), 0), None

    def _above(self, room: Box, total: float) -> tuple[Box | None, Box]:
        """Return the box of the drawing above the words, if there is room, and the box of all that is below."""
        theme = self.theme
        height = min(theme.mm(DRAWING_MM), room.height - total - 2 * theme.space)
        if not self._picture or height < theme.mm(LEAST_DRAWING_MM):
            return None, room
        room = room.cut_top((room.height - total - height - theme.space) * 0.35)[1]
        drawing, words = room.cut_top(height, theme.space)
        return drawing, Box(words.x, words.top - total, words.width, total)

    def _draw_picture(self, box: Box | None) -> None:
        if box and self._picture:
            self.add_widget(Drawing(Picture(self._picture), box, self.theme.palette))

    @property
    def _picture(self) -> str:
        return getattr(self.question, "picture", "")

    # Blocks.

    def _blocks(self, width: float) -> list[Block]:
        blocks = [] if self.theme.compact and not self._title_is_long else self._title(width)
        blocks += self._text(width)
        for block in self.more(width):
            blocks += [self.blank(self.theme.space if blocks and not block.joined else 0), block]
        if self._drawing_page:
            blocks = [Block(self._drawing_page, self._draw_picture), *blocks]
        return blocks

    def _title(self, width: float) -> list[Block]:
        title = self.block_of_words(self.question.title, width, Size.TITLE, bold=True)
        return [title, self.blank(0 if self.theme.compact else self.theme.mm(2))]

    def _text(self, width: float) -> list[Block]:
        soft = self.theme.palette.soft
        return self.lines(self.question.text, width, soft) if self.question.text else []

    def number(self, text: str, width: float) -> Block:
        """Return a number to call or to quote, in large figures."""
        return self.block_of_words(text, width, Size.NUMBER, bold=True, colour=self.theme.palette.primary)

    def trouble(self, text: str, width: float) -> Block:
        """Return a line that says what does not work now."""
        theme, pad = self.theme, self.theme.mm(1 if self.theme.compact else 3)

        def draw(box: Box) -> None:
            palette = theme.palette
            self.add_widget(Ground(box, palette.warning_ground, theme.radius))
            words = TextBlock(theme, text, box.width - 4 * pad, colour=palette.warning, align=self.align)
            self.add_widget(words.put_in_middle(box.inset(2 * pad, 0), self.align))

        return Block(text_height(theme, text, width - 4 * pad) + 2 * pad, draw)


class WorkingPage(MessagePage):
    """Says what the machine is doing; a sign that walks on once a second says that it still does."""

    PLACES: ClassVar[int] = 5
    drawing_pages = False

    def begin(self) -> None:
        """Start the sign."""
        self._lamps: list[Color] = []
        self._place = 0
        self._clock = Clock.schedule_interval(self._step_on, 1)

    def more(self, width: float) -> list[Block]:
        """Add the sign."""
        return [Block(self.theme.mm(6), self._sign)]

    def _sign(self, box: Box) -> None:
        side, theme = self.theme.mm(4), self.theme
        self._lamps = []
        sign = Widget(pos=(box.x, box.y), size=(box.width, box.height), size_hint=(None, None))
        width = side * (2 * self.PLACES - 1)
        left = box.x if self.align == "left" else box.x + (box.width - width) / 2
        with sign.canvas:
            for place in range(self.PLACES):
                self._lamps.append(Color(*theme.palette.primary))
                Ellipse(pos=(left + 2 * place * side, box.y + theme.mm(1)), size=(side, side))
        self.add_widget(sign)
        self._step_on()

    def _step_on(self, _elapsed: float = 0) -> None:
        for place, lamp in enumerate(self._lamps):
            lamp.a = 1 if place == self._place % self.PLACES else 0.25
        self._place += 1

    def leave(self) -> None:
        """Stop the sign."""
        self._clock.cancel()
        super().leave()


class NoticePage(MessagePage):
    """Tells what happened, with a number to call where there is one."""

    def more(self, width: float) -> list[Block]:
        """Add the number."""
        phone = self.question.phone
        return [self.number(_("咨询电话 {number}", number=phone), width)] if phone else []

    def actions(self) -> Sequence[Action]:
        """Return the button that closes the notice."""
        return (Action(self.question.understood, lambda: self.answer(None), "primary"),)


class RefuseCardPage(MessagePage):
    """Says why a card cannot be used; it leaves with the card."""

    def more(self, width: float) -> list[Block]:
        """Add the number to call where there is one."""
        phone = self.question.phone
        return [self.number(_("咨询电话 {number}", number=phone), width)] if phone else []


class ConfirmPage(MessagePage):
    """Asks for yes or no."""

    def actions(self) -> Sequence[Action]:
        """Return both answers; the safe one is the primary."""
        return (
            Action(self.question.no, lambda: self.answer(False), "primary"),
            Action(self.question.yes, lambda: self.answer(True)),
        )


class FinishedPage(MessagePage):
    """Says what was done; the citizen leaves or goes on."""

    def actions(self) -> Sequence[Action]:
        """Return the two ways on; the card is spoken of where one is in."""
        done = _("办完了，取卡") if self.stage.holds_card else _("办完了")
        return (
            Action(_("继续办理其他业务"), lambda: self.answer(None)),
            Action(done, lambda: self.answer(CitizenFinished()), "primary", "finish"),
        )


class OutOfServicePage(MessagePage):
    """Shows the number that staff quote."""

    def more(self, width: float) -> list[Block]:
        """Add the number."""
        return [self.number(_("编号 {number}", number=self.question.number), width)]


class StillTherePage(MessagePage):
    """Counts down visibly until the visit is ended."""

    actions_always = True

    def begin(self) -> None:
        """Start the countdown."""
        self._left = self.question.seconds
        self._clock = Clock.schedule_interval(self._tick, 1)

    def more(self, width: float) -> list[Block]:
        """Add the countdown."""
        return [self.number(_("{seconds} 秒", seconds=self._left), width)]

    def _text(self, width: float) -> list[Block]:
        """A compact panel has room for what counts only."""
        return [] if self.theme.compact else super()._text(width)

    def actions(self) -> Sequence[Action]:
        """Return the button that stops it."""
        return (Action(_("还需要时间"), lambda: self.answer(None), "primary"),)

    def _tick(self, _elapsed: float) -> None:
        self._left = max(0, self._left - 1)
        self.draw()

    def leave(self) -> None:
        """Stop counting."""
        self._clock.cancel()
        super().leave()
