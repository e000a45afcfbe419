"""The log of a feed: every key's last change with its number, and the head that sums it up."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, Table, delete, func, insert, select, update

from central.feeds.publishing import Change
from central.feeds.tables import feed_manifest, feed_replaced, feed_rows, feeds
from sync.protocol.feeds import checksum, counted_seq, row_hash

ADVISORY_LOCK = 0x6665656473
KEYS_AT_ONCE = 5_000
NO_ROWS = checksum(())

Numbered = tuple[str, int, str | None]
"""The key of a row, the number of its last change, its value."""


def lock(tx: Connection) -> None:
    """Wait until no other transaction changes the log or the heads, and be the only one until this one ends."""
    if tx.dialect.name == "postgresql":  # SQLite allows only one writer
        tx.execute(select(func.pg_advisory_xact_lock(ADVISORY_LOCK)))


def lock_if_free(tx: Connection) -> bool:
    """Lock without waiting; return whether it could be done."""
    if tx.dialect.name != "postgresql":
        return True
    return bool(tx.execute(select(func.pg_try_advisory_xact_lock(ADVISORY_LOCK))).scalar_one())


def head(tx: Connection, feed: str) -> Row[Any]:
    """Return the head of a feed; begin the feed if there is none. The caller must hold the lock."""
    wanted = select(feeds).where(feeds.c.name == feed)
    found = tx.execute(wanted).one_or_none()
    if found is None:
        tx.execute(insert(feeds).values(name=feed, **_beginning()))
        found = tx.execute(wanted).one()
    return found


def append(tx: Connection, feed: str, changes: Mapping[str, str | None], at: datetime) -> int:
    """Number the changes that change something; return how many. The caller must hold the lock."""
    before = head(tx, feed)
    known = _known(tx, feed, changes) if before.seq else {}
    new = [change for change in changes.items() if _changes_something(change, known.get(change[0]))]
    if not new:
        return 0
    numbered = [(key, seq, value) for seq, (key, value) in enumerate(new, before.seq + 1)]
    old = [(row.key, row.seq, row.value) for key, _ in new if (row := known.get(key))]
    moment = int(at.timestamp())
    _move_away(tx, feed, old, {key: seq for key, seq, _ in numbered}, moment)
    _insert(tx, feed_rows, ((feed, seq, key, value, moment) for key, seq, value in numbered))
    total = int(before.checksum, 16) + _sum(feed, numbered) - _sum(feed, old)
    tx.execute(
        update(feeds)
        .where(feeds.c.name == feed)
        .values(
            seq=numbered[-1][1],
            rows=before.rows + _present(numbered) - _present(old),
            checksum=checksum([total]),
        )
    )
    return len(new)


def heads_changed(tx: Connection, at: datetime, above: int = 0) -> None:
    """Give the manifest its next number: milliseconds, so that it is higher also after an old backup came back.

    The caller must hold the lock.

    :param above: a number that is known to have been given.
    """
    last = tx.execute(select(feed_manifest.c.number)).scalar_one_or_none()
    number = max(int(at.timestamp() * 1000), (last or 0) + 1, above + 1)
    if last is None:
        tx.execute(insert(feed_manifest).values(id=1, number=number))
    else:
        tx.execute(update(feed_manifest).values(number=number))


def begin_epochs(tx: Connection, at: datetime, above: int = 0) -> int:
    """Make every kiosk resync every feed, because the rows are not those it had; return how many feeds.

    Count and checksum are taken of the rows that are there: one that was damaged makes no kiosk start again and again.

    :param above: a number of the manifest that is known to have been given.
    """
    lock(tx)
    tx.execute(delete(feed_rows).where(feed_rows.c.value.is_(None)))
    tx.execute(delete(feed_replaced))
    names = list(tx.execute(select(feeds.c.name)).scalars())
    for name in names:
        restart = {"epoch": _epoch(), "min_seq": 0, "snapshot_sha256": None, "snapshot_seq": 0}
        tx.execute(update(feeds).where(feeds.c.name == name).values(restart | _summed_up(tx, name)))
    heads_changed(tx, at, above)
    return len(names)


def _summed_up(tx: Connection, feed: str) -> dict[str, Any]:
    """Return count and checksum of the rows of a feed."""
    c = feed_rows.c
    rows = select(c.key, c.seq, c.value).where((c.feed == feed) & c.value.is_not(None))
    count = total = 0
    for lot in tx.execute(rows.execution_options(yield_per=KEYS_AT_ONCE)).partitions():
        count += len(lot)
        total += _sum(feed, map(tuple, lot))
    return {"rows": count, "checksum": checksum([total])}


def in_lots(things: Iterable[Any], size: int) -> Iterable[list[Any]]:
    """Yield the things in lists of at most ``size``."""
    rest = iter(things)
    while lot := list(islice(rest, size)):
        yield lot


def _insert(tx: Connection, table: Table, rows: Iterable[tuple[Any, ...]]) -> None:
    """Insert rows past SQLAlchemy's preparing of each, which takes longer than the database does."""
    columns = ", ".join(table.c.keys())
    if tx.dialect.name == "postgresql":
        driver: Any = tx.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    elif ready := list(rows):
        places = ", ".join("?" * len(table.c))
        tx.exec_driver_sql(f"INSERT INTO {table.name} ({columns}) VALUES ({places})", ready)  # noqa: S608


def _beginning() -> dict[str, Any]:
    numbers = {"seq": 0, "min_seq": 0, "rows": 0, "snapshot_seq": 0}
    return numbers | {"epoch": _epoch(), "checksum": NO_ROWS}


def _epoch() -> str:
    return secrets.token_hex(8)


def _known(tx: Connection, feed: str, keys: Iterable[str]) -> dict[str, Row[Any]]:
    c = feed_rows.c
    found: dict[str, Row[Any]] = {}
    for lot in in_lots(keys, KEYS_AT_ONCE):
        rows = tx.execute(select(c.key, c.seq, c.value).where((c.feed == feed) & c.key.in_(lot)))
        found |= {row.key: row for row in rows}
    return found


def _changes_something(change: Change, known: Row[Any] | None) -> bool:
    return change[1] != (known.value if known else None)


def _move_away(
    tx: Connection, feed: str, old: Sequence[Numbered], replaced_by: Mapping[str, int], moment: int
) -> None:
    """Move changes to where replaced ones are kept for a while."""
    c = feed_rows.c
    for lot in in_lots((key for key, _, _ in old), KEYS_AT_ONCE):
        tx.execute(delete(feed_rows).where((c.feed == feed) & c.key.in_(lot)))
    kept = ((feed, seq, key, value, replaced_by[key], moment) for key, seq, value in old)
    _insert(tx, feed_replaced, kept)


def _sum(feed: str, rows: Iterable[Numbered]) -> int:
    return sum(row_hash(key, counted_seq(feed, seq), value) for key, seq, value in rows if value is not None)


def _present(rows: Iterable[Numbered]) -> int:
    return sum(value is not None for _, _, value in rows)
