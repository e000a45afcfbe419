"""A page of keys whose words, on a compact panel, stand on a page of their own before the keys."""

from kiosk.words import _
from screens.page import Action, Page


class IntroducedPage(Page):
    """A page whose keys may need all the room there is."""

    introduced = False

    def introduce(self) -> None:
        """Say first what is asked for, with a button that leads to the keys."""
        box = self.heading(self.box, self.question.title)
        begin = Action(_("开始输入"), self._go_on, "primary")
        self.controls(box, [begin])
        room = self.room(box, [begin])
        for text, colour in (
            (self.question.problem, self.theme.palette.danger),
            (self.question.text, self.theme.palette.soft),
        ):
            if text:
                words = self.words(text, room.width, colour=colour).put_at_top(room)
                room = room.cut_top(words.height, self.theme.space)[1]

    def _go_on(self) -> None:
        self.introduced = True
        self.draw()
