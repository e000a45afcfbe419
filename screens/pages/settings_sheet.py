"""The sheet over a page on which a citizen sets sound, speed, contrast and, on compact panels, everything else."""

from collections.abc import Callable
from dataclasses import replace

from kiosk.dialogue.preferences import Language, Preferences
from kiosk.dialogue.questions import Question
from kiosk.dialogue.words import _
from screens.pages.page import Action, Page, PageContext
from screens.theme.box import Box
from screens.theme.tokens import Theme
from screens.widgets.controls import Ground

LOUDEST = 5
SPEEDS = (80, 100, 120)
STEP = 20


class SettingsSheet(Page):
    """Shows how the kiosk speaks and looks; each touch is done at once."""

    def __init__(
        self, theme: Theme, stage: PageContext, read_aloud: Callable[[], None], done: Callable[[], None]
    ) -> None:
        self._read_aloud, self._done = read_aloud, done
        super().__init__(theme, Question(title=_("声音与显示")), stage, lambda _: None)

    def fill(self) -> None:
        """Lay out a row for each setting."""
        theme = self.theme
        box = self.heading(self.box, self.question.title)
        rows = self._rows_of_settings()
        actions = [Action(_("设置好了"), self._done, "primary")]
        for row, place in self.deal(box, lambda _width: [theme.button] * len(rows), theme.gap, actions):
            rows[row](place)

    def _rows_of_settings(self) -> list[Callable[[Box], None]]:
        manner = self.theme.manner
        rows: list[Callable[[Box], None]] = [self._volume, self._speed, self._contrast]
        if self.theme.compact:
            rows += [
                self._change(
                    language_name(manner), replace(manner, language=other_language(manner)), "language"
                ),
                self._change(elder_name(manner), replace(manner, elder=not manner.elder), "elder"),
                self._aloud,
            ]
        return rows

    def _change(self, text: str, manner: Preferences, icon: str) -> Callable[[Box], None]:
        return lambda box: self._button(text, box, manner, icon)

    def _button(self, text: str, box: Box, manner: Preferences, icon: str = "", enabled: bool = True) -> None:
        self.button(Action(text, lambda: self.stage.prefer(manner), icon=icon), self._narrow(box), enabled)

    def _narrow(self, box: Box) -> Box:
        width = min(box.width, self.theme.mm(240))
        return Box(box.x, box.y, width, box.height)

    def _aloud(self, box: Box) -> None:
        self.button(Action(_("朗读"), self._read_aloud, icon="aloud"), self._narrow(box))

    def _contrast(self, box: Box) -> None:
        manner = self.theme.manner
        text = _("显示：回到浅色") if manner.high_contrast else _("显示：黑底亮字")
        self._button(text, box, replace(manner, high_contrast=not manner.high_contrast))

    def _volume(self, box: Box) -> None:
        manner = self.theme.manner
        volume = manner.volume
        value = _("音量：{level}", level=volume) if volume else _("静音")
        less = replace(manner, volume=max(0, volume - 1))
        more = replace(manner, volume=min(LOUDEST, volume + 1))
        self._stepper(box, value, _("小一点"), less, _("大一点"), more)

    def _speed(self, box: Box) -> None:
        manner = self.theme.manner
        value = (
            _("语速：慢") if manner.speed < 100 else _("语速：快") if manner.speed > 100 else _("语速：中")
        )
        less = replace(manner, speed=max(SPEEDS[0], manner.speed - STEP))
        more = replace(manner, speed=min(SPEEDS[-1], manner.speed + STEP))
        self._stepper(box, value, _("慢一点"), less, _("快一点"), more)

    def _stepper(
        self, box: Box, value: str, less: str, smaller: Preferences, more: str, larger: Preferences
    ) -> None:
        theme, box = self.theme, self._narrow(box)
        if theme.compact:
            less, more = "", ""
            left, rest = box.cut_left(theme.touch, theme.gap)
            right, middle = rest.cut_right(theme.touch, theme.gap)
        else:
            left, middle, right = box.columns([1, 0.9, 1], theme.gap)
        self._step(less, "minus", smaller, left)
        self.add_widget(Ground(middle, theme.palette.paper, theme.radius))
        self.words(value, middle.width, bold=True, align="center").put_in_middle(middle)
        self._step(more, "plus", larger, right)

    def _step(self, text: str, icon: str, manner: Preferences, box: Box) -> None:
        action = Action(text, lambda: self.stage.prefer(manner), icon=icon)
        self.button(action, box, enabled=manner != self.theme.manner)


def other_language(manner: Preferences) -> Language:
    """Return the language that is not spoken now."""
    return "en" if manner.language == "zh" else "zh"


def language_name(manner: Preferences) -> str:
    """Return the name of the other language, in that language."""
    return "English" if manner.language == "zh" else "中文"


def elder_name(manner: Preferences) -> str:
    """Return the name of the mode that a touch leads to."""
    return _("标准版") if manner.elder else _("长辈版")
