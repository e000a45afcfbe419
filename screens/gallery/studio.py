"""A window that poses for pictures: shows a question as it would be met, and touches what a citizen touched."""

from dataclasses import replace
from pathlib import Path

from kivy.base import EventLoop, runTouchApp
from kivy.core.window import Window
from kivy.graphics.opengl import glFinish

from kiosk.config import Panel
from kiosk.dialogue.preferences import Preferences
from screens.bars import WindowCallbacks
from screens.frame import Frame
from screens.gallery.pages import Shot, idle
from screens.theme.fonts import register_fonts
from screens.widgets.controls import Control, TextBlock

BRANCH = "铜川市社会保险经办中心  一楼大厅 3 号机"
FRAMES = 3
"""After so many frames all is drawn."""


class ScreenshotRig:
    """One window with a frame in it."""

    def __init__(self, panel: Panel) -> None:
        register_fonts()
        EventLoop.ensure_window()
        self.frame = Frame(panel, BRANCH, WindowCallbacks())
        Window.add_widget(self.frame)
        runTouchApp(embedded=True)

    def pose(self, shot: Shot, manner: Preferences, frames: int = FRAMES) -> None:
        """Show ``shot`` as a citizen would see it who came from the page between visits."""
        manner = replace(manner, on_behalf=shot.on_behalf)
        self.frame.show(idle(), manner)
        self.frame.show(shot.question, manner)
        for name in shot.touches:
            self.touch(name)
        if shot.staff_called:
            self.frame.call_staff()
        if shot.settings:
            self.frame.toggle_sheet()
        for _frame in range(frames):
            EventLoop.idle()

    def close(self) -> None:
        """Leave the window to others."""
        self.frame.show(idle())
        Window.remove_widget(self.frame)

    def touch(self, name: str) -> None:
        """Press the button that says ``name``, if it is there."""
        for widget in self.frame.walk():
            if isinstance(widget, TextBlock) and widget.text == self.frame.theme.say(name):
                button = widget.parent
                if isinstance(button, Control) and not button.disabled:
                    button.dispatch("on_release")
                    return

    def picture(self, file: Path) -> Path:
        """Save what the window shows."""
        self.frame.canvas.ask_update()
        EventLoop.idle()
        glFinish()
        Path(Window.screenshot(name=str(file))).rename(file)
        return file
