"""Turns clips into sound: recordings are decoded, the rest is synthesised, all of it is slowed as wanted.

Two small C libraries do the work, which espeak-ng needs anyway or Debian has: libopusfile and libsonic. Python's lock
is free while they do it.
"""

import math
import subprocess
import wave
from array import array
from collections.abc import Iterable
from ctypes import CDLL, POINTER, c_char_p, c_float, c_int, c_void_p, create_string_buffer
from functools import cache
from io import BytesIO
from pathlib import Path

from kiosk.voice.catalogue import Recording
from kiosk.voice.pinyin import to_pinyin
from kiosk.voice.speech import Clip, Synthesised

RATE = 44_100
"""What Kivy opens the sound device with: sound of this rate needs no conversion while the window waits."""
OPUS_RATE = 48_000
BLOCK = 5760
"""The most samples that libopusfile hands out at a time."""
SYNTHESIS_SECONDS = 10
VOICES = {"zh": "cmn-latn-pinyin", "en": "en-us"}
WORDS_A_MINUTE = 150
WAV_HEADER = 44
"""Bytes."""


class AudioUnavailableError(Exception):
    """A part of what speaks is not there; the message names it."""


def render(clips: Iterable[Clip], speed: int) -> bytes:
    """Return the sound of ``clips`` one after another, as a WAV of ``RATE`` in stereo.

    :param speed: percent of the usual.
    :raises AudioUnavailableError: a recording, a library or the synthesiser is not there.
    """
    try:
        return as_wav(b"".join(_samples(clip, speed) for clip in clips))
    except (OSError, subprocess.SubprocessError) as error:
        raise AudioUnavailableError(f"{error}: see deploy/packages/kiosk.txt") from error


def click(hertz: float = 1200, seconds: float = 0.03) -> bytes:
    """Return the short tone of a key as a WAV; it is the same for each key, so that nobody can hear which it was."""
    count = int(RATE * seconds)
    tone = array(
        "h", (int(9000 * math.sin(2 * math.pi * hertz * n / RATE) * (1 - n / count)) for n in range(count))
    )
    return as_wav(tone.tobytes())


def bell(tones: tuple[float, ...] = (880, 660), seconds: float = 0.35) -> bytes:
    """Return the tone that calls somebody back as a WAV: two notes, one after the other."""
    count = int(RATE * seconds)
    notes = (
        int(14000 * math.sin(2 * math.pi * hertz * n / RATE) * (1 - n / count))
        for hertz in tones
        for n in range(count)
    )
    return as_wav(array("h", notes).tobytes())


def as_wav(mono: bytes) -> bytes:
    """Return 16-bit samples of one channel as a WAV of two."""
    one = array("h", mono)
    both = array("h", bytes(2 * len(mono)))
    both[0::2], both[1::2] = one, one
    file = BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(both.tobytes())
    return file.getvalue()


def _samples(clip: Clip, speed: int) -> bytes:
    if isinstance(clip, Recording):
        return _changed(_decoded(clip.path), OPUS_RATE, speed)
    return _changed(*_synthesised(clip), speed)


def _decoded(path: Path) -> bytes:
    library = _opusfile()
    file = library.op_open_file(str(path).encode(), None)
    if not file:
        raise AudioUnavailableError(f"{path} is missing or no recording")
    block = create_string_buffer(2 * BLOCK)
    samples = b""
    try:
        while (count := library.op_read(file, block, BLOCK, None)) > 0:
            samples += block.raw[: 2 * count]
    finally:
        library.op_free(file)
    return samples


def _synthesised(clip: Synthesised) -> tuple[bytes, int]:
    """Return what espeak-ng says, and its rate; the text goes through a pipe, where no other process sees it."""
    text = to_pinyin(clip.text) if clip.language == "zh" else clip.text
    command = ["espeak-ng", "-v", VOICES[clip.language], "-s", str(WORDS_A_MINUTE), "--stdin", "--stdout"]
    said = subprocess.run(
        command, input=text.encode(), capture_output=True, timeout=SYNTHESIS_SECONDS, check=True
    )
    with wave.open(BytesIO(said.stdout)) as sound:
        # It cannot know the length when it writes the header.
        return said.stdout[WAV_HEADER:], sound.getframerate()


def _changed(samples: bytes, rate: int, speed: int) -> bytes:
    """Bring 16-bit samples to ``RATE``, and to ``speed`` percent without changing the voice's pitch."""
    if not samples:
        return samples
    count, tempo, resample = len(samples) // 2, speed / 100, rate / RATE
    room = int(count / tempo / resample) + rate
    buffer = create_string_buffer(samples, 2 * max(room, count))
    count = _sonic().sonicChangeShortSpeed(buffer, count, tempo, 1.0, resample, 1.0, 0, rate, 1)
    return buffer.raw[: 2 * count]


@cache
def _opusfile() -> CDLL:
    library = CDLL("libopusfile.so.0")
    library.op_open_file.restype = c_void_p
    library.op_open_file.argtypes = [c_char_p, POINTER(c_int)]
    library.op_read.argtypes = [c_void_p, c_char_p, c_int, POINTER(c_int)]
    library.op_free.argtypes = [c_void_p]
    return library


@cache
def _sonic() -> CDLL:
    library = CDLL("libsonic.so.0")
    library.sonicChangeShortSpeed.argtypes = [c_char_p, c_int, *[c_float] * 4, *[c_int] * 3]
    return library
