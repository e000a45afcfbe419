"""Opening the central database: PostgreSQL, or the SQLite file that it starts with."""

import logging
import math
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
import sqlalchemy.exc
from msgspec import Struct
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.pool import ConnectionPoolEntry

from central.store.schema import migrate

WAITS_FOR_CONNECTION = 2.0
"""Seconds that a thread waits when all connections are taken."""
FORGOTTEN_SECONDS = 10
"""How long a transaction may do nothing: a worker that hangs must not keep its locks."""
SQLITE_BUSY_SECONDS = 10
TRUSTED_SECONDS = 1.0
"""How long after its last use a connection is taken to be alive."""
POOLED, RETURNED_AT = "pooled", "returned_at"
"""What is remembered of a connection: whether a pooler is in between, and when it was last used."""
REACHING: Mapping[str, int] = {
    "connect_timeout": 3,  # seconds
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
    "tcp_user_timeout": 5000,  # milliseconds
}
"""How long a database that is gone is waited for, unless the URL says otherwise (libpq's names)."""
AWAY_CLASSES = ("08", "25", "40", "53", "57", "58")
"""SQLSTATE: no connection, read only, roll back and repeat, no room, stopped or cancelled, input and output."""
AWAY_STATES = ("55P03", "42P01", "42703")
"""Locked for too long; a table or a column is missing."""


class Timeouts(Struct, frozen=True):
    """Seconds that a statement may wait for a lock, and may run in total."""

    lock: float = 3.0
    statement: float = 5.0


def open_database(url: str) -> Engine:
    """Connect to the database at ``url`` and bring its tables up to date.

    :raises SchemaError: a newer program made them.
    """
    engine = connect(url)
    migrate(engine)
    return engine


def connect(url: str, timeouts: Timeouts | None = None, connections: int = 15) -> Engine:
    """Connect to the database at ``url``, whose tables are up to date.

    :param timeouts: None for what may take its time.
    :param connections: at most so many at once.
    """
    # hide_parameters: an exception of the database must not carry a citizen into a log. Nor must a driver's warning.
    logging.getLogger("psycopg").setLevel(logging.CRITICAL)
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=timeouts is None,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=WAITS_FOR_CONNECTION,
        connect_args=_arguments(make_url(url)),
    )
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine, timeouts.lock if timeouts else SQLITE_BUSY_SECONDS)
        return engine
    _prepare_postgresql(engine)
    if timeouts:
        _ping_after_rest(engine)
        _limit(engine, timeouts)
    return engine


def is_unavailable(error: BaseException) -> bool:
    """Return whether the database itself failed: unreachable, too slow, locked, or without our tables."""
    if isinstance(error, sqlalchemy.exc.TimeoutError):  # all connections are taken
        return True
    cause = getattr(error, "orig", error)
    if not isinstance(cause, psycopg.Error):
        return isinstance(error, sqlalchemy.exc.OperationalError)
    if cause.sqlstate is None:  # the connection broke, or never was
        return isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError)
    return cause.sqlstate[:2] in AWAY_CLASSES or cause.sqlstate in AWAY_STATES


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection for reading only: it does not wait for its turn to write, and sees one state of things."""
    options: dict[str, Any] = {"reading": True}
    if engine.dialect.name == "postgresql":
        options["isolation_level"] = "REPEATABLE READ"
    with engine.connect().execution_options(**options) as connection:
        yield connection


def _arguments(url: URL) -> dict[str, Any]:
    if url.get_backend_name() != "postgresql":
        return {}
    return {name: value for name, value in REACHING.items() if name not in url.query}


def _prepare_postgresql(engine: Engine) -> None:
    """Let statements be prepared, which saves half of PostgreSQL's work, but not behind a pooler.

    They belong to a session, which PgBouncer changes with each transaction. It gives itself away by the number of the
    server's process, which it makes up.
    """

    @event.listens_for(engine, "connect")
    def connected(connection: Any, record: ConnectionPoolEntry) -> None:
        [process] = connection.execute("SELECT pg_backend_pid()").fetchone()
        connection.rollback()
        record.info[POOLED] = process != connection.info.backend_pid
        if record.info[POOLED]:
            connection.prepare_threshold = None


def _ping_after_rest(engine: Engine) -> None:
    """Let a connection that has rested for a while show that it is alive: each time would cost a round trip."""

    @event.listens_for(engine, "checkin")
    def returned(_connection: Any, record: ConnectionPoolEntry) -> None:
        record.info[RETURNED_AT] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def taken(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
        if time.monotonic() - record.info.get(RETURNED_AT, math.inf) < TRUSTED_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except psycopg.Error as error:  # then the pool opens another
            raise sqlalchemy.exc.DisconnectionError(str(error)) from error


def _limit(engine: Engine, timeouts: Timeouts) -> None:
    """Set the time-outs: for a session that is ours once, behind PgBouncer in each transaction.

    There the session is somebody else's the next moment.
    """
    limits = {
        "lock_timeout": timeouts.lock,
        "statement_timeout": timeouts.statement,
        "idle_in_transaction_session_timeout": FORGOTTEN_SECONDS,
    }

    def setting(*, only_here: str) -> str:
        calls = [
            f"set_config('{name}', '{round(1000 * seconds)}', {only_here})"
            for name, seconds in limits.items()
        ]
        return f"SELECT {', '.join(calls)}"

    once, each_time = setting(only_here="false"), setting(only_here="true")

    @event.listens_for(engine, "connect")
    def connected(connection: Any, record: ConnectionPoolEntry) -> None:
        if not record.info[POOLED]:
            connection.execute(once)
            connection.commit()

    @event.listens_for(engine, "begin")
    def began(connection: Connection) -> None:
        if connection.info[POOLED]:
            connection.exec_driver_sql(each_time)


def _prepare_sqlite(engine: Engine, busy_seconds: float) -> None:
    """Make SQLite behave as the code expects of a database: durable, with real transactions."""

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # SQLAlchemy begins transactions, not the driver
        # Not WAL: before SQLite 3.51.3, and Debian 12 has 3.40, two connections can corrupt it.
        for pragma in (
            "journal_mode=DELETE",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={round(1000 * busy_seconds)}",
            "cache_size=-65536",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def began(connection: Connection) -> None:
        reads = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
