"""How long the record of the past is kept: the audit, and the acts in the journal whose outcome is known.

The kiosk's clock may be wrong, so the times in its rows say nothing of their age. Once a day by the centre's clock it
is noted how far the record has come; what was there on a day long enough ago goes.
"""

from datetime import datetime, timedelta

from sync.protocol.audit import Sign
from sync.store import chain
from sync.store.store import Store
from sync.store.transaction import Transaction

KEPT = timedelta(days=3 * 366)
PURGE_STEP = 500
NOTE_DAY = """INSERT OR IGNORE INTO record_days (day, audit, journal)
    SELECT ?, (SELECT coalesce(max(id), 0) FROM audit), (SELECT coalesce(max(id), 0) FROM journal)"""
# What is still chained waits until its chain is cut.
PURGES = {
    "audit": "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE id <= ? AND id < coalesce("
    "(SELECT row FROM chain WHERE kind = 'audit' ORDER BY n LIMIT 1), id + 1) ORDER BY id LIMIT ?)",
    # What has no outcome, or an uncertain one, waits for somebody who looks into it.
    "journal": "DELETE FROM journal WHERE id IN (SELECT id FROM journal"
    " WHERE id <= ? AND outcome IN ('done', 'failed')"
    " AND id NOT IN (SELECT row FROM chain WHERE kind != 'audit') ORDER BY id LIMIT ?)",
}


def purge(store: Store, at: datetime, most: int = PURGE_STEP, sign: Sign | None = None) -> int:
    """Remove some of what was recorded longer ago than it is kept, the oldest first; return how many rows.

    :param at: the time by the centre's clock.
    :param sign: seals the head of the last row of the audit chain that goes; without it nothing of the chain does.
    """
    with store.transaction() as tx:
        tx.execute(NOTE_DAY, (_day(at),))
        old = tx.rows("SELECT * FROM record_days WHERE day < ? ORDER BY day DESC LIMIT 1", (_day(at - KEPT),))
        if old and sign:
            chain.cut(tx, store.kiosk_id, old[0], most, sign)
        return sum(_remove(tx, day, most) for day in old)


def _remove(tx: Transaction, until: dict[str, str], most: int) -> int:
    tx.execute("DELETE FROM record_days WHERE day < ?", (until["day"],))
    return sum(tx.execute(sql, (until[table], most)).rowcount for table, sql in PURGES.items())


def _day(at: datetime) -> str:
    return at.date().isoformat()
