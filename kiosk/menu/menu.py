"""The menu: groups of services in the words that citizens use, checked when the kiosk starts."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.resources import files

import msgspec

from kiosk.dialogue.preferences import USUAL, Manner
from kiosk.dialogue.questions import Choose, Option
from kiosk.dialogue.words import Words, _
from kiosk.services.service import services

ELDER_SERVICES = 6
"""As many as fit a page of 长辈版 with large keys."""

FLAT = 10
"""As many services are offered at once; more are looked for by their group."""
ACT_FOR_HOLDER = "act-for-holder"
ACT_FOR_ONESELF = "act-for-oneself"
CHOOSE = _("请选择您要办理的业务")

Unavailable = Mapping[str, str]
"""Why a service, by its name, cannot be done now."""


class MenuError(Exception):
    """menu.toml is wrong; the message names the entry."""


class Item(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One service on the menu; ``words`` are what citizens call it, ``pinyin`` is its label in syllables."""

    service: str
    label: str
    hint: str
    words: tuple[str, ...]
    pinyin: str


class Group(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Services that a citizen looks for together."""

    title: str
    hint: str
    item: tuple[Item, ...]


class Menu(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """All groups, in order, and the services of 长辈版, in the order that elders need them."""

    elder: tuple[str, ...]
    group: tuple[Group, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        """Every entry, in order."""
        return tuple(item for group in self.group for item in group.item)

    @property
    def elder_items(self) -> tuple[Item, ...]:
        """The entries of 长辈版, in order."""
        items = {item.service: item for item in self.items}
        return tuple(items[name] for name in self.elder)


@cache
def menu() -> Menu:
    """Read menu.toml and check it.

    :raises MenuError: naming the entry that is wrong.
    """
    found = msgspec.toml.decode(files("kiosk.menu").joinpath("menu.toml").read_bytes(), type=Menu)
    for problem in problems(found):
        raise MenuError(f"kiosk/menu/menu.toml: {problem}")
    return found


def problems(menu: Menu) -> Iterator[str]:
    """Tell what is wrong: every entry is a service, every service has one entry, and 长辈版 has six of them."""
    listed = [item.service for item in menu.items]
    for name in listed:
        if name not in services():
            yield f"{name} is not a service of kiosk/services"
        if listed.count(name) > 1:
            yield f"{name} is listed {listed.count(name)} times"
    if missing := services().keys() - set(listed):
        yield f"{', '.join(sorted(missing))} cannot be reached from the menu"
    if len(set(menu.elder)) != ELDER_SERVICES:
        yield f"elder must name {ELDER_SERVICES} services, not {len(set(menu.elder))}"
    for name in set(menu.elder) - set(listed):
        yield f"elder names {name}, which is not on the menu"


def service_option(item: Item, why_not: str = "") -> Option:
    """Return the option for an entry of the menu."""
    return Option(item.service, Words(item.label), Words(item.hint), why_not)


def menu_question(
    greeting: str, manner: Manner = USUAL, option: Callable[[Item], Option] = service_option
) -> Choose:
    """Return the first page of the menu: the six of 长辈版, all services, or their groups where there are many."""
    if manner.elder:
        options = map(option, menu().elder_items)
    elif len(menu().items) <= FLAT:
        options = map(option, menu().items)
    else:
        options = map(_group_option, menu().group)
    return Choose(
        title=greeting,
        text=CHOOSE,
        options=(*options, *_for_whom(manner)),
        home=True,
        search=not manner.elder,
    )


def group_question(group: Group, option: Callable[[Item], Option]) -> Choose:
    """Return the page of one group."""
    return Choose(title=Words(group.title), text=CHOOSE, options=tuple(map(option, group.item)))


def _for_whom(manner: Manner) -> tuple[Option, ...]:
    if manner.on_behalf:
        return (Option(ACT_FOR_ONESELF, _("代办结束"), _("以后的业务由持卡人自己办")),)
    if manner.elder:
        return ()
    return (Option(ACT_FOR_HOLDER, _("代别人办理"), _("持卡人在身边，您帮着办")),)


def _group_option(group: Group) -> Option:
    return Option(group.title, Words(group.title), Words(group.hint))
