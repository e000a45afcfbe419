"""Snapshots: files to start from, named by what is in them; a kiosk that has one goes on with pages."""

import hashlib
import os
import secrets
import sqlite3
import tempfile
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import zstandard
from sqlalchemy import Connection, Engine, Row, select, update

from central.feeds.log import heads_changed, lock
from central.feeds.publisher import Publisher
from central.feeds.tables import feed_rows, feeds
from central.store.database import reading
from sync.protocol.card_status_list import ListHeader, encode
from sync.protocol.feeds import CARD_STATUS, REFERENCE_FEEDS, REFERENCE_SCHEMA, Snapshot

LEVEL = {REFERENCE_FEEDS: 7, (CARD_STATUS,): 9}
"""zstd levels: for these files 7 takes three times as long as 3, for 14 % fewer bytes; 9 saves one more per cent."""
PAGE_BYTES = 8192
"""A page of the reference file: it is read through a sixth quicker than with 4096, and a row is found as quickly."""
CHUNK = 1 << 20
GRACE_SECONDS = 24 * 3600
"""How long a file stays that no manifest names: a download of it may be in progress."""
SHARE, SMALLEST = 0.1, 1_000
"""A new snapshot is due when the log since the last has grown by this share of the rows, and this many."""
ROWS_AT_ONCE = 20_000


def build(engine: Engine, publisher: Publisher) -> list[Snapshot]:
    """Write both snapshots as of now, the reference file and the card status list, and name them in the heads."""
    publisher.snapshots.mkdir(parents=True, exist_ok=True)
    built = []
    for names, write in ((REFERENCE_FEEDS, write_reference), ((CARD_STATUS,), write_card_statuses)):
        with tempfile.TemporaryDirectory(dir=publisher.snapshots, prefix=".") as folder:
            plain = Path(folder) / "plain"
            with reading(engine) as connection:
                found = _heads(connection, names)
                if not found or _is_there(publisher, found):
                    continue
                write(connection, found, plain)
            if names == REFERENCE_FEEDS:
                _pack(plain)
            snapshot = store(plain, publisher.snapshots, LEVEL[names])
        with engine.begin() as tx:
            _announce(tx, found, snapshot)
        built.append(snapshot)
    _remove_old(engine, publisher.snapshots)
    return built


def due(connection: Connection) -> bool:
    """Return whether pages since the last snapshot have become many."""
    found = connection.execute(select(feeds).where(feeds.c.name.in_((*REFERENCE_FEEDS, CARD_STATUS))))
    return any(
        row.seq > row.snapshot_seq
        and (row.snapshot_sha256 is None or row.seq - row.snapshot_seq > max(SMALLEST, row.rows * SHARE))
        for row in found
    )


def gone(connection: Connection, folder: Path) -> bool:
    """Return whether a file that a head names is missing: a kiosk that has to start over could not."""
    named = connection.execute(
        select(feeds.c.snapshot_sha256).where(feeds.c.snapshot_sha256.is_not(None)).distinct()
    )
    return any(not (folder / digest).is_file() for digest in named.scalars())


def write_reference(connection: Connection, found: Sequence[Row[Any]], target: Path) -> None:
    """Write the reference file: every row of ``found`` feeds, and how far they are."""
    file = sqlite3.connect(target, isolation_level=None)
    try:
        # A draft: after a power cut it is written again.
        settings = f"PRAGMA page_size={PAGE_BYTES}; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF"
        file.executescript(f"{settings}; {REFERENCE_SCHEMA} BEGIN")
        for row in sorted(found, key=lambda each: each.name):
            about = (row.name, row.epoch, row.seq, row.rows, row.checksum)
            file.execute("INSERT INTO feed VALUES (?, ?, ?, ?, ?)", about)
            file.executemany("INSERT INTO row VALUES (?, ?, ?, ?)", _rows(connection, row.name))
        file.execute("COMMIT")
    finally:
        file.close()


def write_card_statuses(connection: Connection, found: Sequence[Row[Any]], target: Path) -> None:
    """Write the card status list, not yet compressed."""
    [head] = found
    listed = sorted((int(key, 16), int(value)) for _, key, _, value in _rows(connection, CARD_STATUS))
    header = ListHeader(epoch=head.epoch, seq=head.seq, rows=head.rows, checksum=head.checksum)
    target.write_bytes(encode(header, [card for card, _ in listed], bytes(status for _, status in listed)))


def store(plain: Path, folder: Path, level: int) -> Snapshot:
    """Compress a file into ``folder`` under the SHA-256 of what comes out; it is there whole or not at all."""
    draft = folder / f".{secrets.token_hex(8)}"
    digest, size = hashlib.sha256(), 0
    try:
        with open(plain, "rb") as source, open(draft, "xb") as packed:
            for chunk in zstandard.ZstdCompressor(level).read_to_iter(source, plain.stat().st_size):
                digest.update(chunk)
                size += packed.write(chunk)
            packed.flush()
            os.fsync(packed.fileno())
        draft.rename(folder / digest.hexdigest())
        _sync(folder)
    finally:
        draft.unlink(missing_ok=True)
    return Snapshot(digest.hexdigest(), size)


def _heads(connection: Connection, names: Iterable[str]) -> list[Row[Any]]:
    return list(connection.execute(select(feeds).where(feeds.c.name.in_(tuple(names)))))


def _pack(file: Path) -> None:
    """Fill the pages; not done where the rows are read, because on SQLite that lets nobody write.

    The file is one with a write-ahead log from the start: to make it one costs a kiosk a write to its disk.
    """
    connection = sqlite3.connect(file, isolation_level=None)
    connection.executescript(
        "PRAGMA synchronous=OFF; PRAGMA journal_mode=OFF; VACUUM; PRAGMA journal_mode=WAL"
    )
    connection.close()


def _is_there(publisher: Publisher, found: Iterable[Row[Any]]) -> bool:
    return all(
        row.snapshot_sha256
        and row.snapshot_seq == row.seq
        and (publisher.snapshots / row.snapshot_sha256).exists()
        for row in found
    )


def _rows(connection: Connection, feed: str) -> Iterable[Any]:
    """Yield the rows that are there as (feed, key, seq, value), in the order of their keys' code points."""
    c = feed_rows.c
    key = c.key.collate("C") if connection.dialect.name == "postgresql" else c.key
    wanted = (
        select(c.feed, c.key, c.seq, c.value).where((c.feed == feed) & c.value.is_not(None)).order_by(key)
    )
    for lot in connection.execution_options(yield_per=ROWS_AT_ONCE).execute(wanted).partitions():
        yield from map(tuple, lot)


def _announce(tx: Connection, found: Iterable[Row[Any]], snapshot: Snapshot) -> None:
    """Name the snapshot in the heads, unless their epoch or a newer snapshot has come meanwhile."""
    lock(tx)
    c = feeds.c
    for row in found:
        still = (c.name == row.name) & (c.epoch == row.epoch) & (c.snapshot_seq <= row.seq)
        values = {
            "snapshot_sha256": snapshot.sha256,
            "snapshot_bytes": snapshot.bytes,
            "snapshot_seq": row.seq,
        }
        tx.execute(update(feeds).where(still).values(values))
    heads_changed(tx, datetime.now(UTC))


def _remove_old(engine: Engine, folder: Path) -> None:
    with reading(engine) as connection:
        used = set(connection.execute(select(feeds.c.snapshot_sha256)).scalars())
    for file in folder.iterdir():
        if file.name not in used and time.time() - file.stat().st_mtime > GRACE_SECONDS and file.is_file():
            file.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
