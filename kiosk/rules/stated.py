"""Values that say where they come from, and answers that say why."""

from collections.abc import Iterable
from typing import Any, Generic, Literal, TypeVar

import msgspec

from kiosk.rules import sources, texts
from kiosk.rules.words import Since

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Unspecified = Literal["unspecified"]


class Citation(msgspec.Struct, frozen=True):
    """A place in the law: the document's title and the article."""

    source: str
    article: str

    def __str__(self) -> str:
        return f"{self.source} {self.article}"


def cite(source: str, article: str) -> Citation:
    """Return the citation of an article of a source in the catalogue."""
    return Citation(sources.catalogue()[source].title, article)


class Stated(msgspec.Struct, Generic[T_co], frozen=True, forbid_unknown_fields=True):
    """A value that a source states.

    ``says`` are words that stand in the cited article and prove the value; a test looks for them in the seed
    documents. Without its own dates a value is in force as long as its source.
    """

    value: T_co
    source: str
    article: str
    says: tuple[str, ...] = ()
    effective_from: Since | None = None
    effective_to: Since | None = None

    @property
    def citation(self) -> Citation:
        """Where the value stands."""
        return cite(self.source, self.article)

    @property
    def in_force(self) -> tuple[Since, Since | None]:
        """The first day, and the last one or None for a value that has no known end."""
        source = sources.catalogue()[self.source]
        return self.effective_from or source.effective_from, self.effective_to or source.effective_to


Maybe = Stated[T] | Unspecified
"""A stated value, or the honest word that the source states none."""


def value_of(maybe: Stated[T] | Unspecified | None) -> T | None:
    """Return the stated value, or None for one that no source states."""
    return maybe.value if isinstance(maybe, Stated) else None


class Answer(msgspec.Struct, Generic[T], frozen=True):
    """The result of a rule, its legal basis, and one plain sentence for the citizen."""

    result: T
    basis: tuple[Citation, ...]
    text: str


Basis = Iterable[Stated[Any] | Citation | Unspecified | None]


def answer(result: T, basis: Basis, text: str, **values: object) -> Answer[T]:
    """Put an answer together; ``text`` is a key of the catalogue, and unspecified values cite nothing."""
    cited = [one.citation if isinstance(one, Stated) else one for one in basis]
    citations = dict.fromkeys(one for one in cited if isinstance(one, Citation))
    return Answer(result, tuple(citations), texts.say(text, **values))
