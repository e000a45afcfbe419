"""pii.db, people's records that the kiosk needs for a while: encrypted, securely erased at expiry.

Nothing else depends on it: a file that cannot be read is removed and begun again.
"""

import hashlib
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from sync.store.database import Connection, Migrations, connect, is_damaged

if TYPE_CHECKING:
    from sync.store.database import Database

FILE = "pii.db"
NOT_EXPIRED_SQL = "kept_at <= :now AND :now < expires_at"
"""A record that was kept in the future lives no longer either: the clock was set back, its age is not known."""

migrations = Migrations("pii")
log = structlog.get_logger(__name__)


@migrations
def m001_records(db: "Database") -> None:
    """Create the table. Times are seconds since 1970; ``holder`` is what a card's events are known by."""
    db.execute(
        """CREATE TABLE record (
        kind TEXT NOT NULL,
        holder TEXT NOT NULL,
        value TEXT NOT NULL,
        kept_at REAL NOT NULL,
        expires_at REAL NOT NULL,
        PRIMARY KEY (kind, holder)
    ) STRICT"""
    )


class PersonalRecords:
    """The records in ``folder``, encrypted with ``key`` (``Store.key``); any thread and process may use it."""

    def __init__(self, folder: Path, key: bytes, clock: Callable[[], float] = time.time) -> None:
        self._path, self._key = folder / FILE, key
        self._clock = clock
        if self._path.exists() and is_damaged(self._path, self._key):
            log.error("personal_records_removed", path=str(self._path), advice="they could not be read")
            self._remove()
        with closing(connect(self._path, self._key)) as connection:
            migrations.apply(connection)

    def put(self, kind: str, holder: str, value: str, seconds: float) -> None:
        """Keep ``value`` for that many seconds, replacing the holder's last one of this kind."""
        now = self._clock()
        with closing(self._connect()) as connection:
            connection.execute(
                "INSERT OR REPLACE INTO record (kind, holder, value, kept_at, expires_at) VALUES (?, ?, ?, ?, ?)",
                (kind, holder, value, now, now + seconds),
            )

    def get(self, kind: str, holder: str) -> str | None:
        """Return what is kept of the holder, or None."""
        with closing(self._connect()) as connection:
            row = connection.execute(
                f"SELECT value FROM record WHERE kind = :kind AND holder = :holder AND {NOT_EXPIRED_SQL}",  # noqa: S608
                {"kind": kind, "holder": holder, "now": self._clock()},
            ).fetchone()
        return row[0] if row else None

    def forget(self, kind: str, holder: str) -> None:
        """Overwrite what is kept of the holder, if anything is."""
        with closing(self._connect()) as connection:
            connection.execute("DELETE FROM record WHERE kind = ? AND holder = ?", (kind, holder))

    def partition_of(self, id_number: str) -> str:
        """Return what a person without a card is known by here: nobody without this kiosk's key can tell who it is."""
        return hashlib.blake2b(id_number.encode(), key=self._key, digest_size=16).hexdigest()

    def expire(self) -> int:
        """Overwrite the records whose time is over, in the log too; return how many there were."""
        with closing(self._connect()) as connection:
            sql = f"DELETE FROM record WHERE NOT ({NOT_EXPIRED_SQL})"  # noqa: S608 a condition of our own
            gone: int = connection.execute(sql, {"now": self._clock()}).rowcount
            if gone:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return gone

    def _connect(self) -> Connection:
        return connect(self._path, self._key)

    def _remove(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            self._path.with_name(FILE + suffix).unlink(missing_ok=True)
