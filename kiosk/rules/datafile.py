"""Reading the rules' own TOML files, the one kind of input this package has, with errors that say where."""

import re
import tomllib
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, TypeVar

import msgspec

from kiosk.rules.errors import PackError

T = TypeVar("T")

ROOT = files("kiosk.rules")
STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def parse(file: Traversable) -> dict[str, Any]:
    """Read a TOML file.

    :raises PackError: the file is not UTF-8 or not TOML.
    """
    try:
        return tomllib.loads(file.read_bytes().decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        line = re.search(r"line (\d+)", str(error))
        raise PackError(file.name, int(line[1]) if line else 1, "-", str(error)) from error


def convert(content: dict[str, Any], kind: type[T], file: Traversable, table: str = "") -> T:
    """Check the content of a file, or of one table of it, against its schema.

    :raises PackError: a key is missing, unknown or of the wrong type.
    """
    try:
        return msgspec.convert(content, kind)
    except msgspec.ValidationError as error:
        reason, _, path = str(error).partition(" - at ")
        named = re.search(r"field `(.+?)`", reason)
        below = path.strip("`").removeprefix("$").replace("[...]", "")
        key = f"{table}{below}" + (f".{named[1]}" if named else "")
        raise broken(file, key.removeprefix("."), reason) from error


def load(file: Traversable, kind: type[T]) -> T:
    """Read a TOML file and check it against its schema."""
    return convert(parse(file), kind, file)


def load_tables(file: Traversable, kind: type[T]) -> dict[str, T]:
    """Read a TOML file of tables with free names, and check each against the same schema."""
    return {name: convert(table, kind, file, name) for name, table in parse(file).items()}


def broken(file: Traversable, key: str, reason: str) -> PackError:
    """Return the error for a key of a file that can be read but is wrong."""
    return PackError(file.name, line_of(file.read_text("utf-8"), key), key, reason)


def line_of(text: str, key: str) -> int:
    """Return the line that holds a dotted key such as ``way[2].channels``, or the nearest one above it."""
    lines = text.splitlines()
    found = 0
    steps = STEP.findall(key)
    for (name, _), (_, index) in zip(steps, [*steps[1:], ("", "")], strict=True):
        if not name:
            continue
        wanted = re.compile(rf"^\s*\[*([\w-]+\.)*\"?{re.escape(name)}\"?(\.[\w-]+)*\s*(\]|=)")
        hits = [number for number, line in enumerate(lines) if number >= found and wanted.match(line)]
        if hits:
            found = hits[min(int(index or 0), len(hits) - 1)]
    return found + 1
