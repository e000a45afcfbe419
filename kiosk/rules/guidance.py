"""The way for somebody whose errand is done elsewhere: the region's own places, papers, and what else it tells."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, get_args

import msgspec

from kiosk.rules import regions, texts
from kiosk.rules.card_fee import card_fee
from kiosk.rules.card_operation import named, place_names
from kiosk.rules.card_state import LOST
from kiosk.rules.law import law
from kiosk.rules.pack import Advice, Loss, Pack, Procedure, RequiredPaper
from kiosk.rules.stated import Answer, Basis, Stated, answer, stated_on, value_of
from kiosk.rules.words import (
    IN_PERSON,
    OPERATIONS,
    Channel,
    Circumstance,
    Errand,
    FeeCause,
    Function,
    NationalItem,
    PackLossKind,
    RegionalItem,
)

CARD_MADE: frozenset[Errand] = frozenset({"apply-card", "replace-card"})
"""The errands that end with a new card."""
CAUSES: Mapping[Circumstance | None, FeeCause] = {
    "oneself": "first",
    "lost": "lost",
    "damaged": "damaged",
    "unreadable": "damaged",
    "face-information": "face-information",
    "identity": "face-information",
    "expired": "expired",
    "quality": "quality",
}
"""What the fee of a card goes by."""
REGIONAL_TERMS: Mapping[Errand, RegionalItem] = {"apply-card": "make-card", "replace-card": "replace-card"}
NATIONAL_TERMS: Mapping[Errand, NationalItem] = {
    "claim-pension": "pension-claim",
    "claim-unemployment": "unemployment-benefit",
    "training-subsidy": "training-subsidy",
    "injury-reimbursement": "injury-reimbursement",
    "change-contact": "registration-change",
    "register": "registration",
}


class Route(msgspec.Struct, frozen=True):
    """Places where an errand is done in one and the same manner, as the region calls them.

    ``papers`` and ``agent`` are None where no source states them; ``details`` are told on the phone. ``kind`` is that
    of a loss report, in words.
    """

    function: Function
    places: tuple[str, ...]
    in_person: bool
    papers: tuple[str, ...] | None
    agent: tuple[str, ...] | None
    kind: str = ""
    details: tuple[str, ...] = ()


class Guidance(msgspec.Struct, frozen=True):
    """Everything that a region's rules say to somebody with an errand that is done elsewhere.

    ``papers``, if there are any, are asked for instead of those of the routes. ``losses`` are the kinds of loss report,
    each with what becomes of it. ``fee`` and ``term`` say what it costs and how long it may take, or that the rules
    do not. ``circumstances`` are those that the rules tell apart; ``is_uncertain`` that newer
    rules may exist.
    """

    routes: tuple[Route, ...]
    papers: tuple[str, ...]
    losses: tuple[tuple[str, str], ...]
    tells: tuple[str, ...]
    after: tuple[str, ...]
    fee: str
    term: str
    circumstances: tuple[Circumstance, ...]
    is_uncertain: bool

    @property
    def first_place(self) -> str:
        """Return the place to send somebody to; of the social function, and where somebody can be spoken to, if any."""
        social = [route for route in self.routes if route.function == "social"]
        ordered = sorted(social, key=lambda route: not route.in_person)
        return next((place for route in ordered for place in route.places), "")

    @property
    def is_silent(self) -> bool:
        """Return whether the rules name no place at all."""
        return not self.first_place


def guidance(
    region: str, errand: Errand, circumstance: Circumstance | None = None, today: date | None = None
) -> Answer[Guidance]:
    """Return where ``errand`` is done but at a kiosk, and what the region tells; with ``today`` what is in force then.

    :raises InvalidInputError: there is no such region.
    """
    pack = regions.find(region)
    ways = list(_ways(pack, errand))
    for_errand = [each for each in pack.advice if each.errand == errand]
    heard = [each for each in for_errand if each.is_for(errand, circumstance)]
    routes = (*_routes(pack, ways), *_advised_routes(heard, today))
    result = Guidance(
        routes,
        _all(heard, "papers", today),
        tuple(_losses(pack)) if errand in ("report-loss", "release-loss") else (),
        _all(heard, "tells", today),
        tuple(dict.fromkeys(named("after", (step for way in ways for step in value_of(way.after) or ())))),
        _fee(region, errand, circumstance, ways, today),
        _term(pack, errand, today),
        tuple(dict.fromkeys(each for advice in for_errand for each in advice.circumstances)),
        pack.effective_to is not None,
    )
    if result.is_silent:
        return answer(result, [pack.silence], "guidance.unspecified", region=texts.Sentence(pack.name))
    return answer(result, _basis(ways, heard), "guidance.elsewhere", place=result.first_place)


def _ways(pack: Pack, errand: Errand) -> Iterator[Procedure]:
    """Yield the ways of an errand that is an operation; the social function's first."""
    if errand in OPERATIONS:
        for function in ("social", "financial"):
            yield from (
                way
                for way in pack.ways(errand, function)
                if function == way.functions[0] and set(way.channels.value) != {"kiosk"}
            )


def _routes(pack: Pack, ways: Iterable[Procedure]) -> tuple[Route, ...]:
    """Return the ways, those that differ in nothing but the place put together."""
    merged: dict[tuple[Any, ...], Route] = {}
    for way in ways:
        for channels in _apart(way):
            route = _route(pack, way, channels)
            alike = (route.function, route.kind, route.in_person, route.papers, route.agent, route.details)
            before = merged[alike].places if alike in merged else ()
            places = tuple(dict.fromkeys((*before, *route.places)))
            merged[alike] = msgspec.structs.replace(route, places=places)
    return tuple(merged.values())


def _apart(way: Procedure) -> Iterator[tuple[Channel, ...]]:
    """Yield the channels where somebody is met, and the others; papers are shown in person only."""
    channels = [channel for channel in way.channels.value if channel != "kiosk"]
    for in_person in (True, False):
        if found := tuple(channel for channel in channels if (channel in IN_PERSON) == in_person):
            yield found


def _route(pack: Pack, way: Procedure, channels: tuple[Channel, ...]) -> Route:
    names = place_names(pack, [way])
    in_person = channels[0] in IN_PERSON
    return Route(
        way.functions[0],
        tuple(names[channel] for channel in channels),
        in_person,
        _papers(way.papers) if in_person else (),
        _papers(way.agent) if in_person else (),
        _kind(way.kind),
        named("detail", value_of(way.fields) or ()),
    )


def _papers(stated: Stated[tuple[RequiredPaper, ...]] | Any) -> tuple[str, ...] | None:
    wanted = value_of(stated)
    return None if wanted is None else tuple(_paper(each) for each in wanted)


def _paper(wanted: RequiredPaper) -> str:
    if isinstance(wanted, str):
        return texts.say(f"paper.{wanted}")
    first, *others = named("paper", wanted)
    for other in others:
        first = texts.say("guidance.either", first=first, other=other)
    return first


def _kind(kind: PackLossKind | None) -> str:
    if kind is None:
        return ""
    return texts.say("operation.report-loss") if kind == "any" else texts.say(f"state.{LOST[kind]}")


def _losses(pack: Pack) -> Iterator[tuple[str, str]]:
    """Yield each kind of loss report with what becomes of it if nobody does anything."""
    for kind in get_args(PackLossKind):
        if loss := pack.loss[kind]:
            yield _kind(kind), _ends(loss)


def _ends(loss: Loss) -> str:
    if value_of(loss.irrevocable):
        return texts.say("guidance.irrevocable")
    days, then = value_of(loss.lasts_days), value_of(loss.then)
    if days == "long-term":
        return texts.say("guidance.long-term")
    return texts.say(f"guidance.then-{then}" if days and then else "guidance.open-ended", days=days)


def _advised_routes(heard: Iterable[Advice], today: date | None) -> Iterator[Route]:
    for advice in heard:
        if places := value_of(stated_on(advice.places or "unspecified", today)):
            yield Route("social", tuple(map(texts.Sentence, places)), True, (), ())


def _all(heard: Iterable[Advice], key: str, today: date | None) -> tuple[str, ...]:
    stated = (stated_on(getattr(advice, key) or "unspecified", today) for advice in heard)
    return tuple(texts.Sentence(each) for one in stated for each in value_of(one) or ())


def _fee(
    region: str, errand: Errand, why: Circumstance | None, ways: Iterable[Procedure], today: date | None
) -> str:
    """Return what it costs; '' where that depends on more than is known here, and the advice tells it."""
    cause = CAUSES.get("oneself" if errand == "apply-card" else why) if errand in CARD_MADE else None
    if cause == "quality" and regions.find(region).fee.quality_months != "unspecified":
        return ""
    if cause:
        return card_fee(region, cause, today=today).text
    is_free = any(value_of(way.free) for way in ways)
    return texts.say("guidance.free" if is_free else "card-fee.unspecified")


def _term(pack: Pack, errand: Errand, today: date | None) -> str:
    if errand in REGIONAL_TERMS:
        stated = pack.deadline[REGIONAL_TERMS[errand]]
    elif errand in NATIONAL_TERMS:
        stated = law().deadline[NATIONAL_TERMS[errand]]
    else:
        return ""
    term = value_of(stated_on(stated, today))
    return (
        texts.say(f"guidance.term-{term.kind}", days=term.days) if term else texts.say("deadline.unspecified")
    )


def _basis(ways: Iterable[Procedure], heard: Iterable[Advice]) -> Basis:
    of_ways = (one for way in ways for one in (way.channels, way.papers, way.agent, way.after, way.fields))
    return (*of_ways, *(one for each in heard for one in (each.places, each.papers, each.tells)))
