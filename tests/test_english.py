"""Code and documents are in plain software English: phrases that puzzle readers stay out (CONTRIBUTING.md)."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = [
    "bench",
    "central",
    "command_line",
    "deploy",
    "docs",
    "hardware",
    "kiosk",
    "screens",
    "sync",
    "text",
    "tools",
]
KINDS = {".cfg", ".md", ".py", ".service", ".sh", ".toml"}
BETTER = {
    r"\banew\b": "again, from scratch",
    r"\b(say|tell) whether\b": "return whether",
    r"\bany more\b": "no longer",
    r"\bwhoever\b": "the caller, anyone who",
    r"\bask(s|ed)? again\b": "retry, poll",
    r"\btaken? in\b": "accept, store",
    r"\blet in\b": "enrol, admit",
    r"\bwrit(e|ten) down\b": "record",
    r"\bhears? of\b": "receive",
    r"\blets? go of\b": "release",
    r"\bbroken? off\b": "interrupt",
    r"\bhow .{1,20} stands\b": "status of",
    r"\bnobody knows\b": "is unknown",
    r"\bfor who(ever)? ": "for callers that",
    r"\bat the first use\b": "on first use",
    r"\bin the place of\b": "replacing",
    r"\bby halves\b": "partially",
    r"\bgone on with\b": "resumed",
    r"\bgo(es)? on only\b": "continue only if",
    r"\bso many (seconds|bytes)\b": "N seconds, N bytes",
    r"\bmend(s|ed)?\b": "fix, repair",
    r"\bfor want of\b": "for lack of",
    r"\bto be had\b": "available",
    r"\blest\b": "so that … not",
    r"\belse than\b": "other than",
}
ALLOWED = {
    ("hardware/simulator/id_reader.py", "mend"): "a command of the simulator's protocol",
    ("kiosk/commands/simulate_id_reader.py", "mend"): "a command of the simulator's protocol",
    ("docs/hardware/credentials.md", "mend"): "a command of the simulator's protocol",
}


def texts() -> Iterator[tuple[str, str]]:
    """Yield each file of the product and its documents, by its path, with what it says."""
    files = [
        *ROOT.glob("*.md"),
        ROOT / "run",
        ROOT / "setup.cfg",
        ROOT / "pyproject.toml",
        ROOT / "deploy/lock",
    ]
    for path in [*files, *(path for room in ROOMS for path in (ROOT / room).rglob("*"))]:
        if path.is_file() and (path.suffix in KINDS or not path.suffix):
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


TEXTS = dict(texts())


def found(phrase: str) -> set[tuple[str, str]]:
    """Return the files with ``phrase``, each with the words it was found as; a line's end separates words too."""
    pattern = re.compile(phrase.replace(" ", r"\s+"), re.IGNORECASE)
    return {(name, hit[0].lower()) for name, text in TEXTS.items() for hit in pattern.finditer(text)}


@pytest.mark.parametrize(("phrase", "better"), BETTER.items(), ids=list(BETTER.values()))
def test_no_file_has_a_phrase_that_puzzles_readers(phrase, better):
    assert found(phrase) <= ALLOWED.keys(), f"better: {better}"


def test_every_exception_is_still_needed():
    assert set().union(*map(found, BETTER)) >= ALLOWED.keys()


def test_every_room_is_read():
    assert {name.split("/")[0] for name in TEXTS} >= {*ROOMS, "README.md", "run"}
