"""What the centre asks its database for: every statement is recorded, and its plan looked at on filled tables."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import psycopg
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    Engine,
    Float,
    Integer,
    LargeBinary,
    Table,
    text,
)
from sqlalchemy import event as sqlalchemy_event

import central.audit.tables
import central.feeds.tables  # noqa: F401 its tables belong to the metadata
from central.store.tables import Moment, Yuan, metadata

ROWS = 10_000
FEWER = {"feeds": 500}
"""One for each kiosk that was ever commanded."""
NEW = "extract(epoch FROM now())::bigint", "unixepoch()"
"""Now, in seconds since 1970, on PostgreSQL and on SQLite."""


class Statement(NamedTuple):
    """What was sent to the database, with its parameters."""

    sql: str
    parameters: Any


class Recorder:
    """Keeps one example of each statement that reads, changes or removes rows."""

    def __init__(self, engine: Engine) -> None:
        self.found: dict[str, Statement] = {}
        if engine.dialect.name == "postgresql":
            self._listen_to_psycopg(engine)
        else:
            sqlalchemy_event.listen(engine, "before_cursor_execute", self._executed)

    def _listen_to_psycopg(self, engine: Engine) -> None:
        """Listen where also statements pass that go past SQLAlchemy."""
        note = self.note

        class Cursor(psycopg.Cursor):
            def execute(self, query, params=None, **options):
                note(query, params)
                return super().execute(query, params, **options)

        class ServerCursor(psycopg.ServerCursor):
            def execute(self, query, params=None, **options):
                note(query, params)
                return super().execute(query, params, **options)

        def connected(connection, _record):
            connection.cursor_factory, connection.server_cursor_factory = Cursor, ServerCursor

        sqlalchemy_event.listen(engine, "connect", connected)
        engine.dispose()  # what is connected already does not listen

    def _executed(self, _connection, _cursor, statement, parameters, _context, many):
        self.note(statement, parameters[0] if many else parameters)

    def note(self, sql: Any, parameters: Any) -> None:
        first = str(sql).partition(" ")[0].upper()
        if first in ("SELECT", "UPDATE", "DELETE", "WITH") or (first == "INSERT" and "SELECT" in str(sql)):
            self.found.setdefault(str(sql), Statement(str(sql), parameters))


def fill(engine: Engine, rows: int = ROWS) -> None:
    """Put ``rows`` rows into every table; who they are about is nobody."""
    postgres = engine.dialect.name == "postgresql"
    with engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        if postgres:
            connection.execute(text("SET session_replication_role = replica"))
        else:
            raw.execute("PRAGMA foreign_keys=OFF")
        for table in metadata.sorted_tables:
            if table.name != "feed_manifest":
                connection.exec_driver_sql(_filling(table, FEWER.get(table.name, rows), postgres))
        connection.commit()
        if postgres:
            connection.execute(text("SET session_replication_role = DEFAULT"))
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
        if not postgres:
            raw.execute("PRAGMA foreign_keys=ON")


def _filling(table: Table, rows: int, postgres: bool) -> str:
    columns = list(table.c)
    values = ", ".join(_value(column, postgres) for column in columns)
    series = (
        f"generate_series(1, {rows}) AS n"
        if postgres
        else f"(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {rows}) SELECT n FROM s)"
    )
    names = ", ".join(f'"{column.name}"' for column in columns)
    return f"INSERT INTO {table.name} ({names}) SELECT {values} FROM {series}"


def _value(column: Column[Any], postgres: bool) -> str:
    kind = column.type
    if column.name in ("lost_until", "revoked_at", "snapshot_sha256"):  # hardly any
        return "NULL"
    if (column.table.name, column.name) == ("feed_changes", "feed"):
        return "'guides'"
    if column.name in ("changed_at", "replaced_at"):
        return NEW[not postgres]
    if isinstance(kind, Boolean):
        return "true"
    if (column.table.name, column.name) == (
        "nonces",
        "created",
    ):  # none is old: they are removed all the time
        return "now()" if postgres else "datetime('now')"
    if isinstance(kind, Moment):
        return "now() - n * interval '1 minute'" if postgres else "datetime('now', '-' || n || ' minutes')"
    if isinstance(kind, Date):
        return "CURRENT_DATE" if postgres else "date('now')"
    if isinstance(kind, Integer | BigInteger | Yuan | Float):
        return "-n" if column.primary_key and len(column.table.primary_key) == 1 else "n"
    if isinstance(kind, LargeBinary):
        return "'\\x00'::bytea" if postgres else "x'00'"
    length = getattr(kind, "length", None) or 80
    return f"substr('z' || n || '{column.name}', 1, {length})"


def scans(connection: Connection, statement: Statement) -> list[str]:
    """Return the tables that a statement reads from one end to the other."""
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        plan = driver.execute(f"EXPLAIN QUERY PLAN {statement.sql}", statement.parameters or ())
        steps = [row[3] for row in plan]
        return [step for step in steps if step.startswith("SCAN") and step.split()[1] in metadata.tables]
    with driver.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {statement.sql}", statement.parameters)
        [(plan,)] = cursor.fetchall()
    found = plan if isinstance(plan, list) else json.loads(plan)
    return list(_whole(found[0]["Plan"], limited=False))


def _whole(node: dict[str, Any], limited: bool) -> Iterator[str]:
    """Yield what is read whole; the first rows of an order, or any, are not the whole."""
    some = limited and "Filter" not in node
    ours = node.get("Relation Name") in metadata.tables
    reads = ours and node["Node Type"] in ("Seq Scan", "Index Scan", "Index Only Scan")
    if reads and "Index Cond" not in node and not some:
        yield f"{node['Node Type']} on {node['Relation Name']}"
    for below in node.get("Plans", ()):
        yield from _whole(
            below, limited=node["Node Type"] == "Limit" or (some and node["Node Type"] == "LockRows")
        )
