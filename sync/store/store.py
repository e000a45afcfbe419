"""The kiosk's local store: what happened here, and what the centre has not been told yet."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import msgspec

from sync.protocol.events import StoreSalvaged
from sync.store.database import Connection, connect, is_full
from sync.store.opening import Opening
from sync.store.transaction import Transaction, now

__all__ = ["OtherKioskError", "Store", "StoreFullError", "Transaction", "now"]


class OtherKioskError(Exception):
    """The folder holds the store of another kiosk: nothing was changed, use a folder of its own."""


class StoreFullError(Exception):
    """There is no room left on the disk: no partial write was made; make room, and the kiosk goes on."""


class Store:
    """One kiosk's ops.db, for any number of threads and processes.

    ``install_epoch`` is what new events are numbered within: random at the creation of the store, so that a kiosk set
    up again does not look like the old one. ``set_aside`` is where a damaged predecessor lies until staff have seen to
    it, and ``salvaged`` what could be brought over from it, else None.
    """

    def __init__(self, opening: Opening, kiosk_id: str) -> None:
        self._opening = opening
        self._threads = threading.local()
        self.kiosk_id = kiosk_id
        meta = {row["key"]: row["value"] for row in self.rows("SELECT key, value FROM meta")}
        self.install_epoch: str = meta["install_epoch"]
        self.set_aside = Path(meta["set_aside"]) if meta["set_aside"] else None
        self.salvaged = (
            msgspec.json.decode(meta["salvaged"], type=StoreSalvaged) if "salvaged" in meta else None
        )
        if meta["kiosk_id"] != kiosk_id:
            raise OtherKioskError(f"{opening.path} belongs to kiosk {meta['kiosk_id']}, not to {kiosk_id}")

    @classmethod
    def open(cls, folder: Path, kiosk_id: str) -> Self:
        """Open the store in ``folder``, or create it; a damaged one is set aside and a new one begun.

        :raises KeyMissingError: the store's key is gone. WrongKeyError: it is another one.
        :raises OtherKioskError: the store belongs to another kiosk.
        """
        opening = Opening(folder, kiosk_id)
        try:
            return cls(opening, kiosk_id)
        except BaseException:
            opening.close()
            raise

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Do several writes together, on disk when the block ends, or not at all when it raises.

        :raises StoreFullError: there is no room left on the disk.
        """
        connection = self._connection()
        try:
            # IMMEDIATE: a deferred one that reads before it writes fails at once when another wrote in between.
            connection.execute("BEGIN IMMEDIATE")
            yield Transaction(connection)
            connection.execute("COMMIT")
        except BaseException as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            if is_full(error):
                raise StoreFullError(f"no room left on the disk of {self._opening.path}") from error
            raise

    def has_room(self) -> bool:
        """Return whether the disk takes a commit now."""
        try:
            with self.transaction() as tx:
                tx.execute(
                    "INSERT INTO meta (key, value) VALUES ('room', ?)"
                    " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                    (now(),),
                )
        except StoreFullError:
            return False
        return True

    def rows(self, sql: str, parameters: Any = ()) -> list[dict[str, Any]]:
        """Read without a transaction; return the rows as dictionaries."""
        return Transaction(self._connection()).rows(sql, parameters)

    @property
    def key(self) -> bytes:
        """The key of this kiosk's encrypted files."""
        return self._opening.key

    def close(self) -> None:
        """Close the store; no thread may use it afterwards."""
        self._threads = threading.local()
        self._opening.close()

    def _connection(self) -> Connection:
        """Return this thread's own connection: sqlcipher3 connections must not be shared."""
        if not hasattr(self._threads, "connection"):
            self._threads.connection = connect(self._opening.path, self._opening.key)
        connection: Connection = self._threads.connection
        return connection
