"""The bars: whose machine it is, the clock, how it speaks, the steps of the job, and the four ways out."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from kivy.uix.widget import Widget

from kiosk.dialogue import questions as dialogue
from kiosk.dialogue.phone import HOTLINE
from kiosk.dialogue.preferences import Preferences
from kiosk.dialogue.questions import CitizenFinished, Interruption, Question, WentBack, WentHome
from kiosk.dialogue.words import _
from screens.pages.page import PageContext
from screens.pages.settings_sheet import elder_name, language_name, other_language
from screens.theme.box import Box
from screens.theme.tokens import Size, Theme
from screens.theme.wrapping import line_height
from screens.widgets.controls import Ground, PushButton, TextBlock, needed_width, text_height
from screens.widgets.steps import Steps

AUTHORITY = _("人力资源和社会保障自助服务终端")
ON_BEHALF = _("代办：您正在替持卡人办理")
ON_BEHALF_SHORT = _("代办")
STAFF_CALLED = _("已通知工作人员，请在机旁稍候；也可以到窗口，或拨打 {phone}。", phone=HOTLINE)

EDGE_MM = 1
"""Between a compact panel's edge and its buttons."""

CANCELLABLE_QUESTIONS = (
    dialogue.Choose,
    dialogue.IntroduceService,
    dialogue.FindInList,
    dialogue.EnterPin,
    dialogue.EnterText,
    dialogue.EnterDigits,
    dialogue.EnterCode,
    dialogue.EnterMonth,
    dialogue.EnterDate,
    dialogue.PresentCredential,
    dialogue.Confirm,
    dialogue.ShowTable,
    dialogue.ShowArticle,
    dialogue.AwaitReply,
)
"""Questions that a citizen may go back from, or end the visit at."""


def _nothing(*_: Any) -> None:
    """Default no-op callback."""


@dataclass(frozen=True)
class WindowCallbacks:
    """Callbacks for user actions: answers, calls for staff, changed preferences, key presses.

    ``holds_card`` tells whether a card is in the reader, that the end of the visit gives back.
    """

    answer: Callable[[Question, Any], None] = _nothing
    call_staff: Callable[[], None] = _nothing
    prefer: Callable[[Preferences], None] = _nothing
    read_aloud: Callable[[], None] = _nothing
    pressed: Callable[[], None] = _nothing
    entered: Callable[[int], None] = _nothing
    holds_card: Callable[[], bool] = lambda: True


class Bars(Widget):
    """Draws what surrounds a page, and says where the page may draw."""

    def __init__(
        self,
        theme: Theme,
        branch: str,
        staff_called: str,
        listener: WindowCallbacks,
        answer: Callable[[Interruption], None],
        call_staff: Callable[[], None],
        open_settings: Callable[[], None],
    ) -> None:
        super().__init__(size_hint=(None, None))
        self.theme, self._branch, self._listener = theme, branch, listener
        self._staff_called = staff_called
        self._answer, self._call_staff, self._open_settings = answer, call_staff, open_settings
        self._clock: TextBlock | None = None
        self._clock_box: Box | None = None
        rest = self._ways_out(theme.window)
        self._head: Box | None = None
        self._body = self._compact_head(rest) if theme.compact else self._identity(rest)
        self._bands = Widget(size_hint=(None, None))
        self.add_widget(self._bands)

    def show(self, question: Question, staff_called: bool) -> PageContext:
        """Draw what goes with ``question`` and return where its page may draw."""
        self._name_finish()
        asks = isinstance(question, CANCELLABLE_QUESTIONS)
        not_home = asks and not getattr(question, "home", False)
        for name, enabled in (("back", not_home), ("home", not_home), ("finish", asks)):
            self._ways[name].disabled = not enabled
        self._say_staff_was_called(staff_called)
        self._bands.clear_widgets()
        body = self._body if self.theme.compact else self._draw_bands(question, staff_called)
        listener = self._listener
        return PageContext(
            body, self._head, listener.prefer, listener.pressed, listener.entered, listener.holds_card()
        )

    def tell_time(self, time: str) -> None:
        """Show the time where it is another."""
        if not self._clock_box or (self._clock and self._clock.text == time):
            return
        if self._clock:
            self.remove_widget(self._clock)
        colour = self.theme.palette.ink if self.theme.compact else self.theme.palette.on_bar
        size = Size.BODY if self.theme.compact else Size.TITLE
        self._clock = TextBlock(self.theme, time, self._clock_box.width + 4, size, colour)
        self.add_widget(self._clock.put_in_middle(self._clock_box))

    # The four ways out at the foot.

    def _ways_out(self, window: Box) -> Box:
        theme, p = self.theme, self.theme.palette
        pad = theme.mm(EDGE_MM if theme.compact else 4)
        bar, rest = window.cut_foot(theme.button + 2 * pad)
        self.add_widget(Ground(bar, p.paper))
        self.add_widget(Ground(bar.cut_top(max(1, theme.mm(0.3)))[0], p.border))
        names: list[str] = [_("返回"), _("首页"), _("呼叫工作人员"), _("结束取卡")]
        if theme.compact:
            names[2:] = (
                [_("叫人帮忙"), _("取卡")] if theme.manner.elder else [_("呼叫工作人员"), _("结束取卡")]
            )
        icons = [""] * 4 if theme.compact else ["back", "home", "staff", "finish"]
        cells = self._cells(bar.inset(theme.margin, pad), names, icons)
        presses = {
            "back": lambda: self._answer(WentBack()),
            "home": lambda: self._answer(WentHome()),
            "staff": self._call_staff,
            "finish": self._finish,
        }
        self._ways = {}
        for (key, press), name, icon, cell in zip(presses.items(), names, icons, cells, strict=True):
            self._ways[key] = self._button(name, cell, press, icon)
        self._finish_name, self._finish_icon, self._finish_cell = names[3], icons[3], cells[3]
        return rest

    def _name_finish(self) -> None:
        """Speak of the card only where one is in; the button stays where it is."""
        name = self._finish_name if self._listener.holds_card() else _("结束")
        if self._ways["finish"].name == name:
            return
        self.remove_widget(self._ways["finish"])
        self._ways["finish"] = self._button(name, self._finish_cell, self._finish, self._finish_icon)

    def _finish(self) -> None:
        self._answer(CitizenFinished())

    def _cells(self, bar: Box, names: list[str], icons: list[str]) -> list[Box]:
        widths = [
            PushButton.needed_width(self.theme, name, icon) for name, icon in zip(names, icons, strict=True)
        ]
        spare = bar.width - sum(widths) - self.theme.gap * (len(names) - 1)
        return bar.columns([width + max(0, spare) / len(names) for width in widths], self.theme.gap)

    def _button(
        self, text: str, cell: Box, press: Callable[[], None], icon: str = "", kind: str = "plain"
    ) -> PushButton:
        touch = PushButton(self.theme, text, cell, kind, icon)
        touch.bind(on_release=lambda _: press())
        self.add_widget(touch)
        return touch

    def _say_staff_was_called(self, called: bool) -> None:
        self._ways["staff"].disabled = called

    # Identity, clock and how the machine speaks.

    @property
    def _tools(self) -> list[tuple[str, str, Callable[[], None]]]:
        manner, prefer = self.theme.manner, self._listener.prefer
        return [
            (
                language_name(manner),
                "language",
                lambda: prefer(replace(manner, language=other_language(manner))),
            ),
            (elder_name(manner), "elder", lambda: prefer(replace(manner, elder=not manner.elder))),
            (_("朗读"), "aloud", self._listener.read_aloud),
            (_("声音与显示"), "settings", self._open_settings),
        ]

    def _identity(self, window: Box) -> Box:
        theme = self.theme
        pad = theme.mm(3)
        names_width = max(
            needed_width(theme, AUTHORITY, Size.LABEL, True), needed_width(theme, self._branch, Size.BODY)
        )
        clock_width = needed_width(theme, "00:00", Size.TITLE) + theme.mm(4)
        tools = [
            PushButton.needed_width(theme, text, icon) + theme.mm(2) for text, icon, _press in self._tools
        ]
        tools_width = sum(tools) + theme.gap * (len(tools) - 1)
        inner = window.width - 2 * theme.margin
        names_height = line_height(theme.type_size(Size.LABEL), True) + line_height(
            theme.type_size(Size.BODY)
        )
        row_height = max(names_height, theme.touch) + 2 * pad
        one_row = names_width + clock_width + tools_width + 2 * theme.space <= inner
        height = row_height if one_row else row_height + theme.touch + pad
        bar, rest = window.cut_top(height)
        self._ground(bar)
        row = Box(bar.x, bar.top - row_height, bar.width, row_height).inset(theme.margin, pad)
        self._clock_box, row = row.cut_right(clock_width, theme.space)
        if one_row:
            tools_box, row = row.cut_right(tools_width, theme.space)
            tools_box = tools_box.middle(theme.touch)
        else:
            tools_box = Box(bar.x + theme.margin, bar.y + pad, inner, theme.touch)
        self._names(row, names_height)
        for (text, icon, press), cell in zip(self._tools, tools_box.columns(tools, theme.gap), strict=True):
            self._button(text, cell, press, icon, "bar")
        return rest

    def _ground(self, bar: Box) -> None:
        p = self.theme.palette
        self.add_widget(Ground(bar, p.bar))
        self.add_widget(Ground(bar.cut_foot(self.theme.mm(1))[0], p.accent))

    def _names(self, row: Box, height: float) -> None:
        theme, white = self.theme, self.theme.palette.on_bar
        row = row.middle(height)
        authority = TextBlock(theme, AUTHORITY, row.width, Size.LABEL, white, True)
        self.add_widget(authority.put_at_top(row))
        branch = TextBlock(theme, self._branch, row.width, colour=white)
        self.add_widget(branch.put_at_top(row.cut_top(authority.height)[1]))

    def _compact_head(self, window: Box) -> Box:
        """A compact panel has one row above the page: its title, the clock where it fits, and all settings."""
        theme = self.theme
        head, rest = window.cut_top(theme.touch + theme.mm(EDGE_MM), theme.gap)
        head = head.inset(theme.margin, 0).cut_foot(theme.touch)[0]
        side, head = head.cut_right(theme.touch, theme.gap)
        self._button("", side, self._open_settings, "settings")
        if theme.manner.on_behalf:
            mark = TextBlock(theme, ON_BEHALF_SHORT, head.width, colour=theme.palette.warning, bold=True)
            place, head = head.cut_right(mark.width, theme.gap)
            self.add_widget(Ground(place, theme.palette.warning_ground))
            self.add_widget(mark.put_in_middle(place))
        elif not theme.manner.elder:
            self._clock_box, head = head.cut_right(needed_width(theme, "00:00", Size.BODY), theme.gap)
        self._head = head
        return rest.cut_foot(0, theme.gap - theme.mm(EDGE_MM))[1]

    # Bands: the steps of the job, for whom it is done, and that staff are coming.

    def _draw_bands(self, question: Question, staff_called: bool) -> Box:
        p, body = self.theme.palette, self._body
        if self.theme.manner.on_behalf:
            body = self._band(ON_BEHALF, body)
        if staff_called:
            body = self._band(self._staff_called, body)
        if question.steps:
            height = line_height(self.theme.type_size(Size.BODY)) + self.theme.mm(6)
            band, body = body.cut_top(height)
            self._bands.add_widget(Ground(band, p.paper))
            self._bands.add_widget(Steps(self.theme, question, band.inset(self.theme.margin, 0)))
        return body

    def _band(self, text: str, body: Box) -> Box:
        theme, p = self.theme, self.theme.palette
        width = body.width - 2 * theme.margin
        height = text_height(theme, text, width, bold=True) + theme.mm(5)
        band, body = body.cut_top(height)
        self._bands.add_widget(Ground(band, p.warning_ground))
        self._bands.add_widget(Ground(band.cut_foot(max(1, theme.mm(0.3)))[0], p.warning))
        words = TextBlock(theme, text, width, colour=p.warning, bold=True)
        self._bands.add_widget(words.put_in_middle(band.inset(theme.margin, 0), "left"))
        return body
