"""One screen for each question that is a page of words and buttons."""

from kivy.clock import Clock
from kivy.properties import StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.label import Label

from kiosk.dialogue import CitizenFinished
from screens.widgets import OptionTile, Page, Words, load_rules

load_rules("pages")

ROOMY = 6
"""More options than this are drawn closer together."""


class Trouble(Words):
    """A line that says what does not work now."""


class BigNumber(Label):
    """A telephone number, or a number that staff quote."""


class TableRow(BoxLayout):
    """A name and its value."""

    name = StringProperty()
    value = StringProperty()


class CentredPage(Page):
    """A page of a few centred words."""

    align = "center"


class IdlePage(CentredPage):
    """Invites to put in a card and says what does not work now."""

    def fill(self) -> None:
        """Add a line for each trouble."""
        for trouble in self.question.troubles:
            self.ids.content.add_widget(Trouble(text=trouble, halign="center"))


class ChoosePage(Page):
    """Offers options as large tiles."""

    def fill(self) -> None:
        """Add a tile for each option."""
        for option in self.question.options:
            many = len(self.question.options) > ROOMY
            tile = OptionTile(label=option.label, hint=option.hint, compact=many)
            tile.bind(on_release=lambda _, key=option.key: self.answer(key))
            self.ids.content.add_widget(tile)


class ConfirmPage(Page):
    """Asks for yes or no."""

    def fill(self) -> None:
        """Add both answers; the safe one comes first."""
        self.add_action(self.question.no, False, kind="primary")
        self.add_action(self.question.yes, True)


class TablePage(Page):
    """Shows names and values."""

    def fill(self) -> None:
        """Add a row for each pair."""
        for name, value in self.question.rows:
            self.ids.content.add_widget(TableRow(name=name, value=value))
        self.add_action("看完了", None, kind="primary")


class WorkingPage(CentredPage):
    """Says what the machine is doing."""


class NoticePage(CentredPage):
    """Tells what happened, with a number to call where there is one."""

    def fill(self) -> None:
        """Add the number and the button that closes the notice."""
        if self.question.phone:
            self.ids.content.add_widget(BigNumber(text=f"咨询电话 {self.question.phone}"))
        self.add_action(self.question.understood, None, kind="primary")


class RefuseCardPage(CentredPage):
    """Says why a card cannot be used; it leaves with the card."""

    def fill(self) -> None:
        """Add the number to call where there is one."""
        if self.question.phone:
            self.ids.content.add_widget(BigNumber(text=f"咨询电话 {self.question.phone}"))


class FinishedPage(CentredPage):
    """Says what was done; the citizen leaves or goes on."""

    def fill(self) -> None:
        """Add the two ways on."""
        self.add_action("办完了，取卡", CitizenFinished(), kind="primary")
        self.add_action("继续办理其他业务", None)


class TakeCardPage(CentredPage):
    """Asks to take the card; it leaves with the card."""


class OutOfServicePage(CentredPage):
    """Shows the number that staff quote."""

    def fill(self) -> None:
        """Add the number."""
        self.ids.content.add_widget(BigNumber(text=f"编号 {self.question.number}"))


class StillTherePage(CentredPage):
    """Counts down, aloud and visibly, until the visit is ended."""

    def fill(self) -> None:
        """Add the countdown and the button that stops it."""
        self._left = self.question.seconds
        self._countdown = BigNumber()
        self.ids.content.add_widget(self._countdown)
        self.add_action("还需要时间", None, kind="primary")
        self._tick(0)
        self._clock = Clock.schedule_interval(self._tick, 1)

    def _tick(self, _elapsed: float) -> None:
        self._countdown.text = f"{self._left} 秒"
        self._left = max(0, self._left - 1)

    def on_parent(self, _widget: object, parent: object) -> None:
        """Stop counting when the page leaves the window."""
        if parent is None:
            self._clock.cancel()
