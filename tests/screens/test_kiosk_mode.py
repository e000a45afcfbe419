"""What a citizen, a child or a fault can do to the window: nothing."""

import ast
import json
import os
import re
import select
import socket
import subprocess
import sys
from pathlib import Path

from PIL import Image
from structlog.testing import capture_logs

from kiosk.dialogue.questions import Choose, Confirm, Option
from tests.deadline import DEADLINE_SECONDS

CONFIRM = Confirm(title="请核对", yes="对", no="不对")


def test_the_filter_stands_between_the_window_and_its_buttons(eyes):
    from kivy.base import EventLoop

    from screens.one_finger import let_one_finger_touch

    before = list(EventLoop.postproc_modules)
    let_one_finger_touch()
    try:
        eyes.show(CONFIRM)
        eyes.touch("不对", button="right")
        assert eyes.answers == []
        eyes.touch("不对")
        assert eyes.answers == [(CONFIRM, False)]
    finally:
        EventLoop.postproc_modules[:] = before


def test_a_fault_is_logged_without_its_words_and_the_screen_wiped(window):
    from kivy.base import ExceptionManager

    from screens.faults import Faults

    happened = []
    faults = Faults(lambda: happened.append("wiped"), lambda: happened.append("given up"))
    try:
        with capture_logs() as logs:
            try:
                raise ValueError("482913")
            except ValueError as error:
                assert ExceptionManager.handle_exception(error) == ExceptionManager.PASS
            assert happened == ["wiped"]
            ExceptionManager.handle_exception(ValueError("482913"))
    finally:
        faults.close()
    assert happened == ["wiped", "given up"]
    assert {entry["error"] for entry in logs} == {"ValueError"}
    assert "482913" not in str(logs)


def test_systemd_hears_that_the_window_is_there(window, tmp_path, monkeypatch):
    from kivy.base import EventLoop

    from command_line.watchdog import Watchdog
    from screens.watchdog import watch

    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(address)
        manager.settimeout(DEADLINE_SECONDS)
        monkeypatch.setenv("NOTIFY_SOCKET", address)
        monkeypatch.setattr("command_line.watchdog.ALIVE_EVERY", 0.01)
        watch(Watchdog())
        window.dispatch("on_flip")
        window.dispatch("on_flip")
        assert manager.recv(64) == b"READY=1"
        while not select.select([manager], [], [], 0)[0]:
            EventLoop.idle()
        assert manager.recv(64) == b"WATCHDOG=1"


def test_a_touch_is_seen_in_the_next_frame(eyes):
    eyes.show(Choose(title="请选择", options=(Option("a", "业务"),)))
    tile = eyes.button("业务")
    face = tuple(tile._face.rgba)
    x, y = eyes.find("业务").center
    eyes.window.dispatch("on_mouse_down", x, eyes.window.height - y, "left", [])
    eyes._loop.idle()
    assert tuple(tile._face.rgba) != face
    eyes.window.dispatch("on_mouse_up", x, eyes.window.height - y, "left", [])
    eyes.look()


def test_no_widget_has_the_name_of_one_that_kivy_styles():
    """Kivy's rules go by the name of the class: one that they know would be painted, or broken, by them."""
    styled = set(re.findall(r"[A-Z]\w+", " ".join(re.findall(r"^<(.+)>:", _kivy_rules(), re.MULTILINE))))
    assert "Button" in styled
    drawing = [*Path("screens").glob("*.py"), *Path("tools/demo").glob("*.py")]
    ours = {
        n.name for f in drawing for n in ast.walk(ast.parse(f.read_text())) if isinstance(n, ast.ClassDef)
    }
    assert not ours & styled


def _kivy_rules():
    from kivy import kivy_data_dir

    return Path(kivy_data_dir, "style.kv").read_text()


def test_the_gallery_draws_files_and_lists_them(tmp_path):
    program = "from screens.gallery.command import screens; screens()"
    options = ["--out", str(tmp_path), "--size", "320x240", "--width-mm", "300", "--only", "idle", "--json"]
    environment = {k: v for k, v in os.environ.items() if k not in ("KIVY_GL_BACKEND", "DISPLAY")}
    done = subprocess.run(
        [sys.executable, "-c", program, *options], capture_output=True, text=True, env=environment
    )
    assert done.returncode == 0, done.stderr
    listed = json.loads(done.stdout)
    assert [shot["name"] for shot in listed["screens"]][:2] == ["idle", "idle-notice"]
    for shot in listed["screens"]:
        picture = Image.open(shot["file"])
        assert picture.size == (320, 240)
        assert len(picture.getcolors(320 * 240)) > 10
    assert "idle.png" in Path(listed["index"]).read_text()


def test_the_names_of_rare_characters_can_be_drawn(window):
    from fontTools.ttLib import TTFont

    from screens.theme.fonts import font_file

    for weight in ("Regular", "Bold"):
        covered = TTFont(font_file(weight), lazy=True).getBestCmap()
        assert [name for name in "䶮㛃𬭎龦鿏龘燚喆堃犇昇玥𠅤𬱖㑇" if ord(name) not in covered] == []
