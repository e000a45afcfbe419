"""The version of the tables: brought up to date by `kiosk-central migrate`, and compared wherever they are used."""

import functools
from pathlib import Path

import alembic.command
import alembic.config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

MIGRATIONS = Path(__file__).parents[1] / "migrations"
LOCK_SECONDS = 5
"""How long a change of the tables waits for those who use them, who wait behind it."""


class SchemaError(Exception):
    """The tables are not those that this program needs; the message says what to do."""


def migrate(engine: Engine) -> tuple[str | None, str]:
    """Bring the tables up to date, in one transaction; return the version before and after.

    :raises SchemaError: a newer program made them; nothing is changed.
    """
    config = _config()
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":  # two that start at once take turns
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('migrate'))")
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
        before = version(connection)
        _require_known(before)
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, "head")
    return before, newest()


def migrate_if_empty(engine: Engine) -> None:
    """Make the tables where there are none, as a first set-up does.

    :raises SchemaError: there are some, and not those that this program needs.
    """
    with engine.begin() as connection:
        empty = version(connection) is None
    if empty:
        migrate(engine)
    with engine.begin() as connection:
        require_current(connection)


def require_current(connection: Connection) -> None:
    """Check that the tables are those that this program needs.

    :raises SchemaError: they are not.
    """
    found = version(connection)
    _require_known(found)
    if found is None:
        raise SchemaError("the database has no tables yet: run `kiosk-central migrate`")
    if found != newest():
        raise SchemaError(
            f"the tables are version {found} and this program needs {newest()}: run `kiosk-central migrate`"
        )


def version(connection: Connection) -> str | None:
    """Return the version of the tables, or None where there are none."""
    return MigrationContext.configure(connection).get_current_revision()


@functools.cache
def newest() -> str:
    """Return the version that this program needs."""
    return str(_scripts().get_current_head())


@functools.cache
def _known() -> frozenset[str]:
    return frozenset(script.revision for script in _scripts().walk_revisions())


def _require_known(found: str | None) -> None:
    if found is not None and found not in _known():
        raise SchemaError(
            f"the tables are version {found}, which a newer program made; this one knows up to {newest()}:"
            " install that program again. Nothing was changed"
        )


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> alembic.config.Config:
    config = alembic.config.Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
