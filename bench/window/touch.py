"""Presses keys of the PIN pad and prints, for each, the milliseconds from the touch to the finished frame."""

import sys
import time

from kiosk.config import Panel
from screens.settings import configure

configure(Panel())

from kivy.base import EventLoop, runTouchApp  # noqa: E402
from kivy.core.window import Window  # noqa: E402
from kivy.graphics.opengl import glFinish  # noqa: E402

from kiosk.dialogue.questions import EnterPin  # noqa: E402
from screens.bars import WindowCallbacks  # noqa: E402
from screens.frame import SETTLE_SECONDS, Frame  # noqa: E402
from screens.theme.fonts import register_fonts  # noqa: E402
from screens.widgets.keys import Key  # noqa: E402

register_fonts()
frame = Frame(Panel(), "", WindowCallbacks())
Window.add_widget(frame)
runTouchApp(embedded=True)
frame.show(EnterPin(title="请输入社保卡密码"))
settled = time.monotonic() + SETTLE_SECONDS
while time.monotonic() < settled:
    EventLoop.idle()

keys = {key.name: key for key in frame.walk() if isinstance(key, Key)}
drawn = [0]
Window.bind(on_flip=lambda *_: drawn.__setitem__(0, drawn[0] + 1))
for press in range(int(sys.argv[1])):
    x, y = keys["清除" if press % 7 == 6 else str(press % 7)].center
    before, begun = drawn[0], time.perf_counter()
    Window.dispatch("on_mouse_down", x, Window.height - y, "left", [])
    Window.dispatch("on_mouse_up", x, Window.height - y, "left", [])
    while drawn[0] == before:
        EventLoop.idle()
    glFinish()
    print((time.perf_counter() - begun) * 1000, flush=True)
