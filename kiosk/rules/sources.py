"""The catalogue of sources that the rules cite."""

from functools import cache

import msgspec

from kiosk.rules import datafile
from kiosk.rules.words import Since


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A law, a measure or an official explanation, and the time in which it is in force."""

    title: str
    effective_from: Since
    effective_to: Since | None = None
    seed: str | None = None


@cache
def catalogue() -> dict[str, Source]:
    """Return every source by its short name."""
    return datafile.load_tables(datafile.ROOT / "sources.toml", Source)
