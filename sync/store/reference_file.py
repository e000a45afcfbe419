"""One reference file: the rows of the feeds, and how far each feed is, changed together or not at all."""

import struct
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import Self

import msgspec
from msgspec import Struct

from sync.protocol.card_status_list import row_key
from sync.protocol.feeds import CARD_STATUS, REFERENCE_SCHEMA, Page
from sync.store.database import (
    Connection,
    DatabaseError,
    OperationalError,
    connect_plain,
    is_sound,
)

CARD_KEY = "card-key"
"""The key of the row that keeps, beside the card statuses, the key that their hashes were made with."""

UPSERT = (
    "INSERT INTO row (feed, key, seq, value) VALUES (?, ?, ?, ?) ON CONFLICT (feed, key)"
    " DO UPDATE SET seq = excluded.seq, value = excluded.value WHERE excluded.seq > row.seq"
)
NOTE_CURSOR = (
    "INSERT INTO feed (name, epoch, seq, rows, checksum) VALUES (?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE"
    " SET epoch = excluded.epoch, seq = excluded.seq, rows = excluded.rows, checksum = excluded.checksum"
)
UPSERT_STATUS = (
    "INSERT INTO card_status (hash, status) VALUES (?, ?)"
    " ON CONFLICT (hash) DO UPDATE SET status = excluded.status"
)
KNOWN_STATUSES = (
    "SELECT hash, status FROM json_each(?) AS wanted CROSS JOIN card_status ON hash = wanted.value"
)
KNOWN_OF = (
    "SELECT row.key, row.seq, row.value FROM json_each(?) AS wanted"
    " CROSS JOIN row ON row.feed = ? AND row.key = wanted.value"
)
COLUMNS = {
    "row": ("feed", "key", "seq", "value"),
    "card_status": ("hash", "status"),
    "feed": ("name", "epoch", "seq", "rows", "checksum"),
}
Rows = Sequence[tuple[str, str, int, str]]
"""Rows as (feed, key, seq, value)."""


class NotAReferenceFile(Exception):
    """The file is no SQLite file, is damaged, or has other tables; it must not be used."""


class Cursor(Struct, frozen=True):
    """How far a feed is here, and what it holds there."""

    epoch: str
    seq: int
    rows: int
    checksum: str


class ReferenceFile:
    """The open file at ``path``; the one process that writes it uses this, from one thread."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection: Connection = connect_plain(path)

    @classmethod
    def create(cls, path: Path) -> Self:
        """Make an empty file."""
        empty = cls(path)
        for statement in filter(str.strip, REFERENCE_SCHEMA.split(";")):
            empty._connection.execute(statement)
        return empty

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a file after reading it through and comparing its tables with ours.

        :raises NotAReferenceFile: it is damaged, or another one.
        """
        try:
            found = cls(path)
        except OperationalError:
            raise
        except DatabaseError as error:
            raise NotAReferenceFile(f"{path.name}: {error}") from error
        try:
            _require_sound(found._connection, path.name)
        except BaseException:
            found.close()
            raise
        return found

    def cursor(self, feed: str) -> Cursor | None:
        """Return how far ``feed`` is, or None where it was never begun."""
        row = self._connection.execute(
            "SELECT epoch, seq, rows, checksum FROM feed WHERE name = ?", (feed,)
        ).fetchone()
        return Cursor(*row) if row else None

    def begin(self, feed: str, epoch: str) -> None:
        """Empty ``feed`` and set its cursor, so that its first page can be applied."""
        with self._transaction():
            self._connection.execute("DELETE FROM row WHERE feed = ?", (feed,))
            self._note(feed, nothing_of(epoch))

    def apply(self, page: Page) -> bool:
        """Apply a page and move the cursor, in one transaction.

        A page that does not go on from the cursor changes nothing; return whether it did.
        """
        with self._transaction():
            cursor = self.cursor(page.feed)
            if cursor is None or (cursor.epoch, cursor.seq) != (page.epoch, page.after):
                return False
            write = self._write_statuses if page.feed == CARD_STATUS else self._write_rows
            self._note(page.feed, write(page, cursor))
            return True

    def load_card_statuses(
        self, cursor: Cursor, card_key: str, statuses: Iterable[tuple[int, int]] = ()
    ) -> None:
        """Replace all card statuses by (hash, status), and the key that the hashes were made with."""
        with self._transaction():
            self._connection.execute("DELETE FROM card_status")
            self._connection.executemany("INSERT INTO card_status (hash, status) VALUES (?, ?)", statuses)
            self._connection.execute("DELETE FROM row WHERE feed = ?", (CARD_STATUS,))
            self._connection.execute(UPSERT, (CARD_STATUS, CARD_KEY, cursor.seq, card_key))
            self._note(CARD_STATUS, cursor)

    def copy_from(self, other: Path, feeds: Iterable[str]) -> None:
        """Take over ``feeds``, rows and cursors, from another file."""
        feeds = list(feeds)
        names = _as_json(feeds)
        self._connection.execute("ATTACH ? AS other", (str(other),))
        try:
            with self._transaction():
                for table, name in (("row", "feed"), ("feed", "name")):
                    chosen = f"WHERE {name} IN (SELECT value FROM json_each(?))"  # noqa: S608 names of our own
                    self._connection.execute(f"DELETE FROM main.{table} {chosen}", (names,))  # noqa: S608
                    self._connection.execute(
                        f"INSERT INTO main.{table} SELECT * FROM other.{table} {chosen}",  # noqa: S608
                        (names,),
                    )
                if CARD_STATUS in feeds:
                    self._connection.execute("DELETE FROM main.card_status")
                    self._connection.execute("INSERT INTO main.card_status SELECT * FROM other.card_status")
        finally:
            self._connection.execute("DETACH other")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def _note(self, feed: str, cursor: Cursor) -> None:
        self._connection.execute(NOTE_CURSOR, (feed, *msgspec.structs.astuple(cursor)))

    def _write_rows(self, page: Page, cursor: Cursor) -> Cursor:
        keys = _as_json([each.key for each in page.changes])
        found = self._connection.execute(KNOWN_OF, (keys, page.feed))
        known = {row[0]: (page.feed, *row) for row in found}
        changes = [each for each in page.changes if each.key not in known or each.seq > known[each.key][2]]
        gone = [(page.feed, each.key) for each in changes if each.value is None]
        kept = [(page.feed, each.key, each.seq, each.value) for each in changes if each.value is not None]
        self._connection.executemany("DELETE FROM row WHERE feed = ? AND key = ?", gone)
        self._connection.executemany(UPSERT, kept)
        before = [known[each.key] for each in changes if each.key in known] if known else []
        return _moved(cursor, page, kept, before)

    def _write_statuses(self, page: Page, cursor: Cursor) -> Cursor:
        """Write a page of card statuses: these rows have no ``seq`` of their own, here and in the checksum."""
        hashes = [int(each.key, 16) for each in page.changes]
        known = dict(self._connection.execute(KNOWN_STATUSES, (_as_json(hashes),)).fetchall())
        kept = [
            (card, int(each.value))
            for card, each in zip(hashes, page.changes, strict=True)
            if each.value is not None
        ]
        self._connection.executemany("DELETE FROM card_status WHERE hash = ?", [(card,) for card in known])
        self._connection.executemany(UPSERT_STATUS, kept)
        return _moved(
            cursor,
            page,
            *(
                [(page.feed, row_key(card), 0, str(status)) for card, status in rows]
                for rows in (kept, known.items())
            ),
        )


def nothing_of(epoch: str) -> Cursor:
    """Return the cursor of a feed of which nothing is here yet."""
    return Cursor(epoch, 0, 0, f"{0:016x}")


def _moved(cursor: Cursor, page: Page, come: Rows, gone: Rows) -> Cursor:
    """Return the cursor after a page that wrote the rows ``come`` in the place of ``gone``."""
    total = int(cursor.checksum, 16) + _hashes(come) - _hashes(gone)
    return Cursor(page.epoch, page.upto, cursor.rows + len(come) - len(gone), f"{total % 2**64:016x}")


def _require_sound(connection: Connection, name: str) -> None:
    if not is_sound(connection):
        raise NotAReferenceFile(f"{name} is damaged")
    for table, columns in COLUMNS.items():
        if tuple(row[1] for row in connection.execute(f"PRAGMA table_info({table})")) != columns:
            raise NotAReferenceFile(f"{name} has no table {table} as it should be")
    counted = dict(connection.execute("SELECT feed, count(*) FROM row GROUP BY feed"))
    counted |= dict(connection.execute("SELECT ?, count(*) FROM card_status", (CARD_STATUS,)))
    for feed, rows in connection.execute("SELECT name, rows FROM feed"):
        if counted.get(feed, 0) != rows:
            raise NotAReferenceFile(f"{name} has {counted.get(feed, 0)} rows of {feed} and says {rows}")


def _hashes(rows: Rows) -> int:
    """Return the sum of the rows' hashes (``row_hash``), all in one go: a page has ten thousand."""
    digests = [
        blake2b(f"{seq}\0{key}\0{value}".encode(), digest_size=8).digest() for _, key, seq, value in rows
    ]
    return sum(struct.unpack(f">{len(digests)}Q", b"".join(digests)))


def _as_json(values: list[str] | list[int]) -> str:
    return msgspec.json.encode(values).decode()
