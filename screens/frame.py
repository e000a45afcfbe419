"""What stays on every screen: who runs the machine, the clock, and the ways out, always in the same place."""

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from kivy.clock import Clock
from kivy.core.window import Window
from kivy.input.motionevent import MotionEvent
from kivy.uix.widget import Widget

from kiosk.config import Panel
from kiosk.dialogue import questions as dialogue
from kiosk.dialogue.preferences import DEFAULT_PREFERENCES, Preferences
from kiosk.dialogue.questions import Question
from kiosk.dialogue.words import _
from screens.bars import STAFF_CALLED, Bars, WindowCallbacks
from screens.pages.article import ArticlePage
from screens.pages.choose import ChoosePage
from screens.pages.code import CodePage
from screens.pages.date import DatePage, MonthPage
from screens.pages.digits import DigitsPage
from screens.pages.find import FindPage
from screens.pages.home import HomePage
from screens.pages.idle import IdlePage
from screens.pages.introduction import IntroductionPage
from screens.pages.message import (
    ConfirmPage,
    FinishedPage,
    NoticePage,
    OutOfServicePage,
    RefuseCardPage,
    StillTherePage,
    WorkingPage,
)
from screens.pages.page import Page
from screens.pages.pin_pad import PinPadPage, ScrambledPinPadPage
from screens.pages.present_credential import PresentCredentialPage
from screens.pages.rating import TakeCardPage
from screens.pages.settings_sheet import SettingsSheet
from screens.pages.table import TablePage
from screens.pages.text import TextPage
from screens.theme.tokens import Theme

PAGES: dict[type[Question], type[Page]] = {
    dialogue.Idle: IdlePage,
    dialogue.Choose: ChoosePage,
    dialogue.Home: HomePage,
    dialogue.IntroduceService: IntroductionPage,
    dialogue.FindInList: FindPage,
    dialogue.EnterPin: PinPadPage,
    dialogue.EnterText: TextPage,
    dialogue.EnterDigits: DigitsPage,
    dialogue.EnterCode: CodePage,
    dialogue.EnterMonth: MonthPage,
    dialogue.EnterDate: DatePage,
    dialogue.PresentCredential: PresentCredentialPage,
    dialogue.Confirm: ConfirmPage,
    dialogue.ShowTable: TablePage,
    dialogue.ShowArticle: ArticlePage,
    dialogue.Working: WorkingPage,
    dialogue.AwaitReply: WorkingPage,
    dialogue.Notice: NoticePage,
    dialogue.RefuseCard: RefuseCardPage,
    dialogue.Finished: FinishedPage,
    dialogue.TakeCard: TakeCardPage,
    dialogue.OutOfService: OutOfServicePage,
    dialogue.InactivityWarning: StillTherePage,
}

STARTING = dialogue.Working(title=_("正在启动"), text=_("请稍候。"))
SETTLE_SECONDS = 0.25
"""A new page takes no touch for this long, so that a double tap does not answer two questions."""

BEIJING = ZoneInfo("Asia/Shanghai")


def pages_for(panel: Panel) -> Mapping[type[Question], type[Page]]:
    """Return the page of each question on ``panel``."""
    return PAGES | {dialogue.EnterPin: ScrambledPinPadPage} if panel.scrambled_keys else PAGES


class Frame(Widget):
    """Holds the page of the question that is asked now, between the bars.

    :param staff_called: what is said when staff have been called.
    """

    def __init__(
        self, panel: Panel, branch: str, listener: WindowCallbacks, staff_called: str = STAFF_CALLED
    ) -> None:
        super().__init__(size=(panel.width, panel.height), size_hint=(None, None))
        self._branch, self._listener, self._staff_called_text = branch, listener, staff_called
        self._pages = pages_for(panel)
        self.theme = Theme(panel)
        self.question: Question = STARTING
        self.page: Page | None = None
        self._sheet_open = False
        self._staff_called = False
        self._kept: tuple[Question, Any] | None = None
        self._shown_at = 0.0
        self._build()
        self._open_page()
        Clock.schedule_interval(self._tick, 5)

    def show(self, question: Question, manner: Preferences = DEFAULT_PREFERENCES) -> None:
        """Replace the page by that of ``question``; nothing of the old one is kept.

        What was typed is restored only when the same question is repeated: after a change of preferences, or after
        an inactivity warning.
        """
        self._shown_at = time.monotonic()
        self._close_page()
        if question is not self.question and manner == self.theme.manner:
            self._sheet_open = False
        if isinstance(question, dialogue.Idle):
            self._staff_called = False
        self.question = question
        if manner != self.theme.manner:
            self.theme = Theme(self.theme.panel, manner)
            self._build()
        self._open_page()

    def _build(self) -> None:
        """Rebuild the bars for the current preferences."""
        Window.clearcolor = (
            self.theme.palette.ground
        )  # cheaper than a rectangle of the window's size in each frame
        self.clear_widgets()
        self.bars = Bars(
            self.theme,
            self._branch,
            self._staff_called_text,
            self._listener,
            self.answer,
            self.call_staff,
            self.toggle_sheet,
        )
        self.add_widget(self.bars)
        self._tick()

    def _open_page(self) -> None:
        stage = self.bars.show(self.question, self._staff_called)
        if self._sheet_open:
            self.page = SettingsSheet(self.theme, stage, self._listener.read_aloud, self.toggle_sheet)
        else:
            self.page = self._pages[type(self.question)](self.theme, self.question, stage, self.answer)
            self._give_back_what_was_typed()
        self.add_widget(self.page)

    def _close_page(self) -> None:
        if self.page:
            if (typed := self.page.typed()) is not None:
                self._kept = self.page.question, typed
            self.page.leave()
            self.remove_widget(self.page)
        self.page = None

    def _give_back_what_was_typed(self) -> None:
        if self._kept and not isinstance(self.question, dialogue.InactivityWarning):
            question, typed = self._kept
            self._kept = None
            if self.page and question is self.question:
                self.page.resume(typed)
            elif isinstance(typed, bytearray):
                typed[:] = bytes(len(typed))
                typed.clear()

    def _redraw(self) -> None:
        self._close_page()
        self._open_page()

    @property
    def settled(self) -> bool:
        """Whether the page has been there long enough for a touch to be meant for it."""
        return time.monotonic() - self._shown_at >= SETTLE_SECONDS

    def on_touch_down(self, touch: MotionEvent) -> bool:
        """Pass the touch on, unless the page is too new for it to be meant."""
        if not self.settled:
            return True
        return bool(super().on_touch_down(touch))

    def answer(self, value: Any) -> None:
        """Answer the question that is shown."""
        self._listener.answer(self.question, value)

    def call_staff(self) -> None:
        """Call for staff and say so until the next visit."""
        self._staff_called = True
        self._listener.call_staff()
        self._redraw()

    def toggle_sheet(self) -> None:
        """Open or close the sheet of settings."""
        self._sheet_open = not self._sheet_open
        self._redraw()

    def _tick(self, _elapsed: float = 0) -> None:
        # The bars draw only when the text changes, so this costs one frame a minute.
        self.bars.tell_time(f"{datetime.now(BEIJING):%H:%M}")
