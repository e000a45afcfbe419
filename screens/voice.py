"""The kiosk's voice: says each question as it is shown, and lets nothing old be heard over something new.

Sound is made in a thread of its own; the window only starts and stops it. Without a sound device the kiosk is silent
and works.
"""

import contextlib
import os
import queue
import tempfile
import threading
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from kivy.clock import Clock, ClockEvent

from kiosk.dialogue import Question
from kiosk.manner import USUAL, Manner
from kiosk.voice.speech import Speech, speech_of, speech_of_entry, speech_of_text
from screens.sound import NoVoice, click, render

if TYPE_CHECKING:
    from kivy.core.audio import Sound

log = structlog.get_logger()

GAINS = (0.0, 0.1, 0.18, 0.32, 0.56, 1.0)
"""What each step of the volume lets through: 5 dB a step."""
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder in memory; ours in it has a name of its own, for us only


class Voice:
    """Speaks in the manner of the citizen who is here. All methods are for the window's thread."""

    def __init__(self) -> None:
        self._manner = USUAL
        self._question: Question | None = None
        self._now: Speech | None = None
        self._next: deque[Speech] = deque()
        self._sound: Sound | None = None
        self._pending: ClockEvent | None = None
        self._studio = _Studio(self._play)

    def ask(self, question: Question, manner: Manner) -> None:
        """Say ``question`` in ``manner``, and nothing any more of what was said before."""
        only_louder = question is self._question and manner == _with_volume(self._manner, manner)
        self._question, self._manner = question, manner
        if only_louder and self._sound and manner.volume:
            self._sound.volume = GAINS[manner.volume]
        else:
            self._say_instead(speech_of(question, manner))

    def read_aloud(self) -> None:
        """Say all that is on the page, also what is the citizen's own; for the button 朗读 only."""
        if self._question:
            self._say_instead(speech_of(self._question, self._manner, asked=True))

    def say(self, text: str, *, urgent: bool = False) -> None:
        """Say something beside the question: after what is being said, or at once when it is ``urgent``."""
        speech = speech_of_text(text, self._manner, urgent=urgent)
        if urgent or not self._now:
            self._say_instead(speech)
        else:
            self._next.append(speech)

    def pressed(self) -> None:
        """Click, as each key does that is touched, whichever it is."""
        self._studio.click(GAINS[self._manner.volume])

    def entered(self, count: int) -> None:
        """Say how many digits of a masked entry are there, as soon as no more come."""
        self._say_instead(speech_of_entry(count, self._manner))

    def silence(self) -> None:
        """Stop, and forget what was to be said."""
        self._next.clear()
        self._now = None
        self._studio.forget()
        if self._pending:
            self._pending.cancel()
        if self._sound:
            sound, self._sound = self._sound, None
            sound.unbind(on_stop=self._ended)
            sound.stop()
            sound.unload()

    def close(self) -> None:
        """Fall silent for good."""
        self.silence()
        self._studio.close()

    @property
    def speaking(self) -> bool:
        """Whether something is being said, or about to be."""
        return self._now is not None

    def _say_instead(self, speech: Speech) -> None:
        self.silence()
        if speech.clips and self._manner.volume:
            self._begin(speech)

    def _begin(self, speech: Speech, wait: float | None = None) -> None:
        self._now = speech
        order = lambda _elapsed: self._studio.make(speech, self._manner.speed)  # noqa: E731
        self._pending = Clock.schedule_once(order, speech.after if wait is None else wait)

    def _play(self, speech: Speech, sound: "Sound") -> None:
        if speech is not self._now:
            sound.unload()
            return
        self._sound = sound
        sound.volume = GAINS[self._manner.volume]
        sound.bind(on_stop=self._ended)
        sound.play()

    def _ended(self, sound: "Sound") -> None:
        speech, self._sound, self._now = self._now, None, None
        sound.unload()
        if self._next:
            self._begin(self._next.popleft())
        elif speech and speech.again:
            self._begin(speech, speech.again)


class _Studio:
    """Makes sounds in a thread of its own, always the latest that was ordered; hands them over in the window's."""

    def __init__(self, hand_over: Any) -> None:
        self._hand_over = hand_over
        self._orders: queue.SimpleQueue[tuple[Speech, int] | None] = queue.SimpleQueue()
        self._wanted: Speech | None = None
        self._click: Sound | None = None
        self._silent = False
        self._thread = threading.Thread(target=self._work, name="voice", daemon=True)
        self._thread.start()

    def make(self, speech: Speech, speed: int) -> None:
        """Have the sound of ``speech`` made and handed over."""
        self._wanted = speech
        self._orders.put((speech, speed))

    def forget(self) -> None:
        """Make nothing of what was ordered."""
        self._wanted = None

    def click(self, gain: float) -> None:
        """Sound the key, if that can be done at once."""
        if self._click and gain:
            self._click.volume = gain
            self._click.play()

    def close(self) -> None:
        """Stop working."""
        self.forget()
        self._orders.put(None)
        self._thread.join()

    def _work(self) -> None:
        self._click = self._load(click())
        while order := self._orders.get():
            speech, speed = order
            if speech is not self._wanted or self._silent:
                continue
            try:
                sound = self._load(render(speech.clips, speed))
            except NoVoice as trouble:
                self._fall_silent(str(trouble))
            else:
                if sound:
                    Clock.schedule_once(lambda _, made=(speech, sound): self._hand_over(*made))

    def _load(self, wav: bytes) -> "Sound | None":
        """Return ``wav`` as a sound of the mixer, which opens the device at the first; None when there is none."""
        from kivy.core.audio import SoundLoader

        folder = MEMORY if os.access(MEMORY, os.W_OK) else None
        with tempfile.NamedTemporaryFile(dir=folder, prefix="kiosk-", suffix=".wav") as file:
            file.write(wav)
            file.flush()
            sound = SoundLoader.load(file.name)
        if sound and sound.length > 0:
            return sound
        self._fall_silent("there is no sound device")
        return None

    def _fall_silent(self, reason: str) -> None:
        if not self._silent:
            log.warning("the kiosk is silent", reason=reason)
        self._silent = True


def _with_volume(manner: Manner, other: Manner) -> Manner:
    from dataclasses import replace

    return replace(manner, volume=other.volume)
