"""The sequencer of the audit chains: gives each row of the history its place after all others.

Writers draw no number and wait for nobody. What is committed waits for its place, for some milliseconds, and one
sequencer at a time chains what it sees: on PostgreSQL under an advisory lock, on SQLite as the only writer.
"""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import structlog
from sqlalchemy import Connection, Engine, Row, func, insert, select, update

from central.audit.bodies import CHAINS, Chained
from central.audit.tables import audit_chains, audit_epochs
from central.feeds.publisher import Publisher
from central.store.acts import job, record
from central.store.database import reading
from central.store.witness import Witness
from sync.protocol.audit import BEGINNING, Sign, link, make_head
from sync.protocol.messages import Head

ADVISORY_LOCK = 0x6175646974
ROWS_AT_ONCE = 5_000
UPDATE_MANY = """UPDATE {table} SET n = v.n, h = v.h
FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[]) AS v (id, n, h) WHERE {table}.id = v.id"""

OWN_HEADS = select(audit_chains.c.head).order_by(audit_chains.c.chain)

log = structlog.get_logger(__name__)


class Sequencer:
    """Chains what waits, and signs how far that is.

    :param sign: seals a head with the centre's key.
    :param witness: is told how far the chains are; by it a database that came back from a backup is noticed.
    """

    def __init__(self, engine: Engine, sign: Sign, witness: Witness) -> None:
        self._engine, self._sign, self._witness = engine, sign, witness

    def run(self) -> int:
        """Chain what waits; return how many rows. Another sequencer at work is left to it."""
        return sum(self._run(each) for each in CHAINS)

    def _run(self, chained: Chained) -> int:
        done = 0
        while self._anything_to_do(chained):
            with self._engine.begin() as tx:
                if not lock_if_free(tx):
                    break
                state = self._state(tx, chained)
                rows = _take(tx, chained)
                n = self._chain(tx, chained, state, rows)
            self._witness.tell(_witnessed(chained, state), n)
            done += len(rows)
        return done

    def _anything_to_do(self, chained: Chained) -> bool:
        """Return whether rows wait, or rows that were chained are gone."""
        waiting = select(chained.table.c.id).where(chained.table.c.n.is_(None)).limit(1)
        with reading(self._engine) as connection:
            if connection.execute(waiting).first():
                return True
            state = _known(connection, chained)
        return state is not None and self._went_back(chained, state)

    def _went_back(self, chained: Chained, state: Row[Any]) -> bool:
        return bool(state.n < self._witness.told(_witnessed(chained, state)))

    def _state(self, tx: Connection, chained: Chained) -> Row[Any]:
        """Return how far the chain is; begin it where there is none, and an epoch where it went back."""
        state = _known(tx, chained)
        if state is None:
            tx.execute(
                insert(audit_chains).values(chain=chained.chain, n=0, h=BEGINNING, epoch="", since=0, head="")
            )
            return _begin_epoch(tx, chained, 0, "begun")
        if self._went_back(chained, state):
            told = self._witness.told(_witnessed(chained, state))
            note = f"rows {state.n + 1} to {told} of epoch {state.epoch} are gone"
            record(
                tx, job("restore-noticed", datetime.now(UTC)), "history-put-back", chained.chain, note=note
            )
            log.error("history_put_back", chain=chained.chain, n=state.n, told=told)
            return _begin_epoch(tx, chained, state.n, "put-back")
        return state

    def _chain(self, tx: Connection, chained: Chained, state: Row[Any], rows: Sequence[Row[Any]]) -> int:
        """Give the rows their places; return the last one's number."""
        n, h = state.n, state.h
        places: list[tuple[int, int, bytes]] = []
        for row in rows:
            n, h = n + 1, link(h, n + 1, chained.body(row[1:]))
            places.append((row.id, n, h))
        _write(tx, chained, places)
        head = make_head(chained.chain, state.epoch, state.since, n, h, datetime.now(UTC), self._sign)
        values = {"n": n, "h": h, "head": msgspec.json.encode(head).decode()}
        tx.execute(update(audit_chains).where(audit_chains.c.chain == chained.chain).values(values))
        return int(n)


def open_sequencer(engine: Engine, publisher: Publisher) -> Sequencer:
    """Return the sequencer that seals with the centre's key, and keeps its witness beside the snapshots."""
    return Sequencer(engine, publisher.seal, Witness(publisher.snapshots.parent / "audit.json"))


def own_heads(connection: Connection) -> list[Head]:
    """Return the newest signed heads of the centre's own chains."""
    found = connection.execute(OWN_HEADS).scalars()
    return [msgspec.json.decode(head, type=Head) for head in found if head]


def lock_if_free(tx: Connection) -> bool:
    """Be the only sequencer until the transaction ends, without waiting; return whether it could be done."""
    if tx.dialect.name != "postgresql":
        return True
    return bool(tx.execute(select(func.pg_try_advisory_xact_lock(ADVISORY_LOCK))).scalar_one())


def _known(connection: Connection, chained: Chained) -> Row[Any] | None:
    wanted = select(audit_chains).where(audit_chains.c.chain == chained.chain)
    return connection.execute(wanted).one_or_none()


def _begin_epoch(tx: Connection, chained: Chained, since: int, reason: str) -> Row[Any]:
    epoch = secrets.token_hex(8)
    about = {"epoch": epoch, "since": since}
    tx.execute(update(audit_chains).where(audit_chains.c.chain == chained.chain).values(about))
    begun = {"chain": chained.chain, "begun_at": datetime.now(UTC), "reason": reason}
    tx.execute(insert(audit_epochs).values(about | begun))
    return tx.execute(select(audit_chains).where(audit_chains.c.chain == chained.chain)).one()


def _take(tx: Connection, chained: Chained) -> Sequence[Row[Any]]:
    """Return the oldest rows that wait for their place."""
    table = chained.table
    waiting = select(table.c.id, *chained.columns).where(table.c.n.is_(None))
    return tx.execute(waiting.order_by(table.c.id).limit(ROWS_AT_ONCE)).all()


def _write(tx: Connection, chained: Chained, places: Sequence[tuple[int, int, bytes]]) -> None:
    if not places:
        return
    name = chained.table.name
    if tx.dialect.name == "postgresql":
        columns = tuple(map(list, zip(*places, strict=True)))
        driver: Any = tx.connection.driver_connection
        driver.execute(UPDATE_MANY.format(table=name), columns)
    else:
        rows = [(n, h, row_id) for row_id, n, h in places]
        tx.exec_driver_sql(f"UPDATE {name} SET n = ?, h = ? WHERE id = ?", rows)  # noqa: S608 our own name


def _witnessed(chained: Chained, state: Row[Any]) -> str:
    return f"{chained.chain}.{state.epoch}"
