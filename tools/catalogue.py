"""Brings the catalogues of other languages up to date with every text that a citizen may see.

Example: python -m tools.catalogue

A text that is new gets an empty translation, one that is gone is dropped; then a person writes what is empty.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

import kiosk
from kiosk.rules import regions
from kiosk.rules.words import Channel

ROOT = Path(__file__).parent.parent
CATALOGUES = sorted((ROOT / "kiosk" / "dialogue" / "locale").glob("*/LC_MESSAGES/kiosk.po"))
SAID_TOPICS = (
    *("operation", "channel", "state", "paper", "detail", "after"),
    *("card-operation", "pin-policy", "new-pin", "guidance", "circumstance", "card-fee", "deadline"),
    *("time", "transfer-papers", "retirement-age", "elastic-retirement", "minimum-contribution"),
    *("benefit-place", "flexible-insurance", "contribution-split", "collection-plan", "resident-pension"),
    *("disability-subsidy", "transfer", "pension-systems", "lump-sum", "termination", "death-benefits"),
    *("duplicate-pension",),
)
"""What the services say in the words of the rules: topics of kiosk/rules/texts.toml."""

IN_KV = re.compile(r"\b_\((['\"])(.+?)\1\)")

Found = tuple[str, str]
"""A text, and the file it stands in."""


def texts() -> Iterator[Found]:
    """Return every text that a citizen may see, with the file it stands in."""
    for room in ("kiosk", "screens"):
        for path in sorted((ROOT / room).rglob("*.py")):
            yield from ((text, _name(path)) for text in _marked(path))
        for path in sorted((ROOT / room).rglob("*.kv")):
            yield from ((match[2], _name(path)) for match in IN_KV.finditer(path.read_text()))
    yield from ((text, "kiosk/menu/groups.toml") for text in _of_the_groups())
    yield from ((text, "kiosk/menu/topics.toml") for text in _of_the_topics())
    yield from ((text, "kiosk/rules/texts.toml") for text in _of_the_rules())
    yield from ((text, "kiosk/rules/regions") for text in _of_the_regions())


def update(path: Path) -> None:
    """Rewrite the catalogue at ``path``: all current texts, with the translations that it has."""
    with path.open("rb") as file:
        before = read_po(file)
    after = Catalog(
        locale=before.locale,
        project="branch-kiosk",
        version=kiosk.__version__,
        msgid_bugs_address="",
        last_translator="",
        language_team="",
        creation_date=before.creation_date,
        revision_date=before.creation_date,
        fuzzy=False,
    )
    for text, where in texts():
        known = before.get(text)
        after.add(text, known.string if known else "", locations=[(where, 0)])
    after.header_comment = (
        "# Translations of what citizens read; `python -m tools.catalogue` keeps the texts."
    )
    with path.open("wb") as file:
        write_po(file, after, width=110, include_lineno=False, omit_header=False)


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _marked(path: Path) -> Iterator[str]:
    with path.open("rb") as file:
        for _line, text, _comments, _context in extract("python", file, keywords={"_": None}):
            yield str(text)


def _of_the_groups() -> Iterator[str]:
    for group in tomllib.loads((ROOT / "kiosk/menu/groups.toml").read_text())["group"]:
        yield from (group["title"], group["hint"])


def _of_the_topics() -> Iterator[str]:
    for topic in tomllib.loads((ROOT / "kiosk/menu/topics.toml").read_text())["topic"]:
        yield from (topic["title"], topic["place"])


def _of_the_rules() -> Iterator[str]:
    sentences = tomllib.loads((ROOT / "kiosk/rules/texts.toml").read_text())
    for topic in SAID_TOPICS:
        yield from sentences[topic].values()


def _of_the_regions() -> Iterator[str]:
    for code in regions.codes():
        pack = regions.pack(code)
        yield pack.name
        named = [pack.names[channel] for channel in get_args(Channel)] + [way.called for way in pack.way]
        yield from (name.value for name in named if name)
        for advice in pack.advice:
            told = (advice.places, advice.papers, advice.tells)
            yield from (text for stated in told if stated for text in stated.value)


if __name__ == "__main__":
    for catalogue in CATALOGUES:
        update(catalogue)
