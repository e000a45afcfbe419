"""Topics: the description of a rule, which checks a question, feeds ``--describe`` and calls the function."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, get_args

import msgspec

from kiosk.rules.errors import InvalidInputError
from kiosk.rules.periods import BEIJING, Month
from kiosk.rules.stated import Answer
from text.id_number import SHAPE

Reader = Callable[[object], Any]


class Kind(msgspec.Struct, frozen=True):
    """What a field may hold, in words, and how it is read."""

    allowed: str
    read: Reader


class Field(msgspec.Struct, frozen=True):
    """One field of a question."""

    name: str
    kind: Kind
    meaning: str
    required: bool = True
    null_means_none: bool = False


class Topic(msgspec.Struct, frozen=True):
    """One rule that can be asked: its fields, its result and an example."""

    name: str
    summary: str
    fields: tuple[Field, ...]
    result: type[msgspec.Struct]
    function: Callable[..., Answer[Any]]
    example: dict[str, Any]

    def ask(self, question: object) -> Answer[Any]:
        """Read a decoded JSON question and answer it.

        :raises InvalidInputError: the question is not understood.
        """
        if not isinstance(question, dict):
            raise InvalidInputError("not-an-object", None, "每行应是一个JSON对象，例如{...}")
        unknown = question.keys() - {field.name for field in self.fields}
        if unknown:
            raise InvalidInputError(
                "unknown-field", min(unknown), "没有这个字段，可用 --describe 查看有哪些字段"
            )
        return self.function(**dict(_read(self.fields, question)))


def _read(fields: tuple[Field, ...], question: Mapping[str, object]) -> list[tuple[str, Any]]:
    values = []
    for field in fields:
        value = question.get(field.name)
        if value is not None:
            values.append((field.name, _read_one(field, value)))
        elif field.required:
            raise InvalidInputError("missing", field.name, "缺少这个字段")
        elif field.null_means_none and field.name in question:
            values.append((field.name, None))
    return values


def _read_one(field: Field, value: object) -> Any:
    try:
        return field.kind.read(value)
    except _Refused as refused:
        raise InvalidInputError(refused.code, field.name, f"应是：{field.kind.allowed}") from None


class _Refused(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def need(field: str, value: Any) -> Any:
    """Return a value that the answer depends on.

    :raises InvalidInputError: it was not given.
    """
    if value is None:
        raise InvalidInputError("missing", field, "这种情况下需要这个字段")
    return value


def _typed(kind: type, value: object) -> Any:
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise _Refused("type")
    return value


def _parsed(pattern: str, parse: Callable[[str], Any]) -> Reader:
    compiled = re.compile(pattern, re.ASCII)

    def read(value: object) -> Any:
        if not compiled.fullmatch(_typed(str, value)):
            raise _Refused("value")
        try:
            return parse(value)  # type: ignore[arg-type]  # _typed has seen that it is text
        except ValueError:
            raise _Refused("value") from None

    return read


def choice(words: Any) -> Kind:
    """One of the words of a ``Literal``."""
    allowed = get_args(words)

    def read(value: object) -> object:
        if _typed(str, value) not in allowed:
            raise _Refused("value")
        return value

    return Kind(" | ".join(allowed), read)


def list_of(kind: Kind) -> Kind:
    """A list whose members are all of one kind."""
    return Kind(f"[{kind.allowed}, …]", lambda value: tuple(kind.read(one) for one in _typed(list, value)))


def pair(first: Kind, second: Kind) -> Kind:
    """A list of exactly two members."""

    def read(value: object) -> tuple[Any, Any]:
        if len(_typed(list, value)) != 2:
            raise _Refused("value")
        # _typed has seen that it is a list.
        return first.read(value[0]), second.read(value[1])  # type: ignore[index]

    return Kind(f"[{first.allowed}, {second.allowed}]", read)


def map_of(keys: Kind, values: Kind) -> Kind:
    """A JSON object whose keys and values are of one kind each."""

    def read(value: object) -> dict[Any, Any]:
        return {keys.read(key): values.read(one) for key, one in _typed(dict, value).items()}

    return Kind(f"{{{keys.allowed}: {values.allowed}, …}}", read)


def either(first: Kind, second: Kind) -> Kind:
    """A value of one kind or of another."""

    def read(value: object) -> Any:
        try:
            return first.read(value)
        except _Refused:
            return second.read(value)

    return Kind(f"{first.allowed} | {second.allowed}", read)


def whole(low: int, high: int) -> Kind:
    """A whole number within bounds."""

    def read(value: object) -> int:
        number: int = _typed(int, value)
        if not low <= number <= high:
            raise _Refused("value")
        return number

    return Kind(f"{low}..{high}", read)


def _decimal(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _Refused("type")
    if not 0 <= value <= 1_000_000:
        raise _Refused("value")
    return Decimal(str(value))


def _month(text: str) -> Month:
    return Month.of(date.fromisoformat(f"{text}-01"))


YEARS = r"(1[89]|2[01])\d\d"
flag = Kind("true | false", lambda value: _typed(bool, value))
number = Kind("0..1000000", _decimal)
text = Kind("text", _parsed(r"(?s).*\S.*", str))
facts = Kind("{field: value, …}", lambda value: _typed(dict, value))
any_text = Kind("any text", lambda value: _typed(str, value))
year = whole(1800, 2199)
year_key = Kind("YYYY", _parsed(YEARS, int))
month = Kind("YYYY-MM", _parsed(rf"{YEARS}-\d\d", _month))
day = Kind("YYYY-MM-DD", _parsed(rf"{YEARS}-\d\d-\d\d", date.fromisoformat))
instant = Kind(
    "YYYY-MM-DDTHH:MM",
    _parsed(
        rf"{YEARS}-\d\d-\d\dT\d\d:\d\d",
        lambda written: datetime.fromisoformat(written).replace(tzinfo=BEIJING),
    ),
)
money = Kind("0.00..9999999999.99", _parsed(r"\d{1,10}\.\d\d", Decimal))
person_number = Kind(
    "a person's number: 17 digits and a digit or X, or letters and digits", _parsed(SHAPE, str)
)
id18 = Kind("18 characters: 17 digits and a digit or X", _parsed(r"[0-9]{17}[0-9Xx]", str))
region = Field("region", Kind("GB/T 2260 code", any_text.read), "code of the region, e.g. 610200 铜川")
