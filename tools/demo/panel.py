"""The simulator panel: what a citizen, a paper roll and a network do to the kiosk, as buttons in a window beside it."""

import sys
from functools import partial
from pathlib import Path

from hardware.simulator.control import ControlError, tell
from kiosk.config import Panel
from screens.settings import configure

PANEL = Panel(width=360, height=820, width_mm=160)

CONTROLS = {"reader": "card/control", "printer": "printer.control", "demo": "demo.control"}

BUTTONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("插入 王建国 的卡（密码 739154）", "reader", ("swap", "wang-jianguo")),
    ("插入 李秀英 的卡（密码 862047）", "reader", ("swap", "li-xiuying")),
    ("插入 欧阳晴 的卡（密码 504918）", "reader", ("swap", "ouyang-qing")),
    ("插入 赵敏 的新卡（没有激活）", "reader", ("swap", "zhao-min")),
    ("插入一张银行卡", "reader", ("swap", "bank-card")),
    ("拔出卡", "reader", ("remove",)),
    ("打印机缺纸", "printer", ("paper", "out")),
    ("装好纸", "printer", ("paper", "full")),
    ("打开打印机盖", "printer", ("cover", "open")),
    ("关好打印机盖", "printer", ("cover", "closed")),
    ("社保中心断线", "demo", ("centre", "offline")),
    ("社保中心恢复", "demo", ("centre", "online")),
)


def main(folder: Path) -> None:
    """Open the panel for the demo in ``folder``."""
    configure(PANEL)
    from kivy.app import App
    from kivy.config import Config
    from kivy.uix.widget import Widget

    Config.set("graphics", "position", "custom")
    Config.set("graphics", "left", 0)
    Config.set("graphics", "top", 40)
    # Whoever sees the window may touch it at once, so it is shown when it can be touched.
    Config.set("graphics", "window_state", "hidden")
    from kivy.clock import Clock
    from kivy.core.window import Window

    from screens.box import Box
    from screens.fonts import register_fonts
    from screens.theme import Size, Theme
    from screens.widgets import Touch, Words

    register_fonts()
    theme = Theme(PANEL)
    top = 40

    class PanelApp(App):
        title = "模拟设备"

        def build(self) -> Widget:
            self.column, self.words = Widget(), Widget()
            box = Box(12, 12, PANEL.width - 24, PANEL.height - top - 12)
            for (label, device, words), place in zip(BUTTONS, box.grid(1, len(BUTTONS), 8), strict=True):
                button = Touch(theme, label, place, size=Size.BODY)
                button.bind(on_release=partial(self.press, device, words, label))
                self.column.add_widget(button)
            self.tell("模拟设备：点一下，看看终端怎么做。")
            return self.column

        def on_start(self) -> None:
            Clock.schedule_once(lambda _: Window.show())

        def press(self, device: str, words: tuple[str, ...], label: str, _button: object) -> None:
            try:
                tell(folder / CONTROLS[device], *words, timeout=20)
                self.tell(f"{label}：好了")
            except (ControlError, OSError) as error:
                self.tell(f"{label}：没有成功（{error}）")

        def tell(self, text: str) -> None:
            self.column.remove_widget(self.words)
            self.words = Words(theme, text, PANEL.width - 24, colour=(1, 1, 1, 1))
            self.column.add_widget(self.words.put(12, PANEL.height - 34))

    PanelApp().run()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
