"""The menu: the services by their groups, checked when the kiosk starts, as far as the region has them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files

import msgspec

from kiosk.dialogue.preferences import DEFAULT_PREFERENCES, Preferences
from kiosk.dialogue.questions import Choose, Option
from kiosk.dialogue.words import TranslatableText, _
from kiosk.menu.availability import HERE_AND_NOW, Availabilities, Availability
from kiosk.services.service import Placement, Service, services

ELDER_SERVICES = 6
"""As many as fit a page of 长辈版 with large keys."""

FLAT = 10
"""As many services are offered at once; more are looked for by their group."""
ACT_FOR_HOLDER = "act-for-holder"
ACT_FOR_ONESELF = "act-for-oneself"
CHOOSE = _("请选择您要办理的业务")
GO_ON = _("上次没有办完，可以接着办")


class MenuError(Exception):
    """groups.toml or a service's declaration is wrong; the message names the entry."""


class Group(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Services that a citizen looks for together."""

    name: str
    title: str
    hint: str


class Groups(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """All groups, in order."""

    group: tuple[Group, ...]


class Menu(msgspec.Struct, frozen=True):
    """The groups, in order, with their services, in order."""

    groups: Mapping[Group, tuple[Service, ...]]

    @property
    def services(self) -> tuple[Service, ...]:
        """Every service, in order."""
        return tuple(service for listed in self.groups.values() for service in listed)

    @property
    def elder_services(self) -> tuple[Service, ...]:
        """The services of 长辈版, in the order that elders need them."""
        return tuple(sorted((each for each in self.services if each.elder), key=lambda each: each.elder))


@cache
def menu() -> Menu:
    """Put the menu together and check it.

    :raises MenuError: naming the entry that is wrong.
    """
    source = files("kiosk.menu").joinpath("groups.toml").read_bytes()
    groups = msgspec.toml.decode(source, type=Groups).group
    for problem in problems(groups, services().values()):
        raise MenuError(problem)
    return arrange(groups, services().values())


def arrange(groups: Iterable[Group], declared: Iterable[Service]) -> Menu:
    """Return the menu of these services in these groups."""
    in_order = sorted(declared, key=lambda service: (service.position, service.name))
    return Menu({group: tuple(each for each in in_order if each.group == group.name) for group in groups})


def problems(groups: Iterable[Group], declared: Iterable[Service]) -> Iterator[str]:
    """Tell what is wrong: every service has a group, every group a service, and 长辈版 six services in order."""
    known = [group.name for group in groups]
    for name in sorted({name for name in known if known.count(name) > 1}):
        yield f"kiosk/menu/groups.toml: {name} is listed {known.count(name)} times"
    declared = list(declared)
    for service in declared:
        if service.group not in known:
            yield f"{service.name}: group {service.group!r} is not in kiosk/menu/groups.toml"
    for name in set(known) - {service.group for service in declared}:
        yield f"kiosk/menu/groups.toml: no service is in {name}"
    places = sorted(service.elder for service in declared if service.elder)
    if len(places) < ELDER_SERVICES or places != list(range(1, len(places) + 1)):
        wanted = f"1 to {ELDER_SERVICES} or more, once each"
        yield f"the services' places in elder mode (elder=) must be {wanted}, not {places}"


def service_option(service: Service, now: Availability = HERE_AND_NOW, *, is_open: bool = False) -> Option:
    """Return the option for a service; ``is_open`` if something of it was left open."""
    hint = GO_ON if is_open else service.hint
    return Option(service.name, service.label, hint, now.reason, now.elsewhere)


def offered(
    listed: Iterable[Service],
    now: Availabilities,
    is_open: Callable[[Service], bool] = lambda _service: False,
) -> tuple[Option, ...]:
    """Return the options for those services of which the region's rules name any place."""
    named = (service for service in listed if now[service.name].placement is not Placement.UNSPECIFIED)
    return tuple(service_option(each, now[each.name], is_open=is_open(each)) for each in named)


Offer = Callable[[Iterable[Service]], tuple[Option, ...]]
"""Makes options of the services that are offered now, of those that are listed."""


def menu_question(
    greeting: str, offer: Offer, manner: Preferences = DEFAULT_PREFERENCES, *, has_holder: bool = True
) -> Choose:
    """Return the first page of the menu: the six of 长辈版, all services, or their groups where there are many.

    长辈版 has reserves for those of its six that a region's rules do not name.

    :param has_holder: somebody has shown a credential, for whom another person may act (代办).
    """
    options = offer(menu().services)
    if manner.elder:
        options = offer(menu().elder_services)[:ELDER_SERVICES]
    elif len(options) > FLAT:
        options = tuple(_group_option(group) for group, listed in menu().groups.items() if offer(listed))
    return Choose(
        title=greeting,
        text=CHOOSE,
        options=(*options, *(_for_whom(manner) if has_holder else ())),
        home=True,
        search=not manner.elder,
    )


def group_question(group: Group, offer: Offer) -> Choose:
    """Return the page of one group."""
    return Choose(title=TranslatableText(group.title), text=CHOOSE, options=offer(menu().groups[group]))


def _for_whom(manner: Preferences) -> tuple[Option, ...]:
    if manner.on_behalf:
        return (Option(ACT_FOR_ONESELF, _("代办结束"), _("以后的业务由持卡人自己办")),)
    if manner.elder:
        return ()
    return (Option(ACT_FOR_HOLDER, _("代别人办理"), _("持卡人在身边，您帮着办")),)


def _group_option(group: Group) -> Option:
    return Option(group.name, TranslatableText(group.title), TranslatableText(group.hint))
