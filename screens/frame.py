"""What stays on every screen: who runs the machine, the clock, and the ways out, always in the same place."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from kivy.clock import Clock
from kivy.core.window import Window
from kivy.input.motionevent import MotionEvent
from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk import dialogue
from kiosk.config import Panel
from kiosk.dialogue import CitizenFinished, Question, WentBack
from screens import pages, theme
from screens.pin_pad import PinPadPage, ScrambledPinPadPage
from screens.widgets import Page, load_rules

load_rules("frame")

PAGES: dict[type[Question], type[Page]] = {
    dialogue.Idle: pages.IdlePage,
    dialogue.Choose: pages.ChoosePage,
    dialogue.EnterPin: PinPadPage,
    dialogue.Confirm: pages.ConfirmPage,
    dialogue.ShowTable: pages.TablePage,
    dialogue.Working: pages.WorkingPage,
    dialogue.Notice: pages.NoticePage,
    dialogue.RefuseCard: pages.RefuseCardPage,
    dialogue.Finished: pages.FinishedPage,
    dialogue.TakeCard: pages.TakeCardPage,
    dialogue.OutOfService: pages.OutOfServicePage,
    dialogue.StillThere: pages.StillTherePage,
}

ASKS = (dialogue.Choose, dialogue.EnterPin, dialogue.Confirm, dialogue.ShowTable)
"""Questions that a citizen may go back from, or end the visit at."""

STARTING = dialogue.Working(title="正在启动", text="请稍候。")
STAFF_CALLED = "已通知工作人员，请在机旁稍候；也可以到窗口，或拨打 12333。"
SETTLE_SECONDS = 0.25
"""A new page takes no touch for this long, so that a double tap does not answer two questions."""

BEIJING = ZoneInfo("Asia/Shanghai")


def pages_for(panel: Panel) -> Mapping[type[Question], type[Page]]:
    """Return the page of each question on ``panel``."""
    return PAGES | {dialogue.EnterPin: ScrambledPinPadPage} if panel.scrambled_keys else PAGES


class Frame(BoxLayout):
    """Holds the page of the question that is asked now."""

    branch = StringProperty()
    clock = StringProperty()
    banner = StringProperty()
    can_go_back = BooleanProperty(False)
    can_finish = BooleanProperty(False)

    def __init__(
        self,
        branch: str,
        answer: Callable[[Question, Any], None],
        staff_called: Callable[[], None],
        pages: Mapping[type[Question], type[Page]] = PAGES,
    ) -> None:
        super().__init__(branch=branch)
        Window.clearcolor = theme.GROUND  # cheaper than a rectangle of the window's size in each frame
        self._pages = pages
        self._answer = answer
        self._staff_called = staff_called
        self._shown_at = 0.0
        self.show(STARTING)
        self._tick()
        Clock.schedule_interval(self._tick, 5)

    def show(self, question: Question) -> None:
        """Replace the page by that of ``question``; nothing of the old one is kept."""
        self.question: Question = question
        self._shown_at = time.monotonic()
        asks = isinstance(question, ASKS)
        self.can_go_back = asks and not getattr(question, "home", False)
        self.can_finish = asks
        if isinstance(question, dialogue.Idle):
            self.banner = ""
        self.ids.body.clear_widgets()
        self.ids.body.add_widget(
            self._pages[type(question)](question, lambda value: self._answer(question, value))
        )

    @property
    def settled(self) -> bool:
        """Whether the page has been there long enough for a touch to be meant for it."""
        return time.monotonic() - self._shown_at >= SETTLE_SECONDS

    def on_touch_down(self, touch: MotionEvent) -> bool:
        """Pass the touch on, unless the page is too new for it to be meant."""
        if not self.settled:
            return True
        return super().on_touch_down(touch)

    def go_back(self) -> None:
        """Answer that the citizen goes back."""
        self._answer(self.question, WentBack())

    def finish(self) -> None:
        """Answer that the citizen ends the visit."""
        self._answer(self.question, CitizenFinished())

    def call_staff(self) -> None:
        """Call for staff and say so until the next visit."""
        self.banner = STAFF_CALLED
        self._staff_called()

    def _tick(self, _elapsed: float = 0) -> None:
        # Kivy redraws only when the text changes, so this costs one frame a minute.
        self.clock = f"{datetime.now(BEIJING):%H:%M}"
