"""Language, text size, contrast and speech for the current citizen; reset to defaults after each visit."""

from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


@dataclass(frozen=True)
class Preferences:
    """What the citizen chose, or was offered, for this visit.

    ``elder`` is 长辈版; ``on_behalf`` says that somebody acts for the holder of the card (代办). ``volume`` is
    0 (silent) to 5, ``speed`` in percent of the usual.
    """

    language: Language = "zh"
    elder: bool = False
    on_behalf: bool = False
    high_contrast: bool = False
    volume: int = 3
    speed: int = 100


DEFAULT_PREFERENCES = Preferences()
