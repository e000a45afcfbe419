"""Values that say where they come from, and answers that say why."""

from collections.abc import Iterable
from datetime import date
from importlib.resources.abc import Traversable
from typing import Any, Generic, Literal, TypeVar

import msgspec

from kiosk.rules import datafile, sources, texts
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

    def in_force_on(self, day: date) -> bool:
        """Return whether the value is in force on a day; a date that no source gives stands against none."""
        since, until = self.in_force
        begun = since == "unspecified" or since <= day.isoformat()
        return begun and (until in (None, "unspecified") or day.isoformat() <= str(until))

    @property
    def since(self) -> date:
        """The first day on which the value is in force, or the first day of all where no source gives one."""
        first = self.in_force[0]
        return date.min if first == "unspecified" else date.fromisoformat(first)


StatedOrUnspecified = Stated[T] | Unspecified
"""A stated value, or "unspecified" if the source gives none."""


def value_of(maybe: Stated[T] | Unspecified | None) -> T | None:
    """Return the stated value, or None for one that no source states."""
    return maybe.value if isinstance(maybe, Stated) else None


def stated_on(maybe: Stated[T] | Unspecified, day: date | None) -> Stated[T] | Unspecified:
    """Return what is stated for a day, None for any: a value that is not in force on it says nothing of it."""
    not_then = isinstance(maybe, Stated) and day is not None and not maybe.in_force_on(day)
    return "unspecified" if not_then else maybe


def check_sources(table: Any, file: Traversable) -> None:
    """Check that everything in a table cites a source of the catalogue, and is in force on some day.

    :raises PackError: a source is unknown, or a value ends before it begins.
    """
    for key, cited in citing(table):
        if cited.source not in sources.catalogue():
            wrong = f"{key}.source".removeprefix(".")
            raise datafile.broken(file, wrong, f"sources.toml has no {cited.source!r}")
    for key, stated in stated_values(table):
        since, until = stated.in_force
        if until is not None and "unspecified" not in (since, until) and until <= since:
            raise datafile.broken(
                file, f"{key}.effective_to", f"ends on {until}, before it begins on {since}"
            )


def citing(table: Any, key: str = "") -> list[tuple[str, Any]]:
    """Return everything in a table of a data file that cites a source, with its dotted key."""
    if isinstance(table, tuple):
        below = [(f"{key}[{number}]", value) for number, value in enumerate(table)]
    elif isinstance(table, dict):
        below = [(f"{key}.{name}", value) for name, value in table.items()]
    elif isinstance(table, msgspec.Struct):
        names = zip(table.__struct_encode_fields__, table.__struct_fields__, strict=True)
        below = [(f"{key}.{written}", getattr(table, name)) for written, name in names]
    else:
        return []
    own = [(key.removeprefix("."), table)] if hasattr(table, "source") else []
    return own + [found for name, value in below for found in citing(value, name)]


def stated_values(table: Any) -> list[tuple[str, Stated[Any]]]:
    """Return every stated value in a table of a data file, with its dotted key."""
    return [(key, value) for key, value in citing(table) if isinstance(value, Stated)]


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
