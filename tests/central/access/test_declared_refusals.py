"""A call is refused only with what its declaration names; anything else is a fault of the centre."""

import asyncio
import dis
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType, ModuleType
from typing import get_args, get_type_hints

import httpx
import msgspec
import pytest
import structlog
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route

from central.access.answering import UndeclaredRefusalError, answers, only_declared_refusals
from central.access.endpoint import RequestGuards, answering
from central.access.lanes import Lanes
from central.certificates.serials import Serials
from central.credentials.national_platform import Fault, HttpPlatform
from central.program.event_handlers import HANDLERS
from central.program.routes import answerings
from central.program.server import RequestLogMiddleware
from central.store.refusals import SENTENCES, RefusedByRuleError, RefusedError
from sync.protocol.cards import CARD_STATE, CardState
from sync.protocol.refusals import COMMON, OF_PROOF, REFUSALS, RULES
from sync.protocol.registry import calls
from sync.protocol.visits import BEGIN_VISIT, VisitRequest
from tests.central.centre import an_identity

CALLS = calls()
BY_STAFF_ONLY = {"unit-unknown", "unit-no-record"}
"""What the documents of employers are refused with, which no call asks for."""
TOOLS: dict[str, list] = {
    "issuer": [Serials.number],
    "handlers": list(HANDLERS.values()),
    "card_keys": [],
    "national_platform": [HttpPlatform.resolve],
}
"""What is done by the tools that a function asks for."""


@pytest.mark.parametrize("name", CALLS)
def test_a_declared_refusal_goes_through_and_no_other(name):
    call = CALLS[name]
    for code in REFUSALS:
        declared = code in (*call.refused_with, *COMMON)
        with (
            pytest.raises(RefusedError if declared else UndeclaredRefusalError),
            only_declared_refusals(call),
        ):
            raise RefusedError(code)


@pytest.mark.parametrize("answered", answerings(), ids=lambda answered: answered.call.path)
def test_what_the_centres_functions_can_refuse_with_is_what_the_call_declares(answered):
    before = {*OF_PROOF} if answered.call.proof else set()
    within = refusals_within(answered.work) - {*COMMON, *BY_STAFF_ONLY}
    assert within - before == set(answered.call.refusals) - before


def test_every_refusal_has_the_centres_words():
    assert SENTENCES.keys() == REFUSALS.keys() - set(RULES)


def test_a_call_is_answered_by_one_function_only():
    with pytest.raises(ValueError, match="/v1/cards/state is answered by state already"):
        answers(CARD_STATE)(lambda tx, caller, request, at: CardState("normal"))


@pytest.mark.parametrize(
    ("code", "status", "told"), [("card-unknown", 404, "card-unknown"), ("no-pension", 500, "internal")]
)
def test_an_undeclared_refusal_is_a_logged_fault_for_the_kiosk(centre, code, status, told):
    def refuses(*_) -> CardState:
        raise RefusedError(code)

    with structlog.testing.capture_logs() as logged:
        answer = asyncio.run(post(centre, refuses))
    assert (answer.status_code, answer.json()["code"]) == (status, told)
    faults = [line for line in logged if line["event"] == "undeclared_refusal"]
    assert [(line["call"], line["code"]) for line in faults] == [(BEGIN_VISIT.path, code)] * (status == 500)


async def post(centre, work: Callable) -> httpx.Response:
    """Send a kiosk's request to a centre in which ``work`` answers."""
    endpoint = answering(Lanes.of(centre.engine).services, BEGIN_VISIT, work)
    app = Starlette(
        routes=[Route(BEGIN_VISIT.path, endpoint, methods=["POST"])],
        middleware=[Middleware(RequestLogMiddleware)],
    )
    app.state.door = RequestGuards()
    body = msgspec.json.encode(VisitRequest(visit_id="v", region="610200", card_identity="0" * 32))
    headers = centre.enrol(an_identity()).sign("POST", f"http://centre{BEGIN_VISIT.path}", body)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://centre") as client:
        return await client.post(BEGIN_VISIT.path, content=body, headers=headers)


def refusals_within(work: FunctionType) -> set[str]:
    """Every code in a function, and in all functions of the centre that it names."""
    found, seen, waiting = set(), set(), [work, *tools_of(work)]
    while waiting:
        function = waiting.pop()
        if function in seen:
            continue
        seen.add(function)
        for code in code_of(function.__code__):
            found |= {const for const in code.co_consts if isinstance(const, str)} & REFUSALS.keys()
            waiting += named(function, code)
        if RefusedByRuleError.__init__ in seen:
            found |= set(RULES)
        if HttpPlatform.resolve in seen:
            found |= set(get_args(get_type_hints(Fault)["code"]))
    return found


def tools_of(work: FunctionType) -> list:
    return [function for tool in work.__annotations__ for function in TOOLS.get(tool, [])]


def code_of(code: CodeType) -> Iterator[CodeType]:
    """A function's code, and that of the functions in it."""
    yield code
    for const in code.co_consts:
        if isinstance(const, CodeType):
            yield from code_of(const)


def named(function: FunctionType, code: CodeType) -> Iterator[FunctionType]:
    """The functions that a code names, or that it takes from a module or a class that it names."""
    instructions = list(dis.get_instructions(code))
    for instruction, following in zip(instructions, [*instructions[1:], None], strict=True):
        if instruction.opname == "LOAD_GLOBAL":
            value = function.__globals__.get(instruction.argval)
            if (
                isinstance(value, ModuleType)
                and following
                and following.opname in ("LOAD_ATTR", "LOAD_METHOD")
            ):
                value = getattr(value, following.argval)
            yield from functions_of(value)


def functions_of(value) -> Iterator[FunctionType]:
    if isinstance(value, dict):
        for each in value.values():
            yield from functions_of(each)
    elif str(getattr(value, "__module__", "")).startswith("central."):
        if isinstance(value, type):
            yield from (each for each in vars(value).values() if isinstance(each, FunctionType))
        elif isinstance(value, FunctionType):
            yield getattr(value, "__wrapped__", value)
