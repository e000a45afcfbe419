"""Opens a list of 500 guides and types into it: prints the milliseconds of each until the frame is finished."""

import sys
import time
from collections.abc import Callable

from kiosk.config import Panel
from screens.settings import configure

configure(Panel())

from kivy.base import EventLoop, runTouchApp  # noqa: E402
from kivy.core.window import Window  # noqa: E402
from kivy.graphics.opengl import glFinish  # noqa: E402

from kiosk.dialogue.questions import FindInList, Option  # noqa: E402
from screens.bars import WindowCallbacks  # noqa: E402
from screens.frame import Frame  # noqa: E402
from screens.theme.fonts import register_fonts  # noqa: E402

COUNT = 500
NAMES = ("参保证明打印", "社会保障卡启用", "城镇职工基本养老保险退休核准", "失业保险金申领", "工伤认定申请")
GROUPS = ("社保卡", "养老保险", "失业保险", "工伤保险", "参保缴费")


def listed() -> FindInList:
    """Return a list that no page has measured yet."""
    options = tuple(
        Option(
            str(place),
            f"{NAMES[place % 5]}（第{place}项）",
            "请到参保地社会保险经办机构",
            words=("退休咋办",),
        )
        for place in range(COUNT)
    )
    groups = tuple(
        (name, tuple(str(each) for each in range(place, COUNT, 5))) for place, name in enumerate(GROUPS)
    )
    return FindInList(title="办事指南", options=options, groups=groups if sys.argv[1] == "groups" else ())


def milliseconds(act: Callable[[], object]) -> float:
    """Return how long it takes until what ``act`` changes is drawn."""
    before, begun = drawn[0], time.perf_counter()
    act()
    while drawn[0] == before:
        EventLoop.idle()
    glFinish()
    return (time.perf_counter() - begun) * 1000


register_fonts()
frame = Frame(Panel(), "", WindowCallbacks())
Window.add_widget(frame)
runTouchApp(embedded=True)
drawn = [0]
Window.bind(on_flip=lambda *_: drawn.__setitem__(0, drawn[0] + 1))
for _ in range(int(sys.argv[2])):
    print("open", milliseconds(lambda: frame.show(listed())), flush=True)
    for letter in "tx":
        print("type", milliseconds(lambda: frame.page.press(letter)), flush=True)  # type: ignore[union-attr]  # noqa: B023
    frame.show(FindInList(title="", options=()))
