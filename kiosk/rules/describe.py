"""A topic in words: its fields, their allowed values, its result and an example."""

import types
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from kiosk.rules.periods import Month
from kiosk.rules.topic import Field, Topic

NAMES = {
    bool: "true | false",
    int: "number",
    str: "text",
    type(None): "null",
    Month: "YYYY-MM",
    date: "YYYY-MM-DD",
    datetime: "YYYY-MM-DDTHH:MM",
    Decimal: '"0.00"',
}


def describe(topic: Topic) -> str:
    """Return the description that ``kiosk rules TOPIC --describe`` prints."""
    results = [f"  {name:24} {_allowed(hint)}" for name, hint in get_type_hints(topic.result).items()]
    example = msgspec.json.encode(topic.example).decode()
    lines = [
        f"{topic.name}: {topic.summary}",
        "",
        "Input:",
        *map(_field, topic.fields),
        "",
        "Result:",
        *results,
        "",
        "Example:",
        f"  {example}",
    ]
    return "\n".join(lines)


def _field(field: Field) -> str:
    needed = "required" if field.required else "optional"
    null = " | null" if field.null_means_none else ""
    return f"  {field.name:24} {needed}  {field.kind.allowed}{null}\n{'':27}{field.meaning}"


def _allowed(hint: Any) -> str:
    if get_origin(hint) is Literal:
        return " | ".join(map(str, get_args(hint)))
    if get_origin(hint) in (Union, types.UnionType):
        known = [_allowed(one) for one in get_args(hint) if one is not msgspec.UnsetType]
        return " | ".join(known)
    if get_origin(hint) is tuple:
        return f"[{_allowed(get_args(hint)[0])}, …]"
    if get_origin(hint) is dict:
        return f"{{{': '.join(map(_allowed, get_args(hint)))}, …}}"
    if hint not in NAMES:
        parts = (f"{name}: {_allowed(part)}" for name, part in get_type_hints(hint).items())
        return f"{{{', '.join(parts)}}}"
    return NAMES[hint]
