"""What a search of the menu may find beside services: each guide and each answer, with the words that find it."""

from collections.abc import Iterator
from dataclasses import dataclass

from kiosk.guidance.library import Library

GUIDES, ANSWERS = "read-guides", "answers"
"""The services that show them."""


@dataclass(frozen=True)
class Findable:
    """Something that a search may find.

    ``label`` is what is shown, ``words`` are how citizens ask for it. ``target`` is what a choice of it is answered
    with: the service and the entry in it, such as ``answers/p01`` (``kiosk.visit.visit.split_target``).
    """

    label: str
    words: tuple[str, ...]
    target: str


def findable(library: Library, region: str) -> Iterator[Findable]:
    """Yield what can be found in ``region``: answers first, which are short."""
    for key, answer in library.answers(region).items():
        yield Findable(answer.question, tuple(answer.keywords), f"{ANSWERS}/{key}")
    for key, guide in library.guides(region).items():
        yield Findable(guide.item, tuple(guide.keywords), f"{GUIDES}/{key}")
