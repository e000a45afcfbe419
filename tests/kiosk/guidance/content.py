"""The bundled rows, and what of them is told as today's rule."""

import msgspec

from kiosk.guidance.library import bundled
from sync.protocol.published import Answer


def rows(feed, shape):
    """Return the bundled rows of a feed by key."""
    return bundled(feed, shape)


def current_text(row):
    """Return all words of a row but those of the past and those it is found by."""
    fields = msgspec.to_builtins(row)
    fields.pop("keywords")
    if isinstance(row, Answer):
        fields.pop("superseded")
    return str(fields)


def places(found):
    """Return the regions that rows are for."""
    return {row.region for row in found.values()}
