"""A desktop with the demo on it: its two windows, seen and used through the X server."""

import ctypes
import signal
import subprocess
import time
from functools import cached_property
from pathlib import Path

from hardware.simulator.control import tell
from tests.deadline import DEADLINE_SECONDS
from tests.visit.demo import start, wait_for_file, wait_for_process
from tools.demo.window import Window, finger_on


class Desk:
    """The demo on ``display``; its environment names ``home``."""

    def __init__(self, home: Path, display: str, **environment: str) -> None:
        self.home, self.display = home, display
        self.demo = start(home, DISPLAY=display, HOME=str(home), **environment)
        try:
            self._look_around()
        except BaseException:
            self.end()
            raise

    def _look_around(self) -> None:
        self.folder = wait_for_file(self.demo, self.home, "kiosk-*/panel").parent
        kiosk = finger_on(self.display, self.pid("tools.inspected_window"))
        self.kiosk = Window(self.folder / "window", kiosk)
        self._tap = finger_on(self.display, self.pid("tools.demo.panel"))

    def end(self) -> None:
        """Break the demo off, if it still runs."""
        self.demo.send_signal(signal.SIGINT)
        self.demo.communicate(timeout=DEADLINE_SECONDS)

    def pid(self, program: str) -> int:
        return wait_for_process(self.demo, self.home, program)

    # The panel

    @property
    def texts(self) -> list[str]:
        return tell(self.folder / "panel", "texts")

    def press(self, text: str) -> None:
        """Press a button of the panel, once it is there."""
        self.see(text)
        self._tap(*tell(self.folder / "panel", "where", text))

    def see(self, text: str, seconds: float = DEADLINE_SECONDS) -> str:
        """Wait until the panel says something that begins with ``text``, and return it."""
        deadline = time.monotonic() + seconds
        while not (found := [said for said in self.texts if said.startswith(text)]):
            assert time.monotonic() < deadline, f"the panel does not say {text}"  # what it says has PINs
            time.sleep(0.05)
        return found[0]

    def picture(self) -> Path:
        """Take a picture of the panel."""
        file = self.home / "panel.png"
        tell(self.folder / "panel", "screenshot", str(file), timeout=DEADLINE_SECONDS)
        return file

    # The windows

    @cached_property
    def windows(self) -> dict[str, int]:
        """The X windows of the panel and of the kiosk."""
        programs = {"panel": "tools.demo.panel", "kiosk": "tools.inspected_window"}
        return {name: self._window_of(self.pid(program)) for name, program in programs.items()}

    def _window_of(self, pid: int) -> int:
        return int(self.xdotool("search", "--onlyvisible", "--pid", str(pid)).split()[-1])

    def xdotool(self, *words: str) -> str:
        environment = {"DISPLAY": self.display, "PATH": "/usr/bin:/bin"}
        command = ["xdotool", *words]
        return subprocess.run(
            command, env=environment, check=True, capture_output=True, text=True, timeout=DEADLINE_SECONDS
        ).stdout

    def focus(self, name: str) -> None:
        """Give a window the keyboard."""
        self.xdotool("windowfocus", str(self.windows[name]))
        deadline = time.monotonic() + DEADLINE_SECONDS
        while int(self.xdotool("getwindowfocus")) != self.windows[name]:
            assert time.monotonic() < deadline, name

    def place(self, name: str) -> tuple[int, int, int, int]:
        """Return left, top, right and bottom of a window."""
        said = self.xdotool("getwindowgeometry", "--shell", str(self.windows[name]))
        value = {key: int(number) for key, _, number in (line.partition("=") for line in said.splitlines())}
        return value["X"], value["Y"], value["X"] + value["WIDTH"], value["Y"] + value["HEIGHT"]

    def close(self, name: str) -> None:
        """Ask a window to close, as a window manager does when its button is pressed."""
        x = ctypes.CDLL("libX11.so.6")
        x.XOpenDisplay.restype = ctypes.c_void_p
        x.XInternAtom.restype = ctypes.c_ulong
        display = ctypes.c_void_p(x.XOpenDisplay(self.display.encode()))
        message = _ClientMessage(type=33, window=self.windows[name], format=32)
        message.message_type = x.XInternAtom(display, b"WM_PROTOCOLS", False)
        message.data[0] = x.XInternAtom(display, b"WM_DELETE_WINDOW", False)
        x.XSendEvent(display, ctypes.c_ulong(message.window), False, 0, ctypes.byref(message))
        x.XCloseDisplay(display)


class _ClientMessage(ctypes.Structure):
    """XClientMessageEvent, as large as an XEvent."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5),
        ("rest", ctypes.c_long * 12),
    )
