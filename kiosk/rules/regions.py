"""Finding and checking region packs: the code's own, its city's, its province's, else the national one."""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources.abc import Traversable
from typing import Any

import msgspec

from kiosk.rules import datafile, sources, working_days
from kiosk.rules.errors import InvalidInputError, PackError
from kiosk.rules.law import law
from kiosk.rules.pack import Pack
from kiosk.rules.stated import check_sources
from kiosk.rules.texts import catalogue as texts
from kiosk.rules.words import FUNCTIONS, OPERATIONS

NATIONAL = "000000"
ADDED_TO = ("way", "advice")
"""What a pack that inherits adds to, instead of replacing it."""
PROVINCES = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12]")


def find(region: str) -> Pack:
    """Return the pack for a GB/T 2260 code.

    :raises InvalidInputError: it is not six digits, or there is no such province.
    """
    if not re.fullmatch(r"[0-9]{6}", region):
        raise InvalidInputError("unknown-region", "region", "地区应是6位行政区划代码，例如610200")
    if not PROVINCES.fullmatch(region[:2]):
        raise InvalidInputError("unknown-region", "region", "没有以这两位数字开头的省级行政区划代码")
    known = _files()
    codes = (region, region[:4] + "00", region[:2] + "0000", NATIONAL)
    return pack(next(code for code in codes if code in known))


def check() -> None:
    """Check every data file of the rules, as ``kiosk run`` does when it starts.

    :raises PackError: a file is broken.
    """
    sources.catalogue()
    texts()
    law()
    working_days.check()
    for code in _files():
        pack(code)


def codes() -> list[str]:
    """Return the codes that have a pack of their own, the national one (000000) among them."""
    return sorted(_files())


def use(packs: Mapping[str, Traversable]) -> None:
    """Use ``packs``, files by code, instead of those delivered with the program.

    :raises PackError: one of them is broken; nothing has changed.
    """
    before = dict(_published)
    _replace_published(packs)
    try:
        check()
    except PackError:
        _replace_published(before)
        raise


_published: dict[str, Traversable] = {}


def _replace_published(packs: Mapping[str, Traversable]) -> None:
    _published.clear()
    _published.update(packs)
    _files.cache_clear()
    pack.cache_clear()


@cache
def _files() -> dict[str, Traversable]:
    packs = (file for file in (datafile.ROOT / "regions").iterdir() if file.name.endswith(".toml"))
    return {file.name.split("-")[0]: file for file in packs} | _published


@cache
def pack(code: str) -> Pack:
    """Return the pack of a code that has one of its own.

    :raises PackError: its file is broken.
    """
    file = _files()[code]
    content = datafile.parse(file)
    parent = content.get("inherits")
    if parent is not None:
        if str(parent) not in _files():
            raise datafile.broken(file, "inherits", "no pack has this code")
        inherited = datafile.parse(_files()[parent])
        content = _overlay({"way": [], "advice": []} | content, inherited)
        for table in ADDED_TO:
            if isinstance(content[table], list):
                content[table] = content[table] + inherited.get(table, [])
    found = datafile.convert(content, Pack, file)
    if code != NATIONAL:
        national = pack(NATIONAL)
        found = msgspec.structs.replace(
            found, way=found.way + national.way, advice=found.advice + national.advice
        )
    _check(found, code, file)
    return found


def _overlay(own: dict[str, Any], parent: dict[str, Any]) -> dict[str, Any]:
    merged = dict(parent)
    for key, value in own.items():
        below = parent.get(key)
        merged[key] = _overlay(value, below) if isinstance(value, dict) and isinstance(below, dict) else value
    return merged


def _check(pack: Pack, code: str, file: Traversable) -> None:
    if pack.region != code:
        raise datafile.broken(file, "region", f"the file's name says {code}")
    check_sources(pack, file)
    _check_operations(pack, file)


def _check_operations(pack: Pack, file: Traversable) -> None:
    for number, way in enumerate(pack.way):
        if ("report-loss" in way.operations) != (way.kind is not None):
            raise datafile.broken(
                file, f"way[{number}].kind", "a kind of loss belongs to report-loss, and only there"
            )
    done = {
        f"{operation} {function}"
        for way in pack.way
        for operation in way.operations
        for function in way.functions
    }
    for wanted in (f"{operation} {function}" for operation in OPERATIONS for function in FUNCTIONS):
        if (wanted in done) == (wanted in pack.unspecified):
            raise datafile.broken(
                file, "unspecified", f"{wanted!r} needs a [[way]] or a place in this list, not both"
            )
