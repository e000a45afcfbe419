"""Each declared call is complete: the centre answers it, somebody makes it, and its refusals have words."""

import ast
from pathlib import Path
from string import Formatter
from typing import Any, get_args, get_type_hints

import msgspec
import pytest

from central.program.routes import answerings
from central.program.server import description
from kiosk.dialogue.language import catalogue
from kiosk.dialogue.refusals import SENTENCES
from sync.client import CentralRefusedError, CentralUnreachableError
from sync.protocol.call import CARD, CARD_PIN, KIOSK, Call
from sync.protocol.cards import CARD_STATE, CardState, CardStateRequest
from sync.protocol.documents import Issued
from sync.protocol.refusals import COMMON, REFUSALS, RULE, RULES, PeriodDetails, Refusal, details_of
from sync.protocol.registry import calls
from tests.samples import sample
from tests.stub_centre import SILENCE, stub_centre
from tools import protocol_docs

ROOT = Path(__file__).parent.parent
CALLS = calls()


def names_used(*rooms: str) -> set[str]:
    """Every name that a file in these rooms uses, beside the declarations."""
    files = [path for room in rooms for path in (ROOT / room).rglob("*.py") if path.parent.name != "protocol"]
    nodes = (node for path in files for node in ast.walk(ast.parse(path.read_text())))
    return {node.id for node in nodes if isinstance(node, ast.Name)}


USED = names_used("kiosk", "sync")
ANSWERED = {each.call.path: each for each in answerings()}
DESCRIBED = description()["paths"]
IN_DOCS = protocol_docs.DOCUMENT.read_text("utf-8")
ENGLISH = catalogue("en")


def missing(name: str, call: Call[Any, Any]) -> list[str]:
    """Name everything that ``call`` lacks."""
    return [
        problem
        for problem, is_so in {
            f"the centre: no function has @answers({name})": call.path not in ANSWERED,
            f"the kiosk: nothing calls {name}; else declare used_by": call.used_by == KIOSK
            and name not in USED,
            f"the kiosk calls {name}: used_by is not so": call.used_by != KIOSK and name in USED,
            f"OpenAPI: no POST {call.path} with its refusals": refusals_described(call)
            != sorted(call.refused_with),
            f"docs/protocol.md: no `{name}`; run python -m tools.protocol_docs": f"| `{name}` |"
            not in IN_DOCS,
            f"proof: {call.request.__name__}.verified_by says otherwise": call.proof - CARD
            != verified_by(call.request),
            **{f"refusals: {code} is no code": code not in REFUSALS for code in call.refusals},
            **{
                f"words: {code} has none in kiosk/dialogue/refusals.py": not is_worded(code)
                for code in call.refusals
            },
            **{f"words: {code} has none in English": not in_english(code) for code in call.refusals},
        }.items()
        if is_so
    ]


def refusals_described(call: Call[Any, Any]) -> list[str] | None:
    return DESCRIBED.get(call.path, {}).get("post", {}).get("x-refusals")


def verified_by(request: type[Any]) -> frozenset[str]:
    return frozenset(get_args(get_type_hints(request).get("verified_by")))


def is_worded(code: str) -> bool:
    return code in SENTENCES or code in RULES


def in_english(code: str) -> bool:
    return code in RULES or bool(ENGLISH.get(getattr(SENTENCES.get(code), "msgid", "")))


@pytest.mark.parametrize("name", CALLS)
def test_a_declared_call_is_complete(name):
    assert missing(name, CALLS[name]) == []


def test_what_a_new_call_lacks_is_named():
    class Payments(msgspec.Struct):
        months: list[str]

    declared = Call("/v1/x", CardStateRequest, Payments, "Tell.", proof=CARD_PIN, refusals=("no-payment",))
    assert [problem.split(":")[0] for problem in missing("UNHEARD_OF", declared)] == [
        *("the centre", "the kiosk", "OpenAPI", "docs/protocol.md", "proof"),
        *("refusals", "words", "words"),
    ]


def test_nothing_else_is_answered_and_no_path_is_declared_twice():
    assert sorted(ANSWERED) == [call.path for call in CALLS.values()]


def test_the_document_lists_the_calls_as_they_are_declared():
    assert protocol_docs.document() == IN_DOCS, "run: python -m tools.protocol_docs"


@pytest.mark.parametrize(
    "code", sorted({*COMMON, *(code for call in CALLS.values() for code in call.refusals)})
)
def test_the_words_of_a_refusal_have_its_details_as_their_blanks(code):
    details = REFUSALS[code].details
    if not code.startswith(RULE):
        assert is_worded(code) and in_english(code)
        wanted = set(details.__struct_fields__) if details else set()
        assert set(blanks(SENTENCES[code].msgid)) - {"phone"} == wanted  # whom to call, the kiosk knows


def blanks(sentence: str) -> list[str]:
    return [field for _, field, _, _ in Formatter().parse(sentence) if field]


@pytest.mark.parametrize("name", CALLS)
def test_the_stub_centre_answers_a_call_with_a_sample_of_its_answer(name):
    call = CALLS[name]
    with stub_centre() as centre:
        answer, expected = centre.client().call(call, sample(call.request)), sample(call.answer)
    if isinstance(answer, Issued):
        answer = msgspec.structs.replace(answer, signed=expected.signed)
    assert answer == expected
    [(made, request)] = centre.requests
    assert (made, type(request)) == (call, call.request)


def test_the_stub_centre_answers_as_a_test_says():
    with stub_centre() as centre:
        centre.gives(CARD_STATE, CardState("lost-oral"))
        assert centre.client().call(CARD_STATE, sample(CardStateRequest)).social == "lost-oral"
        centre.gives(CARD_STATE, Refusal("card-unknown", "没有查到。"))
        with pytest.raises(CentralRefusedError, match="card-unknown"):
            centre.client().call(CARD_STATE, sample(CardStateRequest))


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_lost_answer_says_that_nothing_was_done_of_a_safe_call_only(call):
    with stub_centre() as centre:
        centre.gives(call, SILENCE)
        with pytest.raises(CentralUnreachableError) as lost:
            centre.client().call(call, sample(call.request))
    assert (type(lost.value) is CentralUnreachableError) == call.safe


def test_details_are_what_the_code_says_or_nothing():
    period = {"first": "2026-01", "last": "2026-10"}
    assert details_of(Refusal("no-record-in-period", "", period)) == PeriodDetails("2026-01", "2026-10")
    assert details_of(Refusal("no-record-in-period", "", {"first": 1})) is None
    assert details_of(Refusal("unheard-of", "", period)) is None
    assert details_of(Refusal("busy", "", period)) is None
