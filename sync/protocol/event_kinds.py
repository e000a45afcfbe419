"""How an event is declared, and the guard that keeps anything else out of the record (the events: ``events``)."""

import inspect
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from sync.protocol.event_form import EventFormError, require_values


class UndeclaredEventError(ValueError):
    """The event is not in the catalogue, or does not go to the centre."""


class EventBody(Struct, frozen=True, kw_only=True):
    """What an event says, besides the visit that it belongs to. Each event is a class of its own."""


class Partition(StrEnum):
    """What events keep their order within: those of one card, or nothing."""

    CARD = "card"
    NONE = ""


class EventKind(Struct, frozen=True):
    """What an event is called, whether the centre receives it, and which room of the centre handles it there.

    ``handled_in`` is a folder of ``central/``, or '' where the centre only keeps the event; ``in_visit`` says that its
    body names the visit, if only as ''.
    """

    name: str
    body: type[EventBody]
    to_centre: bool
    partition: Partition
    handled_in: str
    in_visit: bool

    @property
    def meaning(self) -> str:
        """What the event means, in one line."""
        return " ".join((inspect.getdoc(self.body) or "").split())


CATALOGUE: dict[str, EventKind] = {}
"""Every event by its name on the wire."""
_KINDS: dict[type[EventBody], EventKind] = {}

Body = TypeVar("Body", bound=EventBody)


def event(
    name: str,
    *,
    to_centre: bool = False,
    partition: Partition = Partition.NONE,
    handled_in: str = "",
    in_visit: bool = True,
) -> Callable[[type[Body]], type[Body]]:
    """Declare an event.

    :param name: what it is called in the record and on the wire; it never changes, and never means another event.
    :param partition: what it keeps its order within on its way to the centre.
    :param handled_in: the room of the centre that does something about it: there its body is checked.
    :param in_visit: False for what belongs to no visit and must not name one.
    """

    def declare(body: type[Body]) -> type[Body]:
        if name in CATALOGUE:
            raise ValueError(f"{name} is declared twice")
        kind = EventKind(name, body, to_centre, partition, handled_in, in_visit)
        CATALOGUE[name] = _KINDS[body] = kind
        return body

    return declare


def kind_of(body: type[EventBody]) -> EventKind:
    """Return how an event is declared.

    :raises UndeclaredEventError: it is not.
    """
    kind = _KINDS.get(body)
    if kind is None:
        raise UndeclaredEventError(f"{body!r} is no event of sync/protocol/events.py")
    return kind


def name_of(body: type[EventBody]) -> str:
    """Return what an event is called in the record and on the wire."""
    return kind_of(body).name


def values_of(event: EventBody) -> dict[str, Any]:
    """Return what an event says, by the names of its fields, as JSON has it.

    :raises UndeclaredEventError: it is none of the catalogue. EventFormError: a value is beyond its bounds.
    """
    kind_of(type(event))
    values: dict[str, Any] = msgspec.to_builtins(event)
    require_form(type(event), values)
    return values


def require_form(body: type[EventBody], values: Mapping[str, Any]) -> None:
    """Continue only with values that the event may have; further ones, of a newer program, do no harm.

    :raises EventFormError: they are of another form, or beyond their bounds.
    """
    require_values(values)
    try:
        msgspec.convert(values, body)
    except msgspec.ValidationError as error:
        raise EventFormError(str(error)) from error
