"""Lets the voice speak into a file and prints, for each scene, where in the file it was: run by test_voice.py."""

import json
import os
import sys
import time
from pathlib import Path

out = Path(sys.argv[1])
os.environ.update(
    KIVY_NO_ARGS="1", KIVY_NO_FILELOG="1", KIVY_NO_CONFIG="1", KIVY_LOG_MODE="PYTHON", KIVY_AUDIO="sdl2"
)
if sys.argv[2:] != ["no-device"]:
    # The disk takes a block of sound every 4 ms, about six times as fast as a loudspeaker.
    os.environ.update(SDL_AUDIODRIVER="disk", SDL_DISKAUDIOFILE=str(out), SDL_DISKAUDIODELAY="4")
else:
    os.environ.update(SDL_AUDIODRIVER="alsa", ALSA_CONFIG_PATH="/dev/null")

from kivy.clock import Clock  # noqa: E402

from kiosk.dialogue import EnterPin, Notice  # noqa: E402
from kiosk.manner import Manner  # noqa: E402
from kiosk.words import _  # noqa: E402
from screens.voice import Voice  # noqa: E402

SENTENCES = _("没有重复办理，也没有信息丢失。如需继续，请重新插入社会保障卡。")
LONG = Notice(title=_("{one}{one}", one=SENTENCES))
"""Long enough to be interrupted in time, however busy the machine is."""
PIN = EnterPin(title=_("请输入社保卡密码"), text=_("还可以输入 {left} 次", left=3))
PATIENCE = 20


def short() -> Notice:
    """Return a new short question."""
    return Notice(title=_("密码不对"))


voice = Voice()
scenes: dict[str, tuple[int, ...]] = {}
"""The places in the file where each begins and ends, and where it changes if it does."""


def turn(seconds: float = 0.0) -> None:
    """Let the window's loop turn, for so long at least."""
    end = time.monotonic() + seconds
    while True:
        Clock.tick()
        if time.monotonic() >= end:
            return


def heard() -> int:
    """Return how many bytes of sound there are so far."""
    return out.stat().st_size if out.exists() else 0


def until_said() -> None:
    """Wait until nothing is being said."""
    give_up = time.monotonic() + PATIENCE
    while voice.speaking and time.monotonic() < give_up:
        turn(0.01)


def until_heard(size: int) -> None:
    """Wait until so much sound has come out."""
    give_up = time.monotonic() + PATIENCE
    while heard() < size and time.monotonic() < give_up:
        turn(0.005)


def until_speaking(begin: int) -> None:
    """Wait until a voice is heard after ``begin``."""
    give_up = time.monotonic() + PATIENCE
    while not any(out.read_bytes()[begin:]) and time.monotonic() < give_up:
        turn(0.005)


def scene(name: str):
    """Note where in the file ``play`` is heard, with some silence around it; it may return where it changed."""

    def perform(play) -> None:
        before = heard()
        changed = play()
        until_said()
        until_heard(heard() + 40_000)
        scenes[name] = (before, *filter(None, [changed]), heard())

    return perform


if sys.argv[2:] == ["no-device"]:
    voice.ask(short(), Manner())
    until_said()
    voice.pressed()
    voice.read_aloud()
    until_said()
    print(json.dumps({"speaking": voice.speaking}))
    voice.close()
    sys.exit()


@scene("asked")
def _asked() -> None:
    voice.ask(short(), Manner())


@scene("slowly")
def _slowly() -> None:
    voice.ask(short(), Manner(speed=80))


@scene("softly")
def _softly() -> None:
    voice.ask(short(), Manner(volume=1))


@scene("silent")
def _silent() -> None:
    voice.ask(LONG, Manner(volume=0))
    voice.pressed()
    turn(0.1)


@scene("louder")
def _louder() -> int:
    begin = heard()
    voice.ask(LONG, Manner(volume=1))
    until_speaking(begin)
    until_heard(heard() + 100_000)
    changed = heard()
    voice.ask(LONG, Manner(volume=5))
    until_heard(heard() + 200_000)
    voice.silence()
    return changed


@scene("contrast")
def _contrast() -> None:
    voice.ask(LONG, Manner(volume=5, high_contrast=True))


@scene("interrupted")
def _interrupted() -> None:
    begin = heard()
    voice.ask(LONG, Manner())
    until_speaking(begin)
    voice.ask(short(), Manner())


@scene("beside")
def _beside() -> None:
    voice.ask(short(), Manner())
    voice.say(_("密码不对"))


@scene("key")
def _key() -> None:
    voice.ask(PIN, Manner())
    voice.silence()
    until_heard(heard() + 20_000)
    voice.pressed()


voice.close()
print(json.dumps(scenes))
