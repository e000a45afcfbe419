"""Single values that ops.db remembers by name."""

from typing import TYPE_CHECKING

from sync.store.transaction import Transaction

if TYPE_CHECKING:
    from sync.store.store import Store


def remember(tx: Transaction, key: str, value: str) -> None:
    """Write ``value`` under ``key``, over what was there."""
    tx.execute(
        "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, value),
    )


def remembered(store: "Store", key: str) -> str | None:
    """Return what is written under ``key``, or None."""
    rows = store.rows("SELECT value FROM meta WHERE key = ?", (key,))
    return rows[0]["value"] if rows else None
