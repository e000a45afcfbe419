"""What an event may hold: the same bounds for the kiosk that records it and for the centre that takes it in."""

import math
from collections.abc import Mapping
from typing import Any

from sync.protocol.messages import DELIVERY_BYTES, EVENTS_PER_DELIVERY, HIGHEST

EVENT_BYTES = DELIVERY_BYTES // EVENTS_PER_DELIVERY
"""So that a full delivery is never too large."""
DEEPEST = 16


class EventFormError(ValueError):
    """The event can never be one: the message says why, and nothing of what it holds."""


def require_values(value: Any, depth: int = 1) -> None:
    """Continue only with values that every program between here and an archive can keep.

    :raises EventFormError: a number of more than 53 bits, or none; a text with NUL or half a character; or nested too
        deep.
    """
    if depth > DEEPEST:
        raise EventFormError(f"nested more than {DEEPEST} deep")
    if isinstance(value, str):
        _require_text(value)
    elif isinstance(value, int | float):
        if not math.isfinite(value) or (isinstance(value, int) and abs(value) > HIGHEST):
            raise EventFormError("a number is beyond all bounds")
    elif isinstance(value, Mapping):
        for name, each in value.items():
            require_values(name, depth)
            require_values(each, depth + 1)
    elif isinstance(value, list | tuple):
        for each in value:
            require_values(each, depth + 1)


def require_size(content: bytes) -> None:
    """Continue only with an event that leaves room for the others of a delivery.

    :raises EventFormError: it does not.
    """
    if len(content) > EVENT_BYTES:
        raise EventFormError(f"{len(content)} bytes, which are more than {EVENT_BYTES}")


def _require_text(text: str) -> None:
    if "\0" in text:
        raise EventFormError("a text has a NUL")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise EventFormError("a text has half a character") from error
