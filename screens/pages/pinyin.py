"""Chinese from pinyin, through Debian's libgooglepinyin where it is installed.

The decoder has one state for the whole process, and it learns only from choices that it is told of: it is told of
none, so nothing that a citizen typed stays in it or on the disk.
"""

import ctypes
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LIBRARIES = Path("/usr/lib")
LONGEST_CANDIDATE = 64
MOST_CANDIDATES = 96
LONGEST_PINYIN = 24
MOST_SYLLABLES = 6
"""The library ends the process when it is given many more, such as a row of initials."""

SYLLABLE = re.compile(r"(?:[zcs]h|[b-df-hj-np-tw-z])?(?:[aeiouv]+(?:ng?|r)?)?")


@dataclass(frozen=True)
class Candidate:
    """Chinese for the first ``letters`` letters of what was typed."""

    text: str
    letters: int


class Pinyin:
    """A decoder of pinyin."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self._library = library

    def candidates(self, letters: str) -> list[Candidate]:
        """Return what ``letters`` (a to z) may mean: whole phrases first, then single characters for the start."""
        typed = _beginning(letters).encode("ascii")
        count = self._library.im_search(typed, ctypes.c_size_t(len(typed)))
        starts = self._starts()
        found = [self._text(place) for place in range(min(count, MOST_CANDIDATES))]
        self._library.im_reset_search()
        return [
            Candidate(text, starts[len(text)])
            for text in dict.fromkeys(found)
            if 0 < len(text) < len(starts) and not text.isascii()
        ]

    def _starts(self) -> list[int]:
        """Return where each syllable begins, and where the last one ends."""
        starts = ctypes.POINTER(ctypes.c_uint16)()
        count = self._library.im_get_spl_start_pos(ctypes.byref(starts))
        return [starts[place] for place in range(count + 1)] if starts else []

    def _text(self, place: int) -> str:
        buffer = ctypes.create_string_buffer(2 * LONGEST_CANDIDATE)
        self._library.im_get_candidate(ctypes.c_size_t(place), buffer, ctypes.c_size_t(LONGEST_CANDIDATE - 1))
        return buffer.raw.decode("utf-16-le", "ignore").split("\0", 1)[0]


def _beginning(letters: str) -> str:
    """Return as much of ``letters`` as the library can be trusted with."""
    syllables = [found for found in SYLLABLE.findall(letters[:LONGEST_PINYIN]) if found]
    return "".join(syllables[:MOST_SYLLABLES])


@cache
def pinyin() -> Pinyin | None:
    """Return the decoder, or None where the library or its dictionary is not installed."""
    for file in LIBRARIES.glob("*/libgooglepinyin.so.0"):
        dictionary = file.parent / "googlepinyin/data/dict_pinyin.dat"
        library = ctypes.CDLL(str(file))
        library.im_search.restype = library.im_get_spl_start_pos.restype = ctypes.c_size_t
        library.im_open_decoder.restype = ctypes.c_bool
        if library.im_open_decoder(str(dictionary).encode(), b""):
            return Pinyin(library)
    return None
