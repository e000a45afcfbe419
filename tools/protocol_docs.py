"""Writes the calls and refusals into docs/protocol.md, from their declarations: ``python -m tools.protocol_docs``."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from sync.protocol.call import Call
from sync.protocol.refusals import COMMON, OF_PROOF, REFUSALS, RULE, RULES
from sync.protocol.registry import calls

DOCUMENT = Path(__file__).parent.parent / "docs" / "protocol.md"
HEADING = "## All calls\n"
"""Everything from here on is made."""


def generated() -> str:
    """Return the part of the document that is made from the declarations."""
    return "\n".join((HEADING, *_calls(), "", "## All refusals", "", *_refusals())) + "\n"


def document() -> str:
    """Return the document with its prose as it is, and the rest as it should be."""
    return DOCUMENT.read_text("utf-8").partition(HEADING)[0] + generated()


def _calls() -> Iterator[str]:
    yield from _table(
        *("call", "path", "request", "answer", "what it does", "proof", "act", "refused with", "called by")
    )
    yield from (_row(name, call) for name, call in calls().items())


def _row(name: str, call: Call[Any, Any]) -> str:
    answers = get_args(call.answer) or (call.answer,)
    return _line(
        f"`{name}`",
        f"`{call.path}`",
        f"`{call.request.__name__}`",
        f"`{answers[0].__name__}`{' …' if answers[1:] else ''}",
        f"{call.summary}{' Changes nothing.' if call.safe else ''}",
        _proof(call),
        call.act or "–",
        ", ".join(_codes(call.refusals)) or "–",
        call.used_by,
    )


def _proof(call: Call[Any, Any]) -> str:
    """Say how a person is identified, and in what visit; or why nobody has to be."""
    if not call.proof:
        return f"none: {call.open_because}" if call.open_because else "–"
    ways = " or ".join(sorted(call.proof))
    purpose = "" if call.purpose == "services" else f", in a visit for {call.purpose}"
    return f"{ways}{purpose}{', genuine card only' if call.genuine_card else ''}"


def _codes(refusals: tuple[str, ...]) -> Iterator[str]:
    yield from (f"`{code}`" for code in refusals if code not in RULES)
    if set(RULES) <= set(refusals):
        yield f"`{RULE}…`"


def _refusals() -> Iterator[str]:
    yield from _table("code", "status", "details", "of")
    for code, kind in REFUSALS.items():
        details = f"`{kind.details.__name__}`" if kind.details else "–"
        yield _line(f"`{code}`", str(kind.status), details, ", ".join(_refused(code)) or "no call")


def _refused(code: str) -> list[str]:
    if code in COMMON:
        return ["any call"]
    if code in OF_PROOF:
        return ["any call with a proof or an act"]
    return [f"`{name}`" for name, call in calls().items() if code in call.refusals]


def _table(*columns: str) -> Iterator[str]:
    yield _line(*columns)
    yield f"|{'---|' * len(columns)}"


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    DOCUMENT.write_text(document(), "utf-8")
