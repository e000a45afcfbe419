"""What was found in an audit chain, in words; and heads as people keep them: a line of JSON each."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from sync.protocol.audit import Fault, Verified
from sync.protocol.decoding import UnreadableError, decoded
from sync.protocol.messages import Head
from text.files import read_file

WHOLE, WAITING, TAMPERED = 0, 3, 4
"""Exit codes: as it was written · so far as it can be said now · not as it was written."""
LONGEST = 50_000_000
"""Bytes of a file of heads."""
WORDS = {
    "changed": "differs from what was written",
    "removed": "rows before it were taken away",
    "end-removed": "rows after it were taken away",
    "rewritten": "was rewritten",
    "epoch-unknown": "a head is of another history",
    "not-signed": "is told of by a head that is not signed",
    "not-chained": "has no place in the chain",
    "contradicted": "another record contradicts it",
}


class HeadsError(Exception):
    """The file holds no heads; the message says which line is none."""


def read_heads(path: Path) -> Iterator[Head]:
    """Yield the heads in a file.

    :raises HeadsError: a line is none.
    """
    for number, line in enumerate(read_file(path, LONGEST).splitlines(), 1):
        if line.strip():
            try:
                yield decoded(line, Head)
            except UnreadableError as error:
                raise HeadsError(f"{path}, line {number}: not a head: {error}") from error


def as_lines(found: Verified) -> list[str]:
    """Return what was found as lines of text."""
    rows = (
        f"{found.chain}: {found.rows} rows, {found.first} to {found.last}, compared with {found.heads} heads"
    )
    lines = [rows, *map(_fault, found.faults)]
    if found.count > len(found.faults):
        lines.append(f"… and {found.count - len(found.faults)} more")
    for lost in found.lost:
        lines.append(
            f"rows {lost.since + 1} to {lost.until} of epoch {lost.epoch} were lost when the history was put back"
        )
    if found.waiting:
        lines.append(f"{found.waiting} rows wait for their place")
    return [*lines, "NOT as it was written" if found.count else f"whole; head {found.last} {found.h}"]


def exit_code(found: Iterable[Verified]) -> int:
    """Return how a command ends that has found this."""
    all_found = list(found)
    if any(each.count for each in all_found):
        return TAMPERED
    return WAITING if any(each.waiting or each.lost for each in all_found) else WHOLE


def _fault(fault: Fault) -> str:
    if not fault.n:
        return fault.detail
    detail = f" ({fault.detail})" if fault.detail else ""
    return f"row {fault.n} {WORDS.get(fault.fault, fault.fault)}{detail}"
