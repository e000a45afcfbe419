"""A sample of any message that travels, made from its type and the bounds that are declared with it."""

from functools import cache
from typing import Any

import msgspec
from hypothesis import Phase, find, settings
from hypothesis import strategies as st
from msgspec import inspect

FAST = settings(database=None, derandomize=True, max_examples=50, phases=[Phase.generate, Phase.shrink])


@cache
def sample(message: Any) -> Any:
    """Return the simplest message of this type; always the same."""
    return msgspec.json.decode(msgspec.json.encode(_plain(inspect.type_info(message))), type=message)


def _plain(kind: inspect.Type) -> Any:
    """Return a value of this type as JSON has it."""
    match kind:
        case inspect.Metadata(type=inner):
            return _plain(inner)
        case inspect.StructType(fields=fields, tag_field=tag_field, tag=tag):
            plain = {each.encode_name: _plain(each.type) for each in fields if each.required}
            return plain | ({tag_field: tag} if tag_field else {})
        case inspect.StrType(pattern=str(pattern)):
            return find(st.from_regex(pattern), lambda _: True, settings=FAST)
        case inspect.StrType(min_length=length):
            return "a" * (length or 0)
        case inspect.IntType(ge=least) | inspect.FloatType(ge=least):
            return least or 0
        case inspect.LiteralType(values=values):
            return values[0]
        case inspect.UnionType(types=types):
            return _plain(types[0])
        case inspect.ListType() | inspect.VarTupleType():
            return [_plain(kind.item_type)]
        case _:
            return SIMPLEST[type(kind)]


SIMPLEST = {
    inspect.BoolType: False,
    inspect.DateType: "2026-01-01",
    inspect.DateTimeType: "2026-01-01T08:00:00+08:00",
    inspect.DecimalType: "0.00",
    inspect.DictType: {},
    inspect.NoneType: None,
    inspect.RawType: {},
}
