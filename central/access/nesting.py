"""Taking JSON apart that cannot be decoded, because it is nested too deep or is none in some place."""

import re
from collections.abc import Iterator

# A string as a whole, so that no bracket in it counts.
TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[][{}]', re.DOTALL)


def without_events(delivery: bytes) -> tuple[bytes, list[bytes]]:
    """Return a delivery with no events, and the events' own bytes, however deep they go."""
    begin = end = None
    starts: list[int] = []
    events: list[bytes] = []
    name = b""
    for level, token in _levels(delivery):
        if level == 1 and token[0][:1] == b'"':
            name = token[0]
        elif level == 2 and name == b'"events"' and end is None:
            begin, end = (token.end(), None) if token[0] == b"[" else (begin, token.start())
        elif level == 3 and begin is not None and end is None and token[0] in b"[]{}":
            if token[0] in b"[{":
                starts.append(token.start())
            else:
                events.append(delivery[starts.pop() : token.end()])
    if begin is None or end is None:
        return delivery, []
    return delivery[:begin] + delivery[end:], events


def emptied(content: bytes) -> bytes:
    """Return a JSON object with everything emptied that is nested in it."""
    kept, place = b"", 0
    for level, token in _levels(content):
        if level == 2 and token[0] in b"[{":
            kept += content[place : token.end()]
        elif level == 2 and token[0] in b"]}":
            place = token.start()
    return kept + content[place:]


def _levels(content: bytes) -> Iterator[tuple[int, "re.Match[bytes]"]]:
    """Yield strings and brackets, each with how deep it is; a bracket counts to what it opens or closes."""
    level = 0
    for token in TOKEN.finditer(content):
        opens, closes = token[0] in (b"[", b"{"), token[0] in (b"]", b"}")
        level += opens
        yield level, token
        level -= closes
