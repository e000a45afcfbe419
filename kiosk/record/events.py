"""The catalogue of auditable events, and the guard that keeps anything else out of the record."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec


class EventKind(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What one kind of event means, which values it may carry, and whether the centre receives it."""

    meaning: str
    data: tuple[str, ...]
    personal: str
    to_centre: bool


class UnknownEventError(ValueError):
    """An event, or a value in it, that the catalogue does not name."""


@cache
def catalogue() -> Mapping[str, EventKind]:
    """Return every kind of event by its id."""
    return msgspec.toml.decode(
        files("kiosk.record").joinpath("events.toml").read_bytes(), type=dict[str, EventKind]
    )


def kind_of(event: str, data: Mapping[str, Any]) -> EventKind:
    """Return the kind of ``event``.

    :raises UnknownEventError: the catalogue does not name the event, or not all of its values.
    """
    kind = catalogue().get(event)
    if kind is None:
        raise UnknownEventError(f"{event} is not in kiosk/record/events.toml")
    if strangers := data.keys() - set(kind.data):
        raise UnknownEventError(f"{event} may not hold {', '.join(sorted(strangers))}")
    return kind
