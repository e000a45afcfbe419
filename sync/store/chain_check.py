"""Reading the kiosk's audit chain through, and comparing it with what ``audit`` and ``journal`` say now."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sync.protocol.audit import IsOwn, Link, Verified, Verifier
from sync.protocol.messages import Head
from sync.store import chain
from sync.store.store import Store

ROWS_AT_ONCE = 10_000
LINKS = """SELECT c.n, c.kind, c.body, c.h, a.at, a.event, a.visit_id, a.data
    FROM chain c LEFT JOIN audit a ON c.kind = 'audit' AND a.id = c.row WHERE c.n > ? ORDER BY c.n LIMIT ?"""
NOT_CHAINED = """SELECT id FROM audit WHERE id NOT IN (SELECT row FROM chain WHERE kind = 'audit')
    AND id > coalesce((SELECT min(row) FROM chain WHERE kind = 'audit'), 0)"""
ACTS = """SELECT j.*,
    (SELECT body FROM chain c WHERE c.kind != 'audit' AND c.kind = 'intent' AND c.row = j.id) AS chained_intent,
    (SELECT body FROM chain c WHERE c.kind != 'audit' AND c.kind = 'outcome' AND c.row = j.id
      ORDER BY n DESC LIMIT 1) AS chained_outcome
    FROM journal j WHERE id >= coalesce((SELECT min(row) FROM chain WHERE kind != 'audit' AND kind = 'intent'), 0)"""
ACTS_GONE = "SELECT n, row FROM chain WHERE kind != 'audit' AND row NOT IN (SELECT id FROM journal)"


def verify(
    store: Store, is_own: IsOwn, heads: Iterable[Head] = (), said: Callable[[int], None] = lambda rows: None
) -> Verified:
    """Read the chain through.

    :param is_own: tells whether this kiosk made a seal over a text.
    :param heads: heads of it that were kept elsewhere.
    :param said: is told now and then how many rows were read.
    """
    verifier = Verifier(chain.name(store.kiosk_id), chain.start(store), chain.epochs(store), heads)
    verifier.require_sealed(chain.cut_at(store), is_own)
    for rows in verifier.read(links(store)):
        said(rows)
    for row in store.rows(NOT_CHAINED):
        verifier.fault(row["id"], "not-chained", "a row of audit that the program did not write")
    for act in store.rows(ACTS):
        if fault := _contradiction(act):
            verifier.fault(act["id"], "contradicted", fault)
    for row in store.rows(ACTS_GONE):
        verifier.fault(row["n"], "contradicted", f"act {row['row']} of the journal was taken away")
    return verifier.verified()


def links(store: Store) -> Iterator[Link]:
    """Yield the chained rows in their order, as they are now."""
    n = -1
    while lot := store.rows(LINKS, (n, ROWS_AT_ONCE)):
        for row in lot:
            yield Link(row["n"], _body(row), row["h"])
        n = lot[-1]["n"]


def _body(row: dict[str, Any]) -> bytes:
    if row["kind"] == "audit":
        return chain.audit_body(row["at"], row["event"], row["visit_id"], row["data"])
    return (row["body"] or "").encode()


def _contradiction(act: dict[str, Any]) -> str:
    """Return what an act in the journal says that was not chained; '' if nothing."""
    if act["chained_intent"] is None:
        return "an act that the program did not write"
    if act["chained_intent"].encode() != chain.intent_body(act):
        return "the intent of an act was changed"
    said = chain.outcome_body(act).decode() if act["outcome"] else None
    return "" if said == act["chained_outcome"] else "the outcome of an act was changed"
