"""Every call that is declared in a module of this folder."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from sync import protocol as folder
from sync.protocol.call import Call


@cache
def calls() -> Mapping[str, Call[Any, Any]]:
    """Return the declared calls by the names of their constants, in the order of their paths."""
    modules = [import_module(f"{folder.__name__}.{each.name}") for each in iter_modules(folder.__path__)]
    found = {
        name: value for module in modules for name, value in vars(module).items() if isinstance(value, Call)
    }
    return dict(sorted(found.items(), key=lambda each: each[1].path))
