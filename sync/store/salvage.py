"""What can still be read of a damaged store, brought into a new one.

The events keep their ids and their places in the old install epoch, so that the centre knows again what it has.
"""

import json
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import msgspec
import structlog

from sync.protocol.events import StoreSalvaged, StoreSetAside
from sync.store import chain
from sync.store.database import Connection, DatabaseError, connect, connect_to_salvage
from sync.store.events import record
from sync.store.transaction import Transaction

TABLES = ("epochs", "outbox", "journal", "audit", "record_days")
NOT_TOLD = ("epochs", "record_days")
"""Counters, which are no records themselves."""
JSON_COLUMNS = {"body", "intent", "details", "data"}
STRETCH, PROBES = 256, 32
"""Rows are read in stretches; one of which none of so many places, evenly spread, can be read is lost."""
ROWS_BEYOND = 2_000
"""How far to look for rows when nothing says how many there were."""

log = structlog.get_logger(__name__)


def salvage(damaged: Path, new: Path, key: bytes, *, aside: str) -> StoreSalvaged:
    """Copy every readable row of ``damaged`` into the store ``new``, all in one transaction, and report it."""
    source = _DamagedFile(damaged, key)
    with closing(connect(new, key)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        tx = Transaction(connection)
        copied = {table: _copy(source, tx, table) for table in TABLES}
        told = {table: rows for table, rows in copied.items() if table not in NOT_TOLD}
        _complete_epochs(tx)
        salvaged = StoreSalvaged(**told, unreadable=source.unreadable)
        tx.execute(
            "INSERT INTO meta (key, value) VALUES ('salvaged', ?)", (msgspec.json.encode(salvaged).decode(),)
        )
        chain.chain_all(tx)
        record(tx, StoreSetAside(file=aside))
        record(tx, salvaged)
        connection.execute("COMMIT")
    source.close()
    log.error("store_salvaged", **msgspec.structs.asdict(salvaged))
    return salvaged


def _copy(source: "_DamagedFile", tx: Transaction, table: str) -> int:
    """Copy one table's readable rows, in their order; return how many."""
    known = {row["name"] for row in tx.rows("SELECT name FROM pragma_table_info(?)", (table,))} - {"place"}
    count = 0
    for row in source.rows(table):
        row = {name: value for name, value in row.items() if name in known}
        if not _is_whole(row):
            source.unreadable += 1
            continue
        if row.get("state") == "sending":
            row["state"] = "queued"
        if table == "outbox":
            tx.execute(
                "INSERT INTO epochs (install_epoch) VALUES (?) ON CONFLICT DO NOTHING",
                (row["install_epoch"],),
            )
        names, values = ", ".join(row), ", ".join("?" * len(row))
        # OR IGNORE: what a constraint rejects counts as unreadable.
        sql = f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({values})"  # noqa: S608 names of our own columns
        inserted = tx.execute(sql, list(row.values())).rowcount
        count += inserted
        source.unreadable += 1 - inserted
    return count


def _is_whole(row: dict[str, Any]) -> bool:
    """Return whether the value is valid JSON; the pages are authenticated, so that the rest is what was written."""
    try:
        for name in JSON_COLUMNS & row.keys():
            if row[name] is not None:
                json.loads(row[name])
    except ValueError:
        return False
    return True


def _complete_epochs(tx: Transaction) -> None:
    """Bring the counters of the old epochs up to what the rows show, where the counters themselves were lost."""
    tx.execute(
        "UPDATE epochs SET"
        " last_seq = max(last_seq, (SELECT coalesce(max(seq), 0) FROM outbox o"
        "   WHERE o.install_epoch = epochs.install_epoch)),"
        " acknowledged = max(acknowledged, (SELECT count(*) FROM outbox o"
        "   WHERE o.install_epoch = epochs.install_epoch AND o.state = 'acknowledged'))"
    )


class _DamagedFile:
    """A database of which some pages cannot be read. After each failure the connection is opened again."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._path, self._key = path, key
        self._connection: Connection | None = None
        self.unreadable = 0

    def close(self) -> None:
        """Release the file."""
        if self._connection is not None:
            with suppress(DatabaseError):
                self._connection.close()
            self._connection = None

    def rows(self, table: str) -> Iterator[dict[str, Any]]:
        """Yield every row of ``table`` that can be read, in its order."""
        last = self._last_rowid(table)
        for first in range(1, last + 1, STRETCH):
            yield from self._between(table, first, min(first + STRETCH - 1, last))

    def _between(self, table: str, first: int, last: int) -> Iterator[dict[str, Any]]:
        """Read a range of rowids; where that fails, each half of what is left of it."""
        while first <= last:
            try:
                for rowid, row in self._read(table, first, last):
                    first = rowid + 1
                    yield row
                return
            except DatabaseError:
                self.close()
            if first >= last or self._is_lost(table, first, last):
                self.unreadable += last - first + 1
                return
            middle = (first + last) // 2
            yield from self._between(table, first, middle)
            first = middle + 1

    def _is_lost(self, table: str, first: int, last: int) -> bool:
        """Return whether nothing of a long stretch can be read, at a bounded price: each failure costs an opening."""
        step = (last - first) // PROBES
        return step > 1 and not any(self._can_read(table, place) for place in range(first, last, step))

    def _can_read(self, table: str, rowid: int) -> bool:
        try:
            list(self._read(table, rowid, rowid))
        except DatabaseError:
            self.close()
            return False
        return True

    def _last_rowid(self, table: str) -> int:
        """Return the highest rowid as far as anything tells it; 0 if there is no such table."""
        try:
            if not self._all("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", table):
                return 0
        except DatabaseError:
            self.close()
            self.unreadable += 1
            return 0
        for sql in (
            f"SELECT max(rowid) FROM {table} WHERE 'x' != ?",  # noqa: S608
            "SELECT seq FROM sqlite_sequence WHERE name = ?",
            "SELECT sum(last_seq) FROM epochs WHERE 'outbox' = ? HAVING sum(last_seq)",
        ):
            try:
                if found := self._all(sql, table):
                    return found[0][0] or 0
            except DatabaseError:
                self.close()
        return self._last_readable(table) + ROWS_BEYOND

    def _last_readable(self, table: str) -> int:
        last = 0
        with suppress(DatabaseError):
            for rowid, _ in self._read(table, 0, 2**62):
                last = rowid
        self.close()
        return last

    def _read(self, table: str, first: int, last: int) -> Iterator[tuple[int, dict[str, Any]]]:
        sql = f"SELECT rowid, * FROM {table} WHERE rowid BETWEEN ? AND ? ORDER BY rowid"  # noqa: S608
        cursor = self._opened().execute(sql, (first, last))
        names = [column[0] for column in cursor.description][1:]
        for row in cursor:
            yield row[0], dict(zip(names, row[1:], strict=True))

    def _all(self, sql: str, table: str) -> list[Any]:
        found: list[Any] = self._opened().execute(sql, (table,)).fetchall()
        return found

    def _opened(self) -> Connection:
        if self._connection is None:
            self._connection = connect_to_salvage(self._path, self._key)
        return self._connection
