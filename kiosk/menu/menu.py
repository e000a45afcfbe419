"""The menu: the services by their groups, checked when the kiosk starts, as far as the region has them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

import msgspec

from kiosk.dialogue.preferences import DEFAULT_PREFERENCES, Preferences
from kiosk.dialogue.questions import Choose, Home, Option
from kiosk.dialogue.words import TranslatableText, _
from kiosk.menu.availability import HERE_AND_NOW, Availabilities, Availability
from kiosk.services.service import Placement, Service, services

ELDER_SERVICES = 6
"""As many as fit a page of 长辈版 with large keys."""

MOST_SUGGESTED = 3
MORE = "more"
"""The answer to the first page of 长辈版 that leads to all groups."""
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
    icon: str = ""


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
    """Tell what is wrong: every service has a group, and 长辈版 six services in order."""
    known = [group.name for group in groups]
    for name in sorted({name for name in known if known.count(name) > 1}):
        yield f"kiosk/menu/groups.toml: {name} is listed {known.count(name)} times"
    declared = list(declared)
    for service in declared:
        if service.group not in known:
            yield f"{service.name}: group {service.group!r} is not in kiosk/menu/groups.toml"
    places = sorted(service.elder for service in declared if service.elder)
    if len(places) < ELDER_SERVICES or places != list(range(1, len(places) + 1)):
        wanted = f"1 to {ELDER_SERVICES} or more, once each"
        yield f"the services' places in elder mode (elder=) must be {wanted}, not {places}"


def service_option(service: Service, now: Availability = HERE_AND_NOW, *, is_open: bool = False) -> Option:
    """Return the option for a service; ``is_open`` if something of it was left open."""
    hint = GO_ON if is_open else service.hint
    return Option(
        service.name,
        service.label,
        hint,
        now.reason,
        now.elsewhere,
        icon=icon_of(service),
        tint=service.group,
    )


def icon_of(service: Service) -> str:
    """Return the icon of a service, which is that of its group if it has none of its own."""
    icons = {group.name: group.icon for group in menu().groups}
    return service.icon or icons[service.group]


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


def home_question(
    greeting: str,
    offer: Offer,
    manner: Preferences = DEFAULT_PREFERENCES,
    *,
    suggested: Iterable[Service] = (),
    troubles: tuple[str, ...] = (),
    has_holder: bool = True,
) -> Home:
    """Return the first page of the menu: all groups, or the six of 长辈版.

    长辈版 has reserves for those of its six that a region's rules do not name.

    :param suggested: what this citizen may want, the likeliest first.
    :param has_holder: somebody has shown a credential, for whom another person may act (代办).
    """
    if manner.elder:
        options = (
            *offer(menu().elder_services)[:ELDER_SERVICES],
            Option(MORE, _("更多服务"), _("全部服务，按类别找"), icon="plus"),
        )
    else:
        options = group_options(offer)
    can = () if manner.elder else tuple(each for each in offer(suggested) if not each.unavailable_reason)
    return Home(
        title=greeting,
        text=CHOOSE,
        options=options,
        suggested=can[:MOST_SUGGESTED],
        others=_for_whom(manner) if has_holder else (),
        troubles=troubles,
    )


def groups_question(offer: Offer) -> Choose:
    """Return the page of all groups, which 长辈版 does not begin with."""
    return Choose(title=_("全部服务"), text=CHOOSE, options=group_options(offer), search=True)


def group_question(group: Group, offer: Offer) -> Choose:
    """Return the page of one group; what cannot be done now, and then what is done elsewhere, comes last."""
    options = sorted(
        offer(menu().groups[group]), key=lambda each: (bool(each.elsewhere), not _can_be_done(each))
    )
    return Choose(title=TranslatableText(group.title), text=CHOOSE, options=tuple(options))


def group_options(offer: Offer) -> tuple[Option, ...]:
    """Return the groups in which something is offered; each says how much of it cannot be done now."""
    found = ((group, offer(listed)) for group, listed in menu().groups.items())
    return tuple(_group_option(group, options) for group, options in found if options)


def _group_option(group: Group, services_of_it: Sequence[Option]) -> Option:
    off = sum(1 for each in services_of_it if each.unavailable_reason)
    hint = _("{count} 项现在不能办", count=off) if off else TranslatableText(group.hint)
    return Option(group.name, TranslatableText(group.title), hint, icon=group.icon, tint=group.name)


def _can_be_done(option: Option) -> bool:
    return not option.unavailable_reason and not option.elsewhere


def _for_whom(manner: Preferences) -> tuple[Option, ...]:
    if manner.on_behalf:
        return (Option(ACT_FOR_ONESELF, _("代办结束"), _("以后的业务由持卡人自己办"), icon="behalf"),)
    if manner.elder:
        return ()
    return (Option(ACT_FOR_HOLDER, _("代别人办理"), _("持卡人在身边，您帮着办"), icon="behalf"),)
