"""Pages of many visits in one frame; prints the process's MB after some, and at the end. Argument: how many."""

import sys
from itertools import cycle, islice

from kiosk.config import Panel
from screens.settings import configure, leave_out_styles

PANEL = Panel(width=540, height=960)
"""Half the pixels each way: layouts and texts of the usual panel in a quarter of the time."""

configure(PANEL)
leave_out_styles()

from kivy.base import EventLoop, runTouchApp  # noqa: E402
from kivy.clock import Clock  # noqa: E402
from kivy.core.window import Window  # noqa: E402

from bench.ui import megabytes  # noqa: E402
from kiosk.dialogue.preferences import Preferences  # noqa: E402
from kiosk.dialogue.questions import EnterPin  # noqa: E402
from screens.bars import WindowCallbacks  # noqa: E402
from screens.fonts import register_fonts  # noqa: E402
from screens.frame import Frame  # noqa: E402
from screens.gallery_pages import shots  # noqa: E402
from screens.keys import Key  # noqa: E402

WARM = 300
"""Visits until all caches are full."""

MANNERS = (
    Preferences(),
    Preferences(language="en"),
    Preferences(elder=True),
    Preferences(language="en", elder=True),
)
PAGES = ("reading", "menu", "choose-two", "choose-period", "pin", "working", "table", "finished", "take-card")
PAGES_A_VISIT = 1
"""Besides the idle page, so that it takes minutes and not an hour; over 36 visits all are shown in each manner."""


def visit(manner: Preferences, names: list[str]) -> None:
    """Draw the pages of one visit, and enter a PIN where it is asked for."""
    for name in ("idle", *names):
        question = questions[manner][name]
        frame.show(question, manner)
        EventLoop.idle()
        if isinstance(question, EnterPin):
            for key in [widget for widget in frame.walk() if isinstance(widget, Key)][:6]:
                key.dispatch("on_release")
            EventLoop.idle()


register_fonts()
frame = Frame(PANEL, "", WindowCallbacks())
Window.add_widget(frame)
runTouchApp(embedded=True)
Clock._max_fps = 0
questions = {manner: {shot.name: shot.question for shot in shots(manner)} for manner in MANNERS}
manners, pages = cycle(MANNERS), cycle(PAGES)
for number in range(1, int(sys.argv[1]) + 1):
    visit(next(manners), list(islice(pages, PAGES_A_VISIT)))
    if number == WARM:
        print(megabytes(), flush=True)
print(megabytes(), flush=True)
