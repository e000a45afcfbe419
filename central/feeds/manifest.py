"""The signed manifest: how far each feed is that one kiosk follows."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, bindparam, select

from central.feeds.log import head, heads_changed, lock
from central.feeds.names import MAX_AGE, PUBLIC, commands_of, public_name
from central.feeds.publisher import Publisher
from central.feeds.tables import feed_manifest, feeds
from sync.protocol import algorithms
from sync.protocol.feeds import FeedHead, Manifest, SignedManifest, Snapshot

ASK_AGAIN = 30
"""Seconds until a kiosk receives a command or a lost card."""

HEADS = select(feeds, select(feed_manifest.c.number).scalar_subquery().label("manifest")).where(
    feeds.c.name.in_(bindparam("names", expanding=True))
)


class Heads(Struct, frozen=True):
    """The heads as of one moment: those that all kiosks follow, the commands to some, and the manifest's number."""

    public: Sequence[FeedHead]
    commands: Mapping[str, FeedHead]
    number: int

    def of(self, kiosk_id: str) -> list[FeedHead]:
        """Return the heads of the feeds that a kiosk follows, as far as they have begun."""
        own = self.commands.get(commands_of(kiosk_id))
        return [*self.public, own] if own else list(self.public)


def heads(connection: Connection, kiosk_ids: Iterable[str]) -> Heads:
    """Return what the manifests of these kiosks tell, in one statement: every kiosk asks twice a minute."""
    names = {*PUBLIC, *map(commands_of, kiosk_ids)}
    rows = connection.execute(HEADS, {"names": list(names)}).all()
    found = {row.name: shown_head(row) for row in rows}
    public = [found.pop(name) for name in PUBLIC if name in found]
    return Heads(public, found, max((row.manifest or 0 for row in rows), default=0))


def begin_feeds(tx: Connection, names: Iterable[str], at: datetime) -> None:
    """Begin the feeds that have not begun yet."""
    lock(tx)
    missing = _missing(tx, names)
    for name in missing:
        head(tx, name)
    if missing:
        heads_changed(tx, at)


def begun(connection: Connection, names: Iterable[str]) -> bool:
    """Return whether all these feeds have begun."""
    return not _missing(connection, names)


def _missing(connection: Connection, names: Iterable[str]) -> set[str]:
    wanted = set(names)
    return wanted - set(connection.execute(select(feeds.c.name).where(feeds.c.name.in_(wanted))).scalars())


def shown_head(row: Row[Any]) -> FeedHead:
    """Return a feed's head as kiosks see it."""
    snapshot = Snapshot(row.snapshot_sha256, row.snapshot_bytes) if row.snapshot_sha256 else None
    name = public_name(row.name)
    columns = ("epoch", "seq", "min_seq", "rows", "checksum", "snapshot_seq")
    about = {column: getattr(row, column) for column in columns}
    return FeedHead(name=name, max_age=MAX_AGE[name], snapshot=snapshot, **about)


def number(connection: Connection) -> int:
    """Return the manifest's number, which goes up with every change of a head."""
    return connection.execute(select(feed_manifest.c.number)).scalar_one_or_none() or 0


def entity_tag(publisher: Publisher, found: list[FeedHead]) -> str:
    """Return what names this state of the heads, and the keys they are told with."""
    content = (publisher.public_key, publisher.listed_keys(), publisher.card_key.hex(), found)
    return f'"{hashlib.sha256(msgspec.json.encode(content)).hexdigest()[:32]}"'


def sign(
    publisher: Publisher, kiosk_id: str, found: list[FeedHead], last: int, at: datetime
) -> SignedManifest:
    """Return the manifest number ``last`` for one kiosk."""
    manifest = Manifest(
        number=last,
        kiosk_id=kiosk_id,
        issued_at=at,
        ask_again=ASK_AGAIN,
        card_key=publisher.card_key.hex(),
        keys=list(publisher.listed_keys()),
        feeds=found,
    )
    content = msgspec.json.encode(manifest)
    key = publisher.keys.signing(at).private
    signature = algorithms.as_text(key.sign(content))
    return SignedManifest(key.algorithm, key.key_id, content.decode(), signature)
