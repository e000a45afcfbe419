"""A centre that only publishes: the protocol of sync/protocol/feeds.py in memory, as the tests want it to behave."""

import hashlib
import json
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import msgspec
import zstandard

from sync.client import Answer, CentralRefusedError
from sync.protocol.algorithms import as_text
from sync.protocol.card_status_list import ListHeader, card_hash, encode, row_key
from sync.protocol.feeds import (
    CARD_STATUS,
    REFERENCE_FEEDS,
    REFERENCE_SCHEMA,
    Change,
    FeedHead,
    Manifest,
    Page,
    SignedManifest,
    Snapshot,
    checksum,
    counted_seq,
    row_hash,
    sum_of_hashes,
)
from sync.protocol.signature import sign_answer
from tests.keys import a_key

CARD_KEY = bytes(range(32))


class Published:
    """One feed: every change in its order, and what the rows are after all of them."""

    def __init__(self, epoch: str = "e1", name: str = "guides") -> None:
        self.epoch, self.changes, self.min_seq = epoch, [], 0
        self.counted = partial(counted_seq, name)

    def put(self, key: str, value: object) -> None:
        text = None if value is None else json.dumps(value, ensure_ascii=False)
        self.changes.append(Change(len(self.changes) + 1, key, text))

    @property
    def seq(self) -> int:
        return len(self.changes)

    def rows(self) -> dict[str, Change]:
        last = {each.key: each for each in self.changes}
        return {key: each for key, each in last.items() if each.value is not None}

    def checksum(self) -> str:
        hashes = (row_hash(each.key, self.counted(each.seq), each.value) for each in self.rows().values())
        return checksum(hashes)

    def page(self, name: str, after: int, upto: int) -> Page:
        last = {each.key: each for each in self.changes[after:upto]}
        return Page(name, self.epoch, after, upto, sorted(last.values(), key=lambda each: each.key))


def apply(replica, page: Page) -> bool:
    """Give a copy the page as it comes from a centre."""
    return replica.apply(page, sum_of_hashes(page.feed, page.changes))


class Publisher:
    """Stands in for ``CentralClient``. ``before(path)`` is called with every request and may raise.

    ``forge(bytes)`` may change a snapshot on its way, which goes in pieces of ``piece`` bytes; ``asked`` are the paths
    that were asked for.
    """

    clock_offset = 0.0

    def __init__(self, kiosk_id: str = "K1", *feeds: str) -> None:
        self.kiosk_id = kiosk_id
        self.feeds = {name: Published(name=name) for name in feeds or ("guides",)}
        self.key = a_key()
        self.number = self.questions = 0
        self.max_age, self.ask_again = 3600, 60
        self.snapshots: dict[str, bytes] = {}
        self.snapshot_of: dict[str, tuple[Snapshot, int]] = {}
        self.asked: list[str] = []
        self.before: Callable[[str], None] = lambda path: None
        self.piece = 64 * 1024
        self.forge: Callable[[bytes], bytes] = lambda content: content

    @property
    def public_key(self) -> str:
        return as_text(self.key.public_key)

    def __getitem__(self, name: str) -> Published:
        return self.feeds[name]

    # What the client of the kiosk calls.

    def read(self, path: str, unless: str = ""):
        self.asked.append(path)
        self.before(path)
        if path == "/v1/feeds":
            content = msgspec.json.encode(self.signed(self.manifest()))
            tag = hashlib.sha256(
                repr([(n, f.epoch, f.seq) for n, f in self.feeds.items()]).encode()
            ).hexdigest()
            return self.answer(304, tag, b"") if tag == unless else self.answer(200, tag, content)
        name, epoch, places = path.removeprefix("/v1/feeds/").split("/")
        after, upto = map(int, places.split("-"))
        feed = self.feeds[name]
        if epoch != feed.epoch or after < feed.min_seq or upto > feed.seq:
            raise CentralRefusedError("must-refetch", "")
        content = zstandard.compress(msgspec.msgpack.encode(feed.page(name, after, upto)))
        return Answer(200, {}, content)

    def answer(self, status: int, tag: str, content: bytes):
        self.questions += 1
        asked = f"kiosk=:{self.questions}:"
        headers = {"ETag": tag} | sign_answer(self.key, status, tag, content, asked)
        return Answer(status, {name.lower(): value for name, value in headers.items()}, content, asked)

    @contextmanager
    def stream(self, path: str, start: int):
        self.asked.append(path)
        self.before(path)
        content = self.forge(self.snapshots[path.removeprefix("/v1/snapshots/")])
        yield (content[place : place + self.piece] for place in range(start, len(content), self.piece))

    # What the centre's staff do.

    def manifest(self) -> Manifest:
        self.number += 1
        return Manifest(
            number=self.number,
            kiosk_id=self.kiosk_id,
            issued_at=datetime.now(UTC),
            ask_again=self.ask_again,
            feeds=[self.head(name) for name in self.feeds],
            card_key=CARD_KEY.hex(),
        )

    def head(self, name: str) -> FeedHead:
        feed = self.feeds[name]
        snapshot, seq = self.snapshot_of.get(name, (None, 0))
        return FeedHead(
            name=name,
            epoch=feed.epoch,
            seq=feed.seq,
            min_seq=feed.min_seq,
            rows=len(feed.rows()),
            checksum=feed.checksum(),
            max_age=self.max_age,
            snapshot=snapshot,
            snapshot_seq=seq,
        )

    def signed(self, manifest: Manifest) -> SignedManifest:
        text = msgspec.json.encode(manifest).decode()
        signature = as_text(self.key.sign(text.encode()))
        return SignedManifest(self.key.algorithm, self.key.key_id, text, signature)

    def build_snapshot(self, spoil: Callable[[sqlite3.Connection], None] = lambda database: None) -> Snapshot:
        """Write all reference feeds into a file, as the centre does, and offer it."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "snapshot.db")
            database = sqlite3.connect(path)
            database.executescript(REFERENCE_SCHEMA)
            reference = {name: feed for name, feed in self.feeds.items() if name in REFERENCE_FEEDS}
            for name, feed in reference.items():
                rows = feed.rows().values()
                database.executemany(
                    "INSERT INTO row VALUES (?, ?, ?, ?)",
                    [(name, each.key, each.seq, each.value) for each in rows],
                )
                about = (name, feed.epoch, feed.seq, len(rows), feed.checksum())
                database.execute("INSERT INTO feed VALUES (?, ?, ?, ?, ?)", about)
            spoil(database)
            database.commit()
            database.close()
            return self.offer(path.read_bytes(), *reference)

    def offer(self, plain: bytes, *feeds: str) -> Snapshot:
        """Offer these bytes, packed, as the snapshot of ``feeds``."""
        packed = zstandard.compress(plain)
        snapshot = Snapshot(hashlib.sha256(packed).hexdigest(), len(packed))
        self.snapshots[snapshot.sha256] = packed
        self.snapshot_of |= {name: (snapshot, self.feeds[name].seq) for name in feeds}
        return snapshot

    def list_card(self, card_identity: str, status: int | None) -> None:
        self.feeds[CARD_STATUS].put(row_key(card_hash(CARD_KEY, card_identity)), status)

    def build_card_list(self) -> Snapshot:
        """Write the card status list, as the centre does, and offer it."""
        feed = self.feeds[CARD_STATUS]
        rows = sorted(feed.rows().values(), key=lambda each: each.key)
        header = ListHeader(epoch=feed.epoch, seq=feed.seq, rows=len(rows), checksum=feed.checksum())
        hashes = [int(each.key, 16) for each in rows]
        return self.offer(encode(header, hashes, bytes(int(each.value) for each in rows)), CARD_STATUS)

    def restore(self, name: str, seq: int, epoch: str) -> None:
        """Be the centre as it comes back from a backup: fewer changes, and a new epoch."""
        self.feeds[name].changes = self.feeds[name].changes[:seq]
        self.feeds[name].epoch = epoch
