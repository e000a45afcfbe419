"""The steps of the job that is going on, and the place in them."""

from kivy.uix.widget import Widget

from kiosk.dialogue.questions import Question
from kiosk.dialogue.words import _
from screens.theme.box import Box
from screens.theme.tokens import Size, Theme
from screens.widgets.controls import TextBlock, needed_width
from screens.widgets.icons import Icon


class Steps(Widget):
    """The names of all steps in one line, those done with a tick; or only where we are, if they do not fit."""

    def __init__(self, theme: Theme, question: Question, box: Box) -> None:
        super().__init__(size_hint=(None, None))
        self._theme, self._box = theme, box
        self._mark = theme.type_size(Size.BODY)
        names = [f"{place + 1} {theme.say(name)}" for place, name in enumerate(question.steps)]
        widths = [self._mark * 1.3 + needed_width(theme, name, Size.BODY, True) for name in names]
        gap = theme.mm(10)
        if sum(widths) + gap * (len(names) - 1) > box.width:
            self._draw_place(question)
            return
        for place, (name, width) in enumerate(zip(names, widths, strict=True)):
            cell, box = box.cut_left(width, gap)
            self._draw_step(name, place - question.step, cell)

    def _draw_step(self, name: str, after: int, cell: Box) -> None:
        p = self._theme.palette
        colour = p.success if after < 0 else p.primary if after == 0 else p.soft
        mark, rest = cell.cut_left(self._mark * 1.3)
        if after <= 0:
            icon = "yes" if after < 0 else "next"
            self.add_widget(Icon(icon, mark.middle(self._mark * 0.8), colour))
        words = TextBlock(self._theme, name, rest.width + 4, colour=colour, bold=after == 0)
        self.add_widget(words.put_in_middle(rest, "left"))

    def _draw_place(self, question: Question) -> None:
        theme = self._theme
        name = question.steps[question.step]
        text = _(
            "第 {step} 步，共 {steps} 步：{name}",
            step=question.step + 1,
            steps=len(question.steps),
            name=theme.say(name),
        )
        words = TextBlock(theme, text, self._box.width, colour=theme.palette.primary, bold=True)
        self.add_widget(words.put_in_middle(self._box, "left"))
