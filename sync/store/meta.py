"""Single values that ops.db remembers by name."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sync.store.transaction import Transaction


class Rows(Protocol):
    """What rows can be asked of: the store."""

    def rows(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = (), /) -> list[dict[str, Any]]:
        """Return the rows of a query."""


def set_meta(tx: Transaction, key: str, value: str) -> None:
    """Write ``value`` under ``key``, over what was there."""
    tx.execute(
        "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, value),
    )


def get_meta(store: Rows, key: str) -> str | None:
    """Return what is written under ``key``, or None."""
    rows = store.rows("SELECT value FROM meta WHERE key = ?", (key,))
    return rows[0]["value"] if rows else None
