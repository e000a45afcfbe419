"""The simulator panel: what a citizen, a paper roll and a network do to the kiosk, as buttons in a window beside it."""

import sys
from functools import partial
from pathlib import Path

from hardware.simulator.control import ControlError, tell
from kiosk.config import Panel
from screens.settings import configure

PANEL = Panel(width=360, height=820, width_mm=110)

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
    from kivy.lang.parser import global_idmap
    from kivy.uix.boxlayout import BoxLayout
    from kivy.uix.widget import Widget

    Config.set("graphics", "position", "custom")
    Config.set("graphics", "left", 0)
    Config.set("graphics", "top", 40)
    from screens.theme import Theme, register_fonts

    register_fonts()
    global_idmap["theme"] = Theme(PANEL)
    from screens.widgets import Touch, Words

    class PanelApp(App):
        title = "模拟设备"

        def build(self) -> Widget:
            column = BoxLayout(orientation="vertical", padding=12, spacing=8)
            self.words = Words(text="模拟设备：点一下，看看终端怎么做。", color=(1, 1, 1, 1), font_size=16)
            column.add_widget(self.words)
            for label, device, words in BUTTONS:
                button = Touch(text=label, font_size=16, size_hint_y=1)
                button.bind(on_release=partial(self.press, device, words, label))
                column.add_widget(button)
            return column

        def press(self, device: str, words: tuple[str, ...], label: str, _button: object) -> None:
            try:
                tell(folder / CONTROLS[device], *words, timeout=20)
                self.words.text = f"{label}：好了"
            except (ControlError, OSError) as error:
                self.words.text = f"{label}：没有成功（{error}）"

    PanelApp().run()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
