"""Lets the voice speak into a file and prints, for each scene, where in the file it was: run by test_voice.py."""

import fcntl
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

out = Path(sys.argv[1])
os.environ.update(
    KIVY_NO_ARGS="1", KIVY_NO_FILELOG="1", KIVY_NO_CONFIG="1", KIVY_LOG_MODE="PYTHON", KIVY_AUDIO="sdl2"
)
if sys.argv[2:] != ["no-device"]:
    # The "disk" is a pipe that holds next to nothing: sound goes on only while somebody listens.
    pipe = out.with_name("pipe")
    os.mkfifo(pipe)
    ear = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    fcntl.fcntl(ear, fcntl.F_SETPIPE_SZ, 4096)
    os.environ.update(SDL_AUDIODRIVER="disk", SDL_DISKAUDIOFILE=str(pipe), SDL_DISKAUDIODELAY="0")
else:
    ear = os.open("/dev/null", os.O_RDONLY)
    os.environ.update(SDL_AUDIODRIVER="alsa", ALSA_CONFIG_PATH="/dev/null")

from kivy.clock import Clock  # noqa: E402

from kiosk.dialogue.preferences import Preferences  # noqa: E402
from kiosk.dialogue.questions import EnterPin, Notice  # noqa: E402
from kiosk.dialogue.words import _  # noqa: E402
from screens.sound.voice import Voice  # noqa: E402
from tests.deadline import DEADLINE_SECONDS  # noqa: E402

SENTENCES = _("没有重复办理，也没有信息丢失。如需继续，请重新插入社会保障卡。")
LONG = Notice(title=_("{one}{one}", one=SENTENCES))
"""Long enough to be interrupted."""
PIN = EnterPin(title=_("请输入社保卡密码"), text=_("还可以输入 {left} 次", left=3))
A_MOMENT = 16_000
"""Bytes of sound, 0.1 s, that are heard at most while the window's loop turns once."""


def short() -> Notice:
    """Return a new short question."""
    return Notice(title=_("密码不对"))


voice = Voice()
sound = bytearray()
"""What was heard so far."""
scenes: dict[str, tuple[int, ...]] = {}
"""The places in the sound where each begins and ends, and where it changes if it does."""


def listen() -> None:
    """Hear what comes out of the mixer in a moment."""
    end = len(sound) + A_MOMENT
    try:
        while len(sound) < end and (heard := os.read(ear, end - len(sound))):
            sound.extend(heard)
    except BlockingIOError:
        return


def until(true: Callable[[], bool]) -> None:
    """Listen and let the window's loop turn until it is so."""
    give_up = time.monotonic() + DEADLINE_SECONDS
    while not true():
        assert time.monotonic() < give_up
        Clock.tick()
        listen()


def until_said() -> None:
    """Wait until nothing is being said."""
    until(lambda: not voice.speaking)


def until_heard(size: int) -> None:
    """Wait until so much more sound has come out."""
    end = len(sound) + size
    until(lambda: len(sound) >= end)


def until_speaking() -> None:
    """Wait until a voice is heard."""
    begin = len(sound)
    until(lambda: any(sound[begin:]))


def scene(name: str):
    """Note where in the sound ``play`` is heard, with some silence around it; it may return where it changed."""

    def perform(play) -> None:
        before = len(sound)
        changed = play()
        until_said()
        until_heard(40_000)
        scenes[name] = (before, *filter(None, [changed]), len(sound))

    return perform


if sys.argv[2:] == ["no-device"]:
    voice.ask(short(), Preferences())
    until_said()
    voice.pressed()
    voice.read_aloud()
    until_said()
    print(json.dumps({"speaking": voice.speaking}))
    voice.close()
    sys.exit()


@scene("asked")
def _asked() -> None:
    voice.ask(short(), Preferences())


@scene("slowly")
def _slowly() -> None:
    voice.ask(short(), Preferences(speed=80))


@scene("softly")
def _softly() -> None:
    voice.ask(short(), Preferences(volume=1))


@scene("silent")
def _silent() -> None:
    voice.ask(LONG, Preferences(volume=0))
    voice.pressed()


@scene("louder")
def _louder() -> int:
    voice.ask(LONG, Preferences(volume=1))
    until_speaking()
    until_heard(100_000)
    changed = len(sound)
    voice.ask(LONG, Preferences(volume=5))
    until_heard(200_000)
    voice.silence()
    return changed


@scene("contrast")
def _contrast() -> None:
    voice.ask(LONG, Preferences(volume=5, high_contrast=True))


@scene("interrupted")
def _interrupted() -> None:
    voice.ask(LONG, Preferences())
    until_speaking()
    voice.ask(short(), Preferences())


@scene("beside")
def _beside() -> None:
    voice.ask(short(), Preferences())
    voice.say(_("密码不对"))


@scene("key")
def _key() -> None:
    voice.ask(PIN, Preferences())
    voice.silence()
    until_heard(20_000)
    voice.pressed()


os.close(ear)
voice.close()
out.write_bytes(sound)
print(json.dumps(scenes))
