"""Which of a machine's PC/SC readers is the one for citizens' cards: told by their names alone.

A PC/SC name is the maker's words and two numbers, of the device and of its slot: ``ACME Dual Reader ICC 00 00``.
"""

import re
from collections.abc import Sequence
from enum import StrEnum

from hardware.card.errors import AmbiguousReaderError

_WORD = re.compile(r"contact[ _-]less\b|[^\W_]+")
_INTERFACE = re.compile(r"\[(.*)\]")  # libccid: the maker's name of one of several interfaces
_NUMBERS = re.compile(r" [0-9A-F]{2} [0-9A-F]{2}$")
_SLOT_NUMBER = re.compile(r" [0-9A-F]{2}$")


SIMULATED = ("Virtual PCD", "Simulated Reader")
"""What vsmartcard-vpcd calls its readers, and our simulator."""


class Kind(StrEnum):
    """What a reader takes, as far as its name says."""

    CONTACT = "contact"
    CONTACTLESS = "contactless"
    SAM = "sam"
    UNKNOWN = "unknown"


# Chinese is written without spaces between words.
_SAM = re.compile(r"[pe]?sam\d*|.*安全模块.*")
_WORDS_OF = {
    Kind.CONTACTLESS: re.compile(r"picc\d*|contact[ _-]?less\d*|cless|\d*cl|nfc|rf|rfid|.*非接.*"),
    Kind.CONTACT: re.compile(r"icc\d*|contact(ed)?\d*|.*(?<!非)接触.*"),
}


def kind_of(reader: str) -> Kind:
    """Return what the words of a reader's name say of it; those of its interface come first."""
    interface = _INTERFACE.search(reader)
    said = _kind(interface[1]) if interface else Kind.UNKNOWN
    return said if said is not Kind.UNKNOWN else _kind(reader)


def is_simulated(reader: str) -> bool:
    """Return whether a reader is that of vsmartcard-vpcd, into which anybody can put a card from elsewhere."""
    return any(_has_words(reader, name) for name in SIMULATED)


def choose(readers: Sequence[str], name: str = "", *, simulated: bool = True) -> str:
    """Return the reader for citizens' cards, "" when there is none.

    Slots for security modules are not for citizens, and a contactless slot is taken only where there is no other.
    Of the slots of one device that go by the same words, the first is taken.

    :param name: the configured name: the whole name, or whole words of it. A slot of any kind may be named.
    :param simulated: whether a simulated reader may be taken.
    :raises AmbiguousReaderError: readers of two devices could be meant.
    """
    readers = [reader for reader in readers if simulated or not is_simulated(reader)]
    if name in readers:
        return name
    named = [reader for reader in readers if _has_words(reader, name)]
    kinds = {reader: kind_of(reader) for reader in named}
    groups = [(Kind.CONTACT, Kind.UNKNOWN), (Kind.CONTACTLESS,), *([(Kind.SAM,)] if name else [])]
    meant = next(filter(None, ([r for r in named if kinds[r] in group] for group in groups)), [])
    if len({_SLOT_NUMBER.sub("", reader) for reader in meant}) > 1:
        raise AmbiguousReaderError(readers)
    return min(meant, default="")


def name_to_configure(reader: str, readers: Sequence[str]) -> str:
    """Return the shortest name that means this reader: its words without the numbers, which may change, if they do."""
    words = _NUMBERS.sub("", reader)
    try:
        return words if choose(readers, words) == reader else reader
    except AmbiguousReaderError:
        return reader


def _kind(words: str) -> Kind:
    found = _words(words)
    if any(_SAM.fullmatch(word) for word in found):
        return Kind.SAM
    said = [kind for kind, pattern in _WORDS_OF.items() if any(map(pattern.fullmatch, found))]
    return said[0] if len(said) == 1 else Kind.UNKNOWN


def _words(name: str) -> list[str]:
    return _WORD.findall(name.casefold())


def _has_words(reader: str, name: str) -> bool:
    """Return whether the words of ``name`` stand side by side in the reader's name; no words always do."""
    wanted, found = _words(name), _words(reader)
    return any(found[at : at + len(wanted)] == wanted for at in range(len(found) - len(wanted) + 1))
