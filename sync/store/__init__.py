"""The kiosk's local store: journal, outbox and audit in one encrypted file, ops.db."""

from sync.store.store import OtherKioskError, Store, StoreFullError, Transaction, now

__all__ = ["OtherKioskError", "Store", "StoreFullError", "Transaction", "now"]
