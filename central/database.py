"""Opening the central database: PostgreSQL, or the SQLite file that it starts with."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import alembic.command
import alembic.config
from sqlalchemy import Connection, Engine, create_engine, event

MIGRATIONS = Path(__file__).parent / "migrations"


def open_database(url: str) -> Engine:
    """Connect to the database at ``url`` and bring its tables up to date."""
    engine = connect(url)
    migrate(engine)
    return engine


def connect(url: str) -> Engine:
    """Connect to the database at ``url``, whose tables are up to date."""
    # hide_parameters: an exception of the database must not carry a citizen into a log. Nor must a driver's warning.
    logging.getLogger("psycopg").setLevel(logging.CRITICAL)
    engine = create_engine(url, hide_parameters=True, pool_pre_ping=True)
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    return engine


def migrate(engine: Engine) -> None:
    """Bring the tables up to date."""
    config = alembic.config.Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":  # two that start at once take turns
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('migrate'))")
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, "head")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection for reading only: it does not wait for its turn to write, and sees one state of things."""
    options: dict[str, Any] = {"reading": True}
    if engine.dialect.name == "postgresql":
        options["isolation_level"] = "REPEATABLE READ"
    with engine.connect().execution_options(**options) as connection:
        yield connection


def _prepare_sqlite(engine: Engine) -> None:
    """Make SQLite behave as the code expects of a database: durable, with real transactions."""

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # SQLAlchemy begins transactions, not the driver
        # Not WAL: before SQLite 3.51.3, and Debian 12 has 3.40, two connections can corrupt it.
        for pragma in (
            "journal_mode=DELETE",
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=10000",
            "cache_size=-65536",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def began(connection: Connection) -> None:
        reads = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
