"""The one module that opens SQLite on the kiosk: encrypted, durable at every commit."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import sqlcipher3
import sqlcipher3.dbapi2

# sqlite-utils takes its exception classes from pysqlite3 when there is one, at import: without this alias it
# would not recognise sqlcipher3's errors. sqlcipher3 also brings an SQLite without Debian's WAL-reset bug.
sys.modules["pysqlite3"] = sqlcipher3
sys.modules["pysqlite3.dbapi2"] = sqlcipher3.dbapi2

if TYPE_CHECKING:
    from sqlite_utils import Database as Database  # also for the modules of steps

__all__ = [
    "Connection",
    "DatabaseError",
    "IntegrityError",
    "Migrations",
    "OperationalError",
    "connect",
    "connect_plain",
    "connect_to_read",
    "connect_to_salvage",
    "is_damaged",
    "is_full",
    "is_sound",
    "rekey",
]

Connection: TypeAlias = sqlcipher3.dbapi2.Connection
DatabaseError = sqlcipher3.dbapi2.DatabaseError
IntegrityError = sqlcipher3.dbapi2.IntegrityError
OperationalError = sqlcipher3.dbapi2.OperationalError
Step: TypeAlias = Callable[["Database"], None]

BUSY_SECONDS = 10
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "secure_delete=ON",
    "foreign_keys=ON",
    "trusted_schema=OFF",
    "cell_size_check=ON",
    "temp_store=MEMORY",
)
# Public, and fetched again when lost: a commit need not reach the disk, and the file need not be encrypted.
PLAIN_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "trusted_schema=OFF",
    "cell_size_check=ON",
    "temp_store=MEMORY",
    "cache_size=-65536",
    "wal_autocheckpoint=8000",
)


def connect(path: Path, key: bytes) -> Connection:
    """Open the encrypted database at ``path``; statements commit by themselves outside of BEGIN.

    :param key: 32 raw bytes (a pass phrase would cost 140 ms at every opening).
    """
    connection = sqlcipher3.connect(
        str(path), timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    connection.execute(f"PRAGMA key=\"x'{key.hex()}'\"")
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    return connection


def connect_plain(path: Path) -> Connection:
    """Open or create a file of public data; statements commit by themselves outside of BEGIN."""
    connection = sqlcipher3.connect(
        str(path), timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    for pragma in PLAIN_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    return connection


def connect_to_read(path: Path) -> Connection:
    """Open an existing file of public data, to read only.

    :raises OperationalError: there is none, or it was taken away just now.
    """
    address = f"{path.absolute().as_uri()}?mode=rw"
    connection = sqlcipher3.connect(address, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
    connection.execute("PRAGMA query_only=ON")
    connection.execute("PRAGMA cache_size=-32768")
    return connection


def rekey(path: Path, old: bytes, new: bytes) -> None:
    """Encrypt a database that nobody has open with another key."""
    connection = connect(path, old)
    try:
        connection.execute("PRAGMA journal_mode=DELETE")  # a log would be of two keys
        connection.execute(f"PRAGMA rekey=\"x'{new.hex()}'\"")
    finally:
        connection.close()


class Migrations:
    """The steps that make the tables called ``name``; sqlite-utils applies them."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._steps: list[Step] = []

    def __call__(self, step: Step) -> Step:
        """Add a step: the decorator of a function that changes the tables."""
        self._steps.append(step)
        return step

    def apply(self, connection: Connection, stop_before: str | None = None) -> None:
        """Take the steps that are still due."""
        if {step.__name__ for step in self._steps} <= self._applied(connection):
            return
        # Loaded only when there is something to do: it takes as long as opening the window.
        from sqlite_utils import Database, migrations

        steps = migrations.Migrations(self._name)
        for step in self._steps:
            steps()(step)
        steps.apply(Database(connection, execute_plugins=False), stop_before=stop_before)

    def _applied(self, connection: Connection) -> set[str]:
        table = "_sqlite_migrations"
        if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", [table]).fetchone():
            return set()
        found = connection.execute(f"SELECT name FROM {table} WHERE migration_set = ?", [self._name])  # noqa: S608
        return {name for (name,) in found}


def is_sound(connection: Connection) -> bool:
    """Return whether a database can be read through."""
    try:
        return bool(connection.execute("PRAGMA quick_check").fetchall() == [("ok",)])
    except OperationalError:
        raise
    except DatabaseError:
        return False


def connect_to_salvage(path: Path, key: bytes) -> Connection:
    """Open a database that may be damaged, to read what can be read; it is not written to, nor complained about."""
    connection = sqlcipher3.connect(str(path), timeout=BUSY_SECONDS, isolation_level=None)
    connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute(f"PRAGMA key=\"x'{key.hex()}'\"")
    # Otherwise a file that was cut short is refused as a whole.
    connection.execute("PRAGMA writable_schema=ON")
    connection.execute("PRAGMA query_only=ON")
    return connection


def is_full(error: BaseException) -> bool:
    """Return whether a statement failed because the disk has no room left."""
    return isinstance(error, OperationalError) and error.sqlite_errorcode == sqlcipher3.SQLITE_FULL


def is_damaged(path: Path, key: bytes) -> bool:
    """Return whether the database cannot be read through; ``key`` must be known to be the right one."""
    connection = None
    try:
        connection = connect(path, key)
        return bool(connection.execute("PRAGMA quick_check").fetchall() != [("ok",)])
    except OperationalError:
        raise
    except DatabaseError:
        return True
    finally:
        if connection is not None:
            connection.close()
