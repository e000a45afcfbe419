"""Writes docs/events.md from the catalogue of events: ``python -m tools.event_docs``."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec.inspect import (
    EnumType,
    Field,
    FloatType,
    IntType,
    ListType,
    LiteralType,
    StrType,
    StructType,
    UnionType,
)

import kiosk.credentials.pin_recovery
import kiosk.paper.answer
import kiosk.paper.printing
import kiosk.paper.receipt  # noqa: F401 declares an act
from kiosk.record.journal import ACTS
from sync.protocol.event_kinds import CATALOGUE, EventKind, Partition
from sync.protocol.messages import HIGHEST

DOCUMENT = Path(__file__).parent.parent / "docs" / "events.md"
HEADING = """# Events

Made by `python -m tools.event_docs` from the catalogue in `sync/protocol/events.py`; a test holds them together.
What is not declared there cannot be recorded. Every event goes into the store's `audit`, with its visit. *Centre*
marks those that also go to the centre, exactly once each, with `visit_id` in their body (but for `command.*`), and
the room of `central/` that does something about them; the centre keeps all others as they are, also those that it
does not know yet. *Order* marks those that keep their order among the events of one card. No event holds a name, an
ID number, a card number or a PIN.

In the outbox an event is kept for 30 days after the centre has acknowledged it, in `audit` for three years.

"""
ACTS_HEADING = """
# Acts

What cannot be undone is written into the store's `journal` before and after it happens (`kiosk/record/journal.py`).

| act | what its intent and outcome may hold |
|---|---|
"""


def tables() -> str:
    """Return the events and the acts as two Markdown tables, in the order of their declaration."""
    acts = "".join(f"| `{act.name}` | {_values(act.data)} |\n" for _, act in sorted(ACTS.items()))
    return "\n".join(_events()) + "\n" + ACTS_HEADING + acts


def _events() -> Iterator[str]:
    yield "| event | meaning | values | centre | order |"
    yield "|---|---|---|---|---|"
    for kind in CATALOGUE.values():
        order = "card" if kind.partition is Partition.CARD else ""
        yield f"| `{kind.name}` | {kind.meaning} | {_values(kind.body)} | {_centre(kind)} | {order} |"


def _centre(kind: EventKind) -> str:
    handled = f", `{kind.handled_in}/`" if kind.handled_in else ""
    return f"yes{handled}" if kind.to_centre else ""


def _values(body: type) -> str:
    info = msgspec.inspect.type_info(body)
    assert isinstance(info, StructType)
    return "; ".join(map(_value, info.fields))


def _value(field: Field) -> str:
    optional = "" if field.required else ", optional"
    return f"`{field.encode_name}` {_bound(field.type)}{optional}"


def _bound(kind: Any) -> str:
    match kind:
        case StrType(pattern=str(pattern)):
            return f"`{pattern[2:-2]}`"  # without \\A and \\Z
        case StrType(max_length=int(most)):
            return f"text of at most {most}"
        case IntType() if kind.le == HIGHEST:
            return f"{kind.ge} or more"
        case IntType() | FloatType():
            return f"{kind.ge} to {kind.le:,.0f}"
        case EnumType(cls=names):
            return " or ".join(names)
        case LiteralType(values=values):
            return " or ".join(map(str, values))
        case ListType(item_type=item):
            return f"list of {_bound(item)}"
        case UnionType(types=types):
            return _bound(types[0])
    return type(kind).__name__.removesuffix("Type").lower()


if __name__ == "__main__":
    DOCUMENT.write_text(HEADING + tables(), "utf-8")
