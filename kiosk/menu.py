"""The menu: groups of services in the words that citizens use, checked when the kiosk starts."""

from collections.abc import Callable
from functools import cache
from importlib.resources import files

import msgspec

from kiosk.dialogue import Choose, Option
from kiosk.services import services


class MenuError(Exception):
    """menu.toml is wrong; the message names the entry."""


class Item(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One service on the menu; ``words`` are what citizens call it."""

    service: str
    label: str
    hint: str
    words: tuple[str, ...]


class Group(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Services that a citizen looks for together."""

    title: str
    item: tuple[Item, ...]


class Menu(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """All groups, in order."""

    group: tuple[Group, ...]


@cache
def menu() -> Menu:
    """Read menu.toml and check that every entry is a service and that every service has one entry.

    :raises MenuError: naming the entry that is wrong.
    """
    found = msgspec.toml.decode(files("kiosk").joinpath("menu.toml").read_bytes(), type=Menu)
    listed = [item.service for group in found.group for item in group.item]
    for name in listed:
        if name not in services():
            raise MenuError(f"kiosk/menu.toml: {name} is not a service of kiosk/services")
        if listed.count(name) > 1:
            raise MenuError(f"kiosk/menu.toml: {name} is listed {listed.count(name)} times")
    if missing := services().keys() - set(listed):
        raise MenuError(f"kiosk/menu.toml: {', '.join(sorted(missing))} cannot be reached from the menu")
    return found


def menu_question(greeting: str, why_not: Callable[[str], str] = lambda _: "") -> Choose:
    """Return the question that offers the whole menu under ``greeting``.

    :param why_not: says why a service cannot be done now, or ''.
    """
    return Choose(title=greeting, text="请选择您要办理的业务", options=service_options(why_not), home=True)


def service_options(why_not: Callable[[str], str]) -> tuple[Option, ...]:
    """Return every service in the order of the menu, with why it cannot be done now where it cannot."""
    items = (item for group in menu().group for item in group.item)
    return tuple(Option(item.service, item.label, item.hint, why_not(item.service)) for item in items)
