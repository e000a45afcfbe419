"""One reference file: the rows of the feeds, and how far each feed is, changed together or not at all."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import Any, Self

import msgspec
from msgspec import Struct

from sync.protocol.card_status_list import row_key
from sync.protocol.feeds import CARD_STATUS, REFERENCE_SCHEMA, Change, Page, sum_of_hashes
from sync.store.database import (
    Connection,
    DatabaseError,
    OperationalError,
    connect_plain,
    connect_to_read,
    is_sound,
)

CARD_KEY = "card-key"
"""The key of the row that keeps, beside the card statuses, the key that their hashes were made with."""

ROWS_A_STATEMENT = 250
"""One statement for many rows takes two thirds of the time, and leaves Python to others meanwhile."""
PUT_ROWS = (
    "INSERT INTO row (feed, key, seq, value) VALUES",
    "(?1, ?, ?, ?)",
    "ON CONFLICT (feed, key) DO UPDATE SET seq = excluded.seq, value = excluded.value"
    " WHERE excluded.seq > row.seq",
)
PUT_STATUSES = (
    "INSERT INTO card_status (hash, status) VALUES",
    "(?, ?)",
    "ON CONFLICT (hash) DO UPDATE SET status = excluded.status",
)
NOTE_CURSOR = (
    "INSERT INTO feed (name, epoch, seq, rows, checksum) VALUES (?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE"
    " SET epoch = excluded.epoch, seq = excluded.seq, rows = excluded.rows, checksum = excluded.checksum"
)
KNOWN_STATUSES = (
    "SELECT hash, status FROM json_each(?) AS wanted CROSS JOIN card_status ON hash = wanted.value"
)
KNOWN_OF = (
    "SELECT row.seq, row.key, row.value FROM json_each(?) AS wanted"
    " CROSS JOIN row ON row.feed = ? AND row.key = wanted.value"
)
COUNT_ROWS = "SELECT count(*) FROM row WHERE feed = :feed"
COUNT_STATUSES = "SELECT count(*) FROM card_status"
COLUMNS = {
    "row": ("feed", "key", "seq", "value"),
    "card_status": ("hash", "status"),
    "feed": ("name", "epoch", "seq", "rows", "checksum"),
}


class NotAReferenceFileError(Exception):
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

        :raises NotAReferenceFileError: it is damaged, or another one.
        """
        try:
            _require_sound(path)
            return cls(path)
        except OperationalError:
            raise
        except DatabaseError as error:
            raise NotAReferenceFileError(f"{path.name}: {error}") from error

    def cursor(self, feed: str) -> Cursor | None:
        """Return how far ``feed`` is, or None where it was never begun."""
        row = self._connection.execute(
            "SELECT epoch, seq, rows, checksum FROM feed WHERE name = ?", (feed,)
        ).fetchone()
        return Cursor(*row) if row else None

    def damaged(self) -> list[str]:
        """Return the feeds whose rows, added up one by one, are not what the cursor says."""
        names = [name for (name,) in self._connection.execute("SELECT name FROM feed ORDER BY name")]
        return [name for name in names if not self._is_sound(name)]

    def _is_sound(self, feed: str) -> bool:
        cursor, rows = self.cursor(feed), 0
        total = 0
        for change in self._changes(feed):
            rows += 1
            total += sum_of_hashes(feed, [change])
        return cursor is not None and (rows, f"{total % 2**64:016x}") == (cursor.rows, cursor.checksum)

    def _changes(self, feed: str) -> Iterator[Change]:
        """Yield the rows of ``feed`` as pages bring them."""
        if feed == CARD_STATUS:
            for card, status in self._connection.execute("SELECT hash, status FROM card_status"):
                yield Change(0, row_key(card), str(status))
            return
        for row in self._connection.execute("SELECT seq, key, value FROM row WHERE feed = ?", (feed,)):
            yield Change(*row)

    def begin(self, feed: str, epoch: str) -> None:
        """Empty ``feed`` and set its cursor, so that its first page can be applied."""
        with self._transaction():
            self._connection.execute("DELETE FROM row WHERE feed = ?", (feed,))
            self._save_cursor(feed, nothing_of(epoch))

    def apply(self, page: Page, hashes: int) -> bool:
        """Apply a page and move the cursor, in one transaction.

        A page that does not go on from the cursor changes nothing; return whether it did.

        :param hashes: what the page's changes add to the checksum (``sum_of_hashes``).
        """
        with self._transaction():
            cursor = self.cursor(page.feed)
            if cursor is None or (cursor.epoch, cursor.seq) != (page.epoch, page.after):
                return False
            write = self._write_statuses if page.feed == CARD_STATUS else self._write_rows
            self._save_cursor(page.feed, write(page, hashes, cursor))
            return True

    def load_card_statuses(
        self, cursor: Cursor, card_key: str, statuses: Iterable[tuple[int, int]] = ()
    ) -> None:
        """Replace all card statuses by (hash, status), and the key that the hashes were made with."""
        with self._transaction():
            self._connection.execute("DELETE FROM card_status")
            self._put(PUT_STATUSES, statuses)
            self._connection.execute("DELETE FROM row WHERE feed = ?", (CARD_STATUS,))
            self._put(PUT_ROWS, [(CARD_KEY, cursor.seq, card_key)], (CARD_STATUS,))
            self._save_cursor(CARD_STATUS, cursor)

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

    def _save_cursor(self, feed: str, cursor: Cursor) -> None:
        self._connection.execute(NOTE_CURSOR, (feed, *msgspec.structs.astuple(cursor)))

    def _put(
        self, statement: tuple[str, str, str], rows: Iterable[tuple[Any, ...]], feed: tuple[str, ...] = ()
    ) -> None:
        """Write rows, many with each statement: what it says before, for each and after; ``feed`` is in all of them."""
        before, each, after = statement
        rest = iter(rows)
        while lot := list(islice(rest, ROWS_A_STATEMENT)):
            places = ", ".join([each] * len(lot))
            self._connection.execute(f"{before} {places} {after}", [*feed, *chain.from_iterable(lot)])

    def _write_rows(self, page: Page, hashes: int, cursor: Cursor) -> Cursor:
        keys = _as_json([each.key for each in page.changes])
        found = self._connection.execute(KNOWN_OF, (keys, page.feed)).fetchall()
        known = {key: Change(seq, key, value) for seq, key, value in found}
        changes = [each for each in page.changes if each.key not in known or each.seq > known[each.key].seq]
        if len(changes) < len(page.changes):
            hashes = sum_of_hashes(page.feed, changes)
        gone = [(page.feed, each.key) for each in changes if each.value is None]
        kept = [(each.key, each.seq, each.value) for each in changes if each.value is not None]
        self._connection.executemany("DELETE FROM row WHERE feed = ? AND key = ?", gone)
        self._put(PUT_ROWS, kept, (page.feed,))
        replaced = [known[each.key] for each in changes if each.key in known] if known else []
        return _moved(cursor, page, hashes, len(kept), replaced)

    def _write_statuses(self, page: Page, hashes: int, cursor: Cursor) -> Cursor:
        """Write a page of card statuses: these rows have no ``seq`` of their own, here and in the checksum."""
        cards = [int(each.key, 16) for each in page.changes]
        known = self._connection.execute(KNOWN_STATUSES, (_as_json(cards),)).fetchall()
        kept = [
            (card, int(each.value))
            for card, each in zip(cards, page.changes, strict=True)
            if each.value is not None
        ]
        self._connection.executemany("DELETE FROM card_status WHERE hash = ?", [(card,) for card, _ in known])
        self._put(PUT_STATUSES, kept)
        replaced = [Change(0, row_key(card), str(status)) for card, status in known]
        return _moved(cursor, page, hashes, len(kept), replaced)


def nothing_of(epoch: str) -> Cursor:
    """Return the cursor of a feed of which nothing is here yet."""
    return Cursor(epoch, 0, 0, f"{0:016x}")


def _moved(cursor: Cursor, page: Page, hashes: int, come: int, gone: Sequence[Change]) -> Cursor:
    """Return the cursor after a page that wrote ``come`` rows, of these ``hashes``, replacing ``gone``."""
    total = int(cursor.checksum, 16) + hashes - sum_of_hashes(page.feed, gone)
    return Cursor(page.epoch, page.upto, cursor.rows + come - len(gone), f"{total % 2**64:016x}")


def _require_sound(path: Path) -> None:
    # Side by side: each reads the whole file, and neither waits for Python.
    with ThreadPoolExecutor(1) as beside:
        counting = beside.submit(_require_count, path)
        _require_whole(path)
        counting.result()


def _require_whole(path: Path) -> None:
    with closing(connect_to_read(path)) as connection:
        if not is_sound(connection):
            raise NotAReferenceFileError(f"{path.name} is damaged")
        for table, columns in COLUMNS.items():
            if tuple(row[1] for row in connection.execute(f"PRAGMA table_info({table})")) != columns:
                raise NotAReferenceFileError(f"{path.name} has no table {table} as it should be")


def _require_count(path: Path) -> None:
    """Compare the rows of each feed with what is said of it; a damaged or foreign file is told by the other check."""
    with closing(connect_to_read(path)) as connection:
        for feed, rows in connection.execute("SELECT name, rows FROM feed").fetchall():
            count = COUNT_STATUSES if feed == CARD_STATUS else COUNT_ROWS
            [[found]] = connection.execute(count, {"feed": feed})
            if found != rows:
                raise NotAReferenceFileError(f"{path.name} has {found} rows of {feed} and says {rows}")


def _as_json(values: list[str] | list[int]) -> str:
    return msgspec.json.encode(values).decode()
