"""May this be done here, with these papers, by this person? Whatever no source allows is refused."""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from kiosk.rules import regions, texts
from kiosk.rules.card_state import kind_of, possible
from kiosk.rules.pack import Pack, Procedure, RequiredPaper
from kiosk.rules.stated import Answer, Basis, Stated, StatedOrUnspecified, answer, value_of
from kiosk.rules.topic import Field, Topic, choice, flag, list_of, region, text, whole
from kiosk.rules.words import (
    IN_PERSON,
    CardCause,
    Channel,
    Function,
    IdentityDetail,
    LossKind,
    NextStep,
    Operation,
    Paper,
    Refusal,
    State,
)


class CardOperation(msgspec.Struct, frozen=True):
    """Whether an operation is allowed; if not, why, and where it can be done or what is missing."""

    allowed: bool
    reason: Refusal | None
    redirect: tuple[Channel, ...] = ()
    redirect_text: str | None = None
    missing: tuple[Paper | IdentityDetail, ...] = ()
    affects: tuple[Function, ...] = ()
    after: tuple[NextStep, ...] = ()


class _Request(msgspec.Struct, frozen=True):
    channel: Channel
    operation: Operation
    function: Function
    kind: LossKind | None
    papers: tuple[Paper, ...] = ()
    agent: bool = False
    state: State | None = None
    replacement_applied: bool = False
    holder_age: int | None = None
    principal_present: bool = False
    face_matched: bool = False
    insured_area: str | None = None
    asked_area: str | None = None
    given: tuple[IdentityDetail, ...] = ()
    cause: CardCause | None = None


class _Refused(msgspec.Struct, frozen=True):
    reason: Refusal
    basis: Basis
    missing: tuple[Any, ...] = ()


def card_operation(
    region: str,
    channel: Channel,
    operation: Operation,
    function: Function,
    *,
    kind: LossKind | None = None,
    papers: tuple[Paper, ...] = (),
    agent: bool = False,
    state: State | None = None,
    replacement_applied: bool = False,
    holder_age: int | None = None,
    principal_present: bool = False,
    face_matched: bool = False,
    insured_area: str | None = None,
    asked_area: str | None = None,
    given: tuple[IdentityDetail, ...] = (),
    cause: CardCause | None = None,
) -> Answer[CardOperation]:
    """Return whether an operation on one function of a card is allowed in a channel.

    What makes it impossible everywhere is told first, so that nobody is sent from one counter to the next:
    nothing laid down, irrevocable, replacement applied for, wrong state. Then the channel, and in it the
    area, the guardian, the agent, the principal, the papers and the details. A ``state`` or an area that is
    not given is not judged; papers that are not given are missing. A ``cause`` of replacing or cancelling that the
    source names brings its own papers.
    """
    asked = _Request(
        channel,
        operation,
        function,
        kind,
        papers,
        agent,
        state,
        replacement_applied,
        holder_age,
        principal_present,
        face_matched,
        insured_area,
        asked_area,
        given,
        cause,
    )
    pack = regions.find(region)
    ways = _ways(asked, pack)
    refused = _impossible(asked, pack, ways)
    if refused:
        return _refusal(asked, pack, refused)
    fitting = [way for way in ways if _fits_state(asked, way)]
    here = [way for way in fitting if channel in way.channels.value]
    if not here:
        return _elsewhere(asked, pack, fitting)
    refusals = [_obstacle(asked, pack, way) for way in here]
    if None in refusals:
        return _allowed(asked, pack, here[refusals.index(None)])
    return _refusal(asked, pack, next(refusal for refusal in refusals if refusal))


def refusal_text(
    region: str,
    channel: Channel,
    operation: Operation,
    function: Function,
    reason: Refusal,
    *,
    kind: LossKind | None = None,
    state: State | None = None,
    missing: tuple[Paper | IdentityDetail, ...] = (),
    redirect: tuple[Channel, ...] = (),
) -> texts.Sentence:
    """Return the sentence for a refusal by ``card_operation`` that was worked out elsewhere.

    :raises InvalidInputError: there is no such region here.
    """
    asked, pack = _Request(channel, operation, function, kind, state=state), regions.find(region)
    called = place_names(pack, [way for way in _ways(asked, pack) if _fits_state(asked, way)])
    places = tuple(dict.fromkeys(called.get(place) or place_name(pack, place) for place in redirect))
    return texts.say(f"card-operation.{reason}", **_refusal_words(asked, pack, reason, missing, places))


def _ways(asked: _Request, pack: Pack) -> tuple[Procedure, ...]:
    kind = None if asked.operation == "release-loss" else asked.kind
    return tuple(pack.ways(asked.operation, asked.function, kind))


def _impossible(asked: _Request, pack: Pack, ways: tuple[Procedure, ...]) -> _Refused | None:
    if not ways:
        return _Refused("unspecified", [pack.silence])
    if asked.operation == "release-loss":
        refused = _release_problem(asked, pack, ways)
        if refused:
            return refused
    if not any(_fits_state(asked, way) for way in ways):
        return _Refused("state", [stated for way in ways for stated in (way.states, way.channels)])
    return None


def _release_problem(asked: _Request, pack: Pack, ways: tuple[Procedure, ...]) -> _Refused | None:
    kind = kind_of(asked.state) or asked.kind
    loss = pack.loss_of(kind) if kind else None
    if loss and value_of(loss.irrevocable):
        return _Refused("irrevocable", [loss.irrevocable])
    if asked.replacement_applied:
        return _Refused("replacement-applied", [way.before_replacement or way.channels for way in ways])
    if kind and loss is None and asked.function == "social":
        return _Refused("unspecified", [pack.silence])
    return None


def _fits_state(asked: _Request, way: Procedure) -> bool:
    if asked.state is None:
        return True
    if way.states:
        return asked.state in way.states.value
    kind = asked.kind or (None if way.kind == "any" else way.kind)
    return possible(asked.operation, asked.state, kind)


def _other_area(asked: _Request, pack: Pack, way: Procedure) -> _Refused | None:
    own_only = value_of(pack.area.own_only) or ()
    limited = asked.channel in own_only and asked.operation != "query"
    known = asked.insured_area is not None and asked.asked_area is not None
    apart = known and asked.insured_area != asked.asked_area
    return _Refused("area", [pack.area.own_only]) if limited and apart else None


def _no_guardian(asked: _Request, pack: Pack, way: Procedure) -> _Refused | None:
    limit = way.guardian_below_age
    child = limit and asked.holder_age is not None and asked.holder_age < limit.value
    return _Refused("guardian", [limit]) if child and not asked.agent else None


def _no_agent_here(asked: _Request, pack: Pack, way: Procedure) -> _Refused | None:
    with_papers = asked.channel in IN_PERSON - {"kiosk"} and isinstance(way.agent, Stated)
    if not asked.agent or with_papers or _needs_principal(asked, way):
        return None
    return _Refused("agent", [way.channels, way.papers])


def _no_principal(asked: _Request, pack: Pack, way: Procedure) -> _Refused | None:
    if not _needs_principal(asked, way) or (asked.principal_present and asked.face_matched):
        return None
    return _Refused("principal", [way.principal_present_at])


def _needs_principal(asked: _Request, way: Procedure) -> bool:
    return asked.agent and asked.channel in (value_of(way.principal_present_at) or ())


def _no_papers(asked: _Request, pack: Pack, way: Procedure) -> _Refused | None:
    if asked.channel not in IN_PERSON or _needs_principal(asked, way):
        return None
    wanted = _wanted(asked, pack, way)
    choices = [(need,) if isinstance(need, str) else need for need in value_of(wanted) or ()]
    missing = tuple(options[0] for options in choices if not set(options) & set(asked.papers))
    return _Refused("papers", [wanted], missing) if missing else None


def _wanted(asked: _Request, pack: Pack, way: Procedure) -> StatedOrUnspecified[tuple[RequiredPaper, ...]]:
    """Return the papers that the caller needs; those of a cause are the holder's for the social function."""
    if asked.agent:
        return way.agent
    cause = pack.cause_of(asked.operation, asked.cause) if asked.function == "social" else None
    return cause.papers if cause and isinstance(cause.papers, Stated) else way.papers


def _no_details(asked: _Request, pack: Pack, way: Procedure) -> _Refused | None:
    missing = tuple(detail for detail in value_of(way.fields) or () if detail not in asked.given)
    return _Refused("fields", [way.fields], missing) if missing else None


OBSTACLES: tuple[Callable[[_Request, Pack, Procedure], _Refused | None], ...] = (
    _other_area,
    _no_guardian,
    _no_agent_here,
    _no_principal,
    _no_papers,
    _no_details,
)


def _obstacle(asked: _Request, pack: Pack, way: Procedure) -> _Refused | None:
    return next((refused for check in OBSTACLES if (refused := check(asked, pack, way))), None)


def _allowed(asked: _Request, pack: Pack, way: Procedure) -> Answer[CardOperation]:
    affects = _affects(asked, pack, way)
    agreed = _needs_principal(asked, way)
    after = (*(value_of(way.after) or ()), *(("leave-agent-mode",) if agreed else ()))
    result = CardOperation(True, None, affects=value_of(affects) or (asked.function,), after=after)
    people = _wanted(asked, pack, way)
    principal = way.principal_present_at if agreed else None
    basis = (way.channels, people, principal, way.fields, affects, way.after, way.free)
    words = _words(asked, pack) | {"after": named("after", after)}
    return answer(result, basis, f"card-operation.{'allowed-then' if after else 'allowed'}", **words)


def _affects(asked: _Request, pack: Pack, way: Procedure) -> Stated[tuple[Function, ...]] | None:
    kind = asked.kind or way.kind
    loss = pack.loss[kind] or pack.loss.any if kind and asked.operation == "report-loss" else None
    return loss.affects if loss and asked.function in loss.affects.value else way.affects


def _elsewhere(asked: _Request, pack: Pack, ways: list[Procedure]) -> Answer[CardOperation]:
    places = place_names(pack, ways)
    refused = _Refused("channel", [way.channels for way in ways])
    return _refusal(asked, pack, refused, tuple(places), tuple(dict.fromkeys(places.values())))


def place_names(pack: Pack, ways: Iterable[Procedure]) -> dict[Channel, str]:
    """Return what the places are called where it can be done, by their channels."""
    places: dict[Channel, str] = {}
    for way in ways:
        for channel in way.channels.value:
            places.setdefault(
                channel, texts.Sentence(way.called.value) if way.called else place_name(pack, channel)
            )
    return places


def _refusal(
    asked: _Request,
    pack: Pack,
    refused: _Refused,
    redirect: tuple[Channel, ...] = (),
    places: tuple[str, ...] = (),
) -> Answer[CardOperation]:
    words = _refusal_words(asked, pack, refused.reason, refused.missing, places)
    said = texts.say(f"card-operation.{refused.reason}", **words)
    result = CardOperation(False, refused.reason, redirect, str(said), refused.missing)
    return answer(result, refused.basis, f"card-operation.{refused.reason}", **words)


def _refusal_words(
    asked: _Request,
    pack: Pack,
    reason: Refusal,
    missing: tuple[Paper | IdentityDetail, ...],
    places: tuple[str, ...],
) -> dict[str, object]:
    lacking = named("paper" if reason == "papers" else "detail", missing)
    return _words(asked, pack) | {"places": places, "missing": lacking}


def _words(asked: _Request, pack: Pack) -> dict[str, object]:
    operation = texts.say(f"operation.{asked.operation}")
    here = place_name(pack, asked.channel)
    state = texts.say(f"state.{asked.state}") if asked.state else ""
    region, phone = texts.Sentence(pack.name), pack.phone
    return {"operation": operation, "here": here, "region": region, "phone": phone, "state": state}


def place_name(pack: Pack, channel: Channel) -> str:
    """Return what a channel is called in a region."""
    name = pack.names[channel]
    return texts.Sentence(name.value) if name else texts.say(f"channel.{channel}")


def named(group: str, words: Iterable[str]) -> tuple[str, ...]:
    """Return what the words of a vocabulary are called in Chinese; ``group`` is one of texts.toml, as "paper"."""
    return tuple(texts.say(f"{group}.{word}") for word in words)


TOPICS = (
    Topic(
        "card-operation",
        "What may be done with a card, where, by whom and with which papers (社保卡业务)",
        (
            region,
            Field("channel", choice(Channel), "where it is asked for"),
            Field("operation", choice(Operation), "what is asked for"),
            Field("function", choice(Function), "the function of the card"),
            Field("kind", choice(LossKind), "kind of loss report", required=False),
            Field("papers", list_of(choice(Paper)), "papers shown", required=False),
            Field("agent", flag, "an agent makes the request", required=False),
            Field("state", choice(State), "state of the function", required=False),
            Field("replacement_applied", flag, "a replacement has been applied for", required=False),
            Field("holder_age", whole(0, 150), "age of the holder in years", required=False),
            Field("principal_present", flag, "the holder is beside the agent", required=False),
            Field("face_matched", flag, "the holder's face was matched", required=False),
            Field("insured_area", text, "area in which the holder is insured", required=False),
            Field("asked_area", text, "area in which it is asked for", required=False),
            Field("given", list_of(choice(IdentityDetail)), "details told on the phone", required=False),
            Field("cause", choice(CardCause), "why it is replaced or cancelled", required=False),
        ),
        CardOperation,
        card_operation,
        {"region": "371003", "channel": "kiosk", "operation": "release-loss", "function": "social"},
    ),
)
