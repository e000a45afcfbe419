"""The audit chain of this kiosk: every row of ``audit``, every intent and every outcome of ``journal``, in one order.

A row is chained in the transaction that writes it. Of an intent or outcome the chain keeps what was hashed, which names
the data by their SHA-256: the journal's row changes when the act has ended.
"""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import takewhile
from typing import Any

import msgspec

from sync.protocol.audit import BEGINNING, Epoch, Sign, link, make_head
from sync.protocol.messages import Head
from sync.store.meta import Rows, get_meta, set_meta
from sync.store.transaction import Transaction

CUT, EPOCHS = "chain_cut", "chain_epochs"
"""In ``meta``: the signed head of the last row that was cut off, because it was kept long enough; the epochs."""


def name(kiosk_id: str) -> str:
    """Return what the chain of a kiosk is called."""
    return f"kiosk.{kiosk_id}"


def add_audit(tx: Transaction, row: int, at: str, event: str, visit_id: str | None, data: str) -> None:
    """Chain a row of ``audit`` that was written just now."""
    _append(tx, "audit", row, audit_body(at, event, visit_id, data), None)


def add_intent(tx: Transaction, row: int) -> None:
    """Chain the intent in a row of ``journal`` that was written just now."""
    body = intent_body(_journal(tx, row))
    _append(tx, "intent", row, body, body.decode())


def add_outcome(tx: Transaction, row: int) -> None:
    """Chain the outcome in a row of ``journal`` that was written just now."""
    body = outcome_body(_journal(tx, row))
    _append(tx, "outcome", row, body, body.decode())


def audit_body(at: str, event: str, visit_id: str | None, data: str) -> bytes:
    """Return what is chained of a row of ``audit``."""
    return msgspec.json.encode({"at": at, "event": event, "visit_id": visit_id, "data": data})


def intent_body(row: dict[str, Any]) -> bytes:
    """Return what is chained of the intent in a row of ``journal``."""
    what = {name: row[name] for name in ("id", "visit_id", "effect", "partition", "intent_at")}
    return msgspec.json.encode(what | {"intent_sha256": _digest(row["intent"])})


def outcome_body(row: dict[str, Any]) -> bytes:
    """Return what is chained of the outcome in a row of ``journal``."""
    what = {name: row[name] for name in ("id", "outcome", "outcome_at")}
    return msgspec.json.encode(what | {"details_sha256": _digest(row["details"] or "")})


def last(rows: Rows) -> tuple[int, bytes]:
    """Return number and hash of the last row."""
    found = rows.rows("SELECT n, h FROM chain ORDER BY n DESC LIMIT 1")
    return (found[0]["n"], found[0]["h"]) if found else start(rows)


def start(rows: Rows) -> tuple[int, bytes]:
    """Return number and hash of the row before the first: of the last that was cut off."""
    cut = cut_at(rows)
    return (cut.n, bytes.fromhex(cut.h)) if cut else (0, BEGINNING)


def cut_at(rows: Rows) -> Head | None:
    """Return the signed head of the last row that was cut off, if any was."""
    cut = get_meta(rows, CUT)
    return msgspec.json.decode(cut, type=Head) if cut else None


def hash_of(rows: Rows, n: int) -> bytes | None:
    """Return the hash of row ``n``, or None where there is none."""
    if n == (begun := start(rows))[0]:
        return begun[1]
    found = rows.rows("SELECT h FROM chain WHERE n = ?", (n,))
    return found[0]["h"] if found else None


def epochs(rows: Rows) -> list[Epoch]:
    """Return the epochs of the chain in their order."""
    return msgspec.json.decode(get_meta(rows, EPOCHS) or "[]", type=list[Epoch])


def begin_epoch(tx: Transaction) -> None:
    """Begin an epoch: what the centre knows of the present one is not, or may not be, what is here."""
    begun = [*epochs(tx), Epoch(secrets.token_hex(8), last(tx)[0])]
    set_meta(tx, EPOCHS, msgspec.json.encode(begun).decode())


def begin(tx: Transaction) -> None:
    """Begin the first epoch, where there is none, and chain what was recorded before there was a chain."""
    if not epochs(tx):
        begin_epoch(tx)
        chain_all(tx)


def head(rows: Rows, kiosk_id: str, sign: Sign) -> Head:
    """Return how far the chain is, signed."""
    n, h = last(rows)
    return head_at(rows, kiosk_id, n, h, sign)


def head_at(rows: Rows, kiosk_id: str, n: int, h: bytes, sign: Sign) -> Head:
    """Return a signed head of the present epoch for row ``n``."""
    epoch = epochs(rows)[-1]
    return make_head(name(kiosk_id), epoch.epoch, epoch.since, n, h, datetime.now(UTC), sign)


def cut(tx: Transaction, kiosk_id: str, until: Mapping[str, Any], most: int, sign: Sign) -> None:
    """Cut off the oldest rows, as long as they are of rows up to ``until`` in ``audit`` and in ``journal``.

    Where the chain then begins, a signed head says; the last row always stays.
    """
    rows = tx.rows("SELECT n, h, kind, row FROM chain ORDER BY n LIMIT ?", (most + 1,))
    old = takewhile(lambda row: row["row"] <= until["audit" if row["kind"] == "audit" else "journal"], rows)
    if gone := list(old)[: min(most, len(rows) - 1)]:
        n, h = gone[-1]["n"], gone[-1]["h"]
        head = head_at(tx, kiosk_id, n, h, sign)
        set_meta(tx, CUT, msgspec.json.encode(head).decode())
        tx.execute("DELETE FROM chain WHERE n <= ?", (n,))


def chain_all(tx: Transaction) -> None:
    """Chain what of ``audit`` and ``journal`` has no place: of a store older than the chain, or of a salvaged one."""
    for row in tx.rows("SELECT * FROM audit WHERE id NOT IN (SELECT row FROM chain WHERE kind = 'audit')"):
        add_audit(tx, row["id"], row["at"], row["event"], row["visit_id"], row["data"])
    for row in tx.rows("SELECT * FROM journal WHERE id NOT IN (SELECT row FROM chain WHERE kind != 'audit')"):
        add_intent(tx, row["id"])
        if row["outcome"]:
            add_outcome(tx, row["id"])


def _append(tx: Transaction, kind: str, row: int, body: bytes, kept: str | None) -> None:
    n, h = last(tx)
    values = (n + 1, kind, row, kept, link(h, n + 1, body))
    tx.execute("INSERT INTO chain (n, kind, row, body, h) VALUES (?, ?, ?, ?, ?)", values)


def _journal(tx: Transaction, row: int) -> dict[str, Any]:
    [found] = tx.rows("SELECT * FROM journal WHERE id = ?", (row,))
    return found


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
