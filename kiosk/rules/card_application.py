"""Applying for a first card or for a new one (社保卡申领、补卡、换卡): who may, with which forms and papers."""

from datetime import date
from typing import Any, Literal

import msgspec

from kiosk.rules import regions, texts
from kiosk.rules.card_fee import card_fee
from kiosk.rules.card_operation import place_name
from kiosk.rules.card_state import possible
from kiosk.rules.deadline import deadline
from kiosk.rules.errors import InvalidInputError
from kiosk.rules.law import law
from kiosk.rules.pack import Pack, RequiredPaper
from kiosk.rules.stated import Answer, Stated, StatedOrUnspecified, Unspecified, answer, value_of
from kiosk.rules.topic import Field, Topic, choice, day, flag, region, whole
from kiosk.rules.words import Applicant, Channel, FeeCause, Paper, RegionalItem, State

Kind = Literal["new", "lost", "damaged", "quality", "face-information", "expired"]
Refusal = Literal["already-has-card", "guardian", "state", "channel"]


class CardApplication(msgspec.Struct, frozen=True):
    """Whether a card may be applied for, and what it takes; None where no source says it.

    Of papers that stand for each other the first is named.
    """

    allowed: bool | None
    reason: Refusal | None
    forms: tuple[str, ...]
    papers: tuple[Paper, ...]
    fee_waived: bool | None
    due: date | None


class _Way(msgspec.Struct, frozen=True):
    """How a kind of card is applied for in a region."""

    channels: Stated[tuple[Channel, ...]]
    applicants: StatedOrUnspecified[tuple[Applicant, ...]]
    papers: StatedOrUnspecified[tuple[RequiredPaper, ...]]
    agent: StatedOrUnspecified[tuple[RequiredPaper, ...]]
    forms: StatedOrUnspecified[tuple[str, ...]]
    guardian_below_age: Stated[int] | None
    states: Stated[tuple[State, ...]] | None


class _Request(msgspec.Struct, frozen=True):
    kind: Kind
    has_card: bool
    asked_by: Applicant
    holder_age: int | None
    state: State | None
    channel: Channel | None


def card_application(
    region: str,
    kind: Kind,
    *,
    has_card: bool = False,
    asked_by: Applicant = "self",
    holder_age: int | None = None,
    state: State | None = None,
    channel: Channel | None = None,
    received: date | None = None,
    issued: date | None = None,
) -> Answer[CardApplication]:
    """Return whether a card may be applied for, and what it takes.

    A state, an age or a channel that is not given is not judged. ``received`` gives the day by which the card is made;
    together with ``issued``, the day of issue of the card so far, it decides a fee that depends on its age.

    :raises InvalidInputError: nothing is known of the holidays of the year in which it would be made.
    """
    pack = regions.find(region)
    asked = _Request(kind, has_card, asked_by, holder_age, state, channel)
    item: RegionalItem = "make-card" if kind == "new" else "replace-card"
    due = deadline(item, received, region=region).result.due if received else None
    fee = _fee(region, kind, issued, received)
    way = _way(pack, kind)
    if way is None or not _is_laid_down(way, asked_by, received):
        named = {"region": pack.name, "phone": pack.phone, "kind": _named(kind)}
        nothing = CardApplication(None, None, (), (), fee, due)
        return answer(nothing, [pack.silence], "card-application.unspecified", **named)
    return _judged(pack, asked, way, fee, due)


def _is_laid_down(way: _Way, asked_by: Applicant, received: date | None) -> bool:
    """Return whether the source was in force on the day, and knows agents if one asks."""
    known = received is None or way.channels.in_force_on(received)
    return known and (asked_by != "agent" or isinstance(way.agent, Stated))


def _judged(
    pack: Pack, asked: _Request, way: _Way, fee: bool | None, due: date | None
) -> Answer[CardApplication]:
    reason, text, basis = _refusal(pack, asked, way)
    wanted = (
        way.agent if asked.asked_by in ("agent", "guardian") and way.agent != "unspecified" else way.papers
    )
    papers = tuple(one if isinstance(one, str) else one[0] for one in value_of(wanted) or ())
    result = CardApplication(reason is None, reason, value_of(way.forms) or (), papers, fee, due)
    said = {
        "kind": _named(asked.kind),
        "papers": tuple(texts.say(f"paper.{paper}") for paper in papers),
        "age": value_of(way.guardian_below_age),
        "state": texts.say(f"state.{asked.state}") if asked.state else "",
        "here": place_name(pack, asked.channel) if asked.channel else "",
        "places": tuple(place_name(pack, channel) for channel in way.channels.value),
        "phone": pack.phone,
    }
    text = text or ("allowed" if papers else "allowed-unlisted")
    return answer(result, (basis, way.channels, wanted, way.forms), f"card-application.{text}", **said)


def _refusal(
    pack: Pack, asked: _Request, way: _Way
) -> tuple[Refusal | None, str | None, Stated[Any] | Unspecified | None]:
    """Return why not, in a word and as the key of a sentence, and what it rests on."""
    if asked.kind == "new" and asked.has_card:
        stated = pack.application.one_card if pack.application != "unspecified" else None
        return "already-has-card", "already-has-card", stated or law().card_application.one_card
    limit = way.guardian_below_age
    if limit and asked.asked_by == "self" and asked.holder_age is not None and asked.holder_age < limit.value:
        return "guardian", "guardian", limit
    if asked.kind != "new" and asked.state and not _fits(asked.state, way.states):
        return "state", "state-lost" if asked.kind == "lost" else "state", way.states
    people = value_of(way.applicants)
    if people and asked.asked_by in ("self", "unit") and asked.asked_by not in people:
        return "channel", "unit", way.applicants
    if asked.channel and asked.channel not in way.channels.value:
        return "channel", "channel", way.channels
    return None, None, None


def _fits(state: State, states: Stated[tuple[State, ...]] | None) -> bool:
    return state in states.value if states else possible("replace-card", state)


def _way(pack: Pack, kind: Kind) -> _Way | None:
    return _first_card(pack) if kind == "new" else _replacement(pack, kind)


def _first_card(pack: Pack) -> _Way | None:
    rule = pack.application
    if rule == "unspecified":
        return None
    return _Way(
        rule.channels, rule.applicants, rule.papers, rule.agent, rule.forms, rule.guardian_below_age, None
    )


def _replacement(pack: Pack, kind: Kind) -> _Way | None:
    """Return how a card is replaced: the way of the pack, with the papers and the states of the cause."""
    way = next(pack.ways("replace-card", "social"), None)
    if way is None:
        return None
    cause = next((one for one in pack.causes("replace-card") if one.cause == kind), None)
    papers = cause.papers if cause and cause.papers != "unspecified" else way.papers
    states = (cause.states if cause else None) or way.states
    forms = pack.application.replacement_forms if pack.application != "unspecified" else "unspecified"
    return _Way(way.channels, "unspecified", papers, way.agent, forms, way.guardian_below_age, states)


def _fee(region: str, kind: Kind, issued: date | None, today: date | None) -> bool | None:
    cause: FeeCause = "first" if kind == "new" else kind
    try:
        return card_fee(region, cause, issued=issued, today=today).result.waived
    except InvalidInputError:  # it depends on days that were not given
        return None


def _named(kind: Kind) -> str:
    return texts.say(f"application-kind.{kind}")


TOPICS = (
    Topic(
        "card-application",
        "Applying for a card, or for another in its place (社保卡申领、补换卡)",
        (
            region,
            Field("kind", choice(Kind), "why a card is made"),
            Field("has_card", flag, "the person has a card already", required=False),
            Field("asked_by", choice(Applicant), "who applies, if not the holder", required=False),
            Field("holder_age", whole(0, 150), "age of the holder in years", required=False),
            Field("state", choice(State), "state of the card so far", required=False),
            Field("channel", choice(Channel), "where it is asked for", required=False),
            Field("received", day, "day of the application", required=False),
            Field("issued", day, "day of issue of the card so far", required=False),
        ),
        CardApplication,
        card_application,
        {
            "region": "420100",
            "kind": "new",
            "has_card": False,
            "asked_by": "self",
            "received": "2026-11-02",
        },
    ),
)
