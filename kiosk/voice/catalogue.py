"""The recordings: which phrase is in which file, as ``python -m tools.voice record`` wrote it down."""

from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import msgspec

from kiosk.dialogue.preferences import Language

FOLDER = Path(str(files(__package__)))
CATALOGUE = FOLDER / "catalogue.json"


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """One phrase as it was recorded: its sound file, and what was measured of it.

    ``loudness`` and ``peak`` are in dB and parts of full scale, ``sha256`` is the beginning of the file's digest.
    """

    file: str
    seconds: float
    loudness: float
    peak: float
    phonemes: str
    sha256: str

    @property
    def path(self) -> Path:
        """Where the sound file is."""
        return FOLDER / self.file


class Catalogue(msgspec.Struct, frozen=True):
    """Every recording by its language and its phrase, and whose voice each language has."""

    voices: dict[Language, str]
    recordings: dict[Language, dict[str, Recording]]

    def find(self, phrase: str, language: Language) -> Recording | None:
        """Return the recording of ``phrase``, if there is one."""
        return self.recordings.get(language, {}).get(phrase)


def file_name(phrase: str, language: Language, voice: str) -> str:
    """Return the name of a recording: another phrase or another voice is another file."""
    return f"{language}/{sha256(f'{voice} {phrase}'.encode()).hexdigest()[:12]}.opus"


@cache
def catalogue() -> Catalogue:
    """Return the catalogue; it is read when it is first needed."""
    return msgspec.json.decode(CATALOGUE.read_bytes(), type=Catalogue)
