"""What the pages share on which something is typed: a field, its trouble, and what was typed so far."""

from typing import Any

from kiosk.dialogue.words import _
from screens.pages.introduced import PageWithIntro
from screens.pages.page import Action
from screens.theme.box import Box
from screens.theme.tokens import Size
from screens.theme.wrapping import line_height
from screens.widgets.controls import Ground, TextBlock

ERASE, ENTER = _("退格"), _("确定")


class EntryPage(PageWithIntro):
    """Takes text; ``self.entered`` is what there is of it."""

    def begin(self) -> None:
        """Start with nothing."""
        self.entered = ""

    @property
    def complete(self) -> bool:
        """Whether what was entered is an answer."""
        return bool(self.entered)

    def shown(self) -> str:
        """Return what the field shows."""
        return self.entered

    def press(self, name: str) -> None:
        """Take a key."""
        self.stage.pressed()
        self.take(name)
        self.draw()

    def take(self, name: str) -> None:
        """Do what the key ``name`` says."""

    def finish(self) -> None:
        """Give the answer."""
        entered, self.entered = self.entered, ""
        self.answer(entered)

    @property
    def enter(self) -> Action:
        """The button that gives the answer."""
        if self.theme.compact and self.theme.manner.elder:
            return Action("", self.finish, "primary", "yes")
        return Action(ENTER, self.finish, "primary")

    def field(self, box: Box) -> None:
        """Draw the field with the end of what was typed, or in a compact head what is asked for."""
        theme, palette = self.theme, self.theme.palette
        self.add_widget(Ground(box, palette.paper, theme.radius, palette.border))
        inside = box.inset(theme.mm(3), 0)
        size = Size.LABEL if theme.compact else Size.TITLE
        text = self.shown() or " "
        words = TextBlock(theme, text, inside.width, size, palette.ink, bold=True)
        while len(words.lines) > 1:
            text = text[1:]
            words = TextBlock(theme, text, inside.width, size, palette.ink, bold=True)
        self.add_widget(words.put_in_middle(inside, "left"))

    def fill_compact(self) -> None:
        """Say first what is asked for, and then show field and keys."""
        assert self.stage.head
        if self.introduced or self.shown():
            self.field(self.stage.head)
            self.fill_compact_keys()
        else:
            self.introduce()

    def fill_compact_keys(self) -> None:
        """Lay out the keys of a compact panel."""

    def problem(self, box: Box) -> Box:
        """Draw the line for the last try's trouble, which is always there, and return the box below it."""
        line, rest = box.cut_top(line_height(self.theme.type_size(Size.BODY)), self.theme.mm(2))
        words = self.words(self.question.problem, line.width, colour=self.theme.palette.danger, bold=True)
        words.put_at_top(line)
        return rest

    def typed(self) -> Any:
        """Hand over what was typed."""
        return self.entered

    def resume(self, typed: Any) -> None:
        """Go on with what was typed."""
        self.entered = typed
        self.draw()

    def leave(self) -> None:
        """Forget what was typed."""
        self.entered = ""
        super().leave()
