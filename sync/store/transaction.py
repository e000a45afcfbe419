"""What can be done inside a transaction of the store."""

from datetime import UTC, datetime
from typing import Any

from sync.store.database import Connection


class Transaction:
    """Several statements that are on disk together, or not at all."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def execute(self, sql: str, parameters: Any = ()) -> Any:
        """Run one statement; return its cursor (``lastrowid``, ``rowcount``)."""
        return self._connection.execute(sql, parameters)

    def executemany(self, sql: str, rows: Any) -> None:
        """Run one statement once for each of ``rows``."""
        self._connection.executemany(sql, rows)

    def rows(self, sql: str, parameters: Any = ()) -> list[dict[str, Any]]:
        """Run one statement; return its rows as dictionaries."""
        cursor = self._connection.execute(sql, parameters)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor]


def now() -> str:
    """Return the time as the store writes it: UTC, ISO 8601, microseconds."""
    return format_time(datetime.now(UTC))


def format_time(at: datetime) -> str:
    """Return a time as the store writes it, so that texts sort as times do."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
