"""The kiosk's voice: says each question as it is shown, and stops earlier speech first.

Sound is made in a thread of its own; the window only starts and stops it. Without a sound device the kiosk
works silently.
"""

import os
import queue
import tempfile
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from kivy.clock import Clock, ClockEvent

from kiosk.dialogue.preferences import DEFAULT_PREFERENCES, Preferences
from kiosk.dialogue.questions import Question
from kiosk.voice.speech import Speech, speech_of, speech_of_entry, speech_of_text
from screens.sound.rendering import AudioUnavailableError, bell, click, render

if TYPE_CHECKING:
    from kivy.core.audio import Sound

log = structlog.get_logger()

GAINS = (0.0, 0.1, 0.18, 0.32, 0.56, 1.0)
"""What each step of the volume lets through: 5 dB a step."""
RING_EVERY = 3.0
"""Seconds between two sounds of the bell that calls after a document."""
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder in memory; ours in it has a name of its own, for us only


class Voice:
    """Speaks in the manner of the citizen who is here. All methods are for the window's thread."""

    def __init__(self) -> None:
        self._manner = DEFAULT_PREFERENCES
        self._question: Question | None = None
        self._now: Speech | None = None
        self._next: deque[Speech] = deque()
        self._sound: Sound | None = None
        self._pending: ClockEvent | None = None
        self._reminder: ClockEvent | None = None
        self._bell: ClockEvent | None = None
        self._studio = _Studio(self._play)

    def ask(self, question: Question, manner: Preferences) -> None:
        """Say ``question`` with the preferences ``manner``, and stop earlier speech.

        A question that is there already is said again only when it sounds otherwise now; one that is being said
        goes on louder or softer.
        """
        again = question is self._question and _for_the_ear(manner) == _for_the_ear(self._manner)
        as_loud = manner.volume == self._manner.volume
        self._question, self._manner = question, manner
        self._ring(getattr(question, "alarm", False))
        if not again or not (as_loud or (self._sound and manner.volume)):
            self._say_instead(speech_of(question, manner))
        elif self._sound:
            self._sound.volume = GAINS[manner.volume]

    def _ring(self, alarm: bool) -> None:
        """Ring now and every few seconds, or no longer; as loud as can be, whatever the citizen has chosen."""
        if self._bell:
            self._bell.cancel()
        self._bell = None
        if alarm:
            self._studio.ring()
            self._bell = Clock.schedule_interval(lambda _elapsed: self._studio.ring(), RING_EVERY)

    def read_aloud(self) -> None:
        """Say all that is on the page, also what is the citizen's own; for the button 朗读 only."""
        if self._question:
            self._say_instead(speech_of(self._question, self._manner, asked=True))

    def say(self, text: str, *, urgent: bool = False) -> None:
        """Say something beside the question: after what is being said, or at once when it is ``urgent``."""
        speech = speech_of_text(text, self._manner, urgent=urgent)
        if urgent:
            self._say_instead(speech)
        else:
            self._say_after(speech)

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
        for event in (self._pending, self._reminder):
            if event:
                event.cancel()
        if self._sound:
            sound, self._sound = self._sound, None
            sound.unbind(on_stop=self._ended)
            sound.stop()
            sound.unload()

    def close(self) -> None:
        """Fall silent for good."""
        self._ring(alarm=False)
        self.silence()
        self._studio.close()

    @property
    def speaking(self) -> bool:
        """Whether something is being said, or about to be."""
        return self._now is not None

    def _say_instead(self, speech: Speech) -> None:
        self.silence()
        self._say_after(speech)

    def _say_after(self, speech: Speech) -> None:
        if not speech.clips or not self._manner.volume:
            return
        if self._now:
            self._next.append(speech)
        else:
            self._begin(speech)

    def _begin(self, speech: Speech) -> None:
        self._now = speech
        self._pending = Clock.schedule_once(
            lambda _elapsed: self._studio.make(speech, self._manner.speed), speech.after
        )

    def _play(self, speech: Speech, sound: "Sound | None") -> None:
        if speech is not self._now:
            if sound:
                sound.unload()
        elif sound:
            self._sound = sound
            sound.volume = GAINS[self._manner.volume]
            sound.bind(on_stop=self._ended)
            sound.play()
        else:
            self.silence()

    def _ended(self, sound: "Sound") -> None:
        speech, self._sound, self._now = self._now, None, None
        sound.unload()
        if speech and speech.again:
            self._reminder = Clock.schedule_once(lambda _elapsed: self._say_after(speech), speech.again)
        if self._next:
            self._begin(self._next.popleft())


class _Studio:
    """Makes sounds in a thread of its own, always the latest that was ordered; hands them over in the window's."""

    def __init__(self, hand_over: Callable[[Speech, "Sound | None"], None]) -> None:
        self._hand_over = hand_over
        self._orders: queue.SimpleQueue[tuple[Speech, int] | None] = queue.SimpleQueue()
        self._wanted: Speech | None = None
        self._click: Sound | None = None
        self._bell: Sound | None = None
        self._troubles: set[str] = set()
        self._thread = threading.Thread(target=self._work, name="voice", daemon=True)

    def make(self, speech: Speech, speed: int) -> None:
        """Have the sound of ``speech`` made and handed over; None where there can be none.

        The first one opens the sound device, so that a kiosk that starts does not wait for it.
        """
        self._begin_to_work()
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

    def ring(self) -> None:
        """Sound the bell, if the sound device is open by now."""
        self._begin_to_work()
        if self._bell:
            self._bell.volume = GAINS[-1]
            self._bell.play()

    def _begin_to_work(self) -> None:
        if not self._thread.ident:
            self._thread.start()

    def close(self) -> None:
        """Stop working."""
        self.forget()
        self._orders.put(None)
        if self._thread.ident:
            self._thread.join()

    def _work(self) -> None:
        self._click, self._bell = _loaded(click()), _loaded(bell())
        if not self._click:
            self._tell("there is no sound device")
        while order := self._orders.get():
            speech, speed = order
            if speech is self._wanted:
                self._give(speech, self._made(speech, speed) if self._click else None)

    def _made(self, speech: Speech, speed: int) -> "Sound | None":
        try:
            return _loaded(render(speech.clips, speed))
        except AudioUnavailableError as trouble:
            self._tell(str(trouble))
            return None

    def _give(self, speech: Speech, sound: "Sound | None") -> None:
        Clock.schedule_once(lambda _elapsed: self._hand_over(speech, sound))

    def _tell(self, trouble: str) -> None:
        if trouble not in self._troubles:
            self._troubles.add(trouble)
            log.warning("audio unavailable", reason=trouble)


def _loaded(wav: bytes) -> "Sound | None":
    """Return ``wav`` as a sound of the mixer, which opens the device at the first; None when there is none."""
    from kivy.core.audio import SoundLoader

    folder = MEMORY if os.access(MEMORY, os.W_OK) else None
    with tempfile.NamedTemporaryFile(dir=folder, prefix="kiosk-", suffix=".wav") as file:
        file.write(wav)
        file.flush()
        sound = SoundLoader.load(file.name)
    return sound if sound and sound.length > 0 else None


def _for_the_ear(manner: Preferences) -> Preferences:
    """Return what of ``manner`` changes how a question sounds, but for its loudness."""
    return replace(manner, volume=DEFAULT_PREFERENCES.volume, high_contrast=False, on_behalf=False)
