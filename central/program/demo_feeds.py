"""What a fresh centre publishes for the demonstration."""

import tomllib
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path

import msgspec
from sqlalchemy import Connection, select

from central.feeds.publishing import Change, card_value
from central.feeds.sequencer import load
from central.store.tables import cards
from sync.protocol.card_status_list import LISTED
from sync.protocol.feeds import CARD_STATUS

DEMO_FEEDS = Path(__file__).with_name("demo_feeds.toml")
BUNDLED = ("guides", "answers")


def publish_all(tx: Connection, card_key: bytes) -> None:
    """Publish what comes with the rules, outlets and a notice, and the cards that are lost; twice changes nothing."""
    load(tx, "regions", _region_packs(), card_key)
    for feed in BUNDLED:
        load(tx, feed, _rows(_content(f"{feed}.toml")), card_key)
    for feed, rows in tomllib.loads(DEMO_FEEDS.read_text("utf-8")).items():
        load(tx, feed, _rows(rows), card_key)
    load(tx, CARD_STATUS, _listed_cards(tx), card_key)


def _content(name: str) -> Mapping[str, object]:
    """Return the guides or the answers that come with the rules, for kiosks to which nothing was published."""
    return tomllib.loads((resources.files("kiosk.rules") / "content" / name).read_text("utf-8"))


def _rows(table: Mapping[str, object]) -> list[Change]:
    return [(key, msgspec.json.encode(row).decode()) for key, row in table.items()]


def _region_packs() -> Iterator[Change]:
    """Yield each pack's TOML text under its code."""
    files = (resources.files("kiosk.rules") / "regions").iterdir()
    for file in sorted(files, key=lambda each: each.name):
        if file.name.endswith(".toml"):
            yield file.name.split("-")[0], msgspec.json.encode(file.read_text("utf-8")).decode()


def _listed_cards(tx: Connection) -> list[Change]:
    wanted = select(cards.c.identity, cards.c.status).where(cards.c.status.in_(list(LISTED)))
    return [(card.identity, card_value(card.status)) for card in tx.execute(wanted)]
