"""Proof that an event is a kiosk's: its bytes, their place in a sealed delivery, and the kiosk's signature."""

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Select, func, select

from central.store.tables import events, kiosk_keys, positions, seals
from sync.protocol import algorithms, seal
from sync.protocol.messages import Event, Seal
from sync.protocol.seal import SealError

DIGEST_BYTES = 32
TOLD = ("id", "kiosk_id", "install_epoch", "seq", "type", "partition", "occurred_at")


class ProofError(Exception):
    """There is no proof for an event; the message says why."""


class Proof(Struct, frozen=True):
    """All that somebody needs to check an event without us.

    ``signature`` (base64) is by ``public_key`` (base64), of ``algorithm``, over ``statement``, whose line
    ``place`` + 1, counted from its first line as 0, is the SHA-256 of ``event``.
    """

    event: str
    place: int
    statement: str
    algorithm: str
    key_id: str
    public_key: str
    signature: str


def prove(connection: Connection, event_id: str) -> Proof:
    """Return the proof of an event, after checking it.

    :raises ProofError: there is no such event, it has no seal, or something does not agree.
    """
    row = connection.execute(_sealed().where(events.c.id == event_id)).one_or_none()
    if row is None:
        raise ProofError(f"there is no event {event_id}")
    return _checked(row)


def prove_all(connection: Connection) -> Iterator[tuple[str, str]]:
    """Yield each event's id and what is wrong with its proof, '' when nothing is."""
    found = connection.execution_options(yield_per=1000).execute(_sealed().order_by(events.c.seal))
    for row in found:
        try:
            _checked(row)
        except ProofError as error:
            yield row.id, str(error)
        else:
            yield row.id, ""


def missing(connection: Connection) -> Iterator[tuple[str, str, int]]:
    """Yield kiosk, install epoch and number of events that the centre has stored, and that are not there now."""
    p, e = positions.c, events.c
    counted = select(e.kiosk_id, e.install_epoch, func.count().label("there"))
    there = counted.group_by(e.kiosk_id, e.install_epoch).subquery()
    same = (there.c.kiosk_id == p.kiosk_id) & (there.c.install_epoch == p.install_epoch)
    gone = (p.held - func.coalesce(there.c.there, 0)).label("gone")
    found = select(p.kiosk_id, p.install_epoch, gone).select_from(positions.outerjoin(there, same))
    for row in connection.execute(found.where(gone != 0)):
        yield row.kiosk_id, row.install_epoch, row.gone


def _sealed() -> Select[Any]:
    """Return the query for events with their seals and the keys that made those."""
    s, k = seals.c, kiosk_keys.c
    key = k.public_key, k.algorithm.label("key_algorithm")
    about = (s.digests, s.algorithm, s.key_id, s.signature, s.install_epoch.label("epoch"), *key)
    named = events.outerjoin(seals, s.id == events.c.seal)
    keyed = named.outerjoin(kiosk_keys, (k.kiosk_id == s.kiosk_id) & (k.key_id == s.key_id))
    return select(events, *about).select_from(keyed)


def _checked(row: Any) -> Proof:
    if row.seal is None:
        raise ProofError("it came before seals were kept")
    if row.public_key is None:
        raise ProofError("its seal or the key of its seal is gone")
    found = row.digests[row.place * DIGEST_BYTES : (row.place + 1) * DIGEST_BYTES]
    if seal.digest(row.content.encode()) != found:
        raise ProofError("its content is not what was sealed")
    content = msgspec.json.decode(row.content, type=Event)
    if any(getattr(content, name) != getattr(row, name) for name in TOLD):
        raise ProofError("its row does not say what its content says")
    digests = [row.digests[at : at + DIGEST_BYTES] for at in range(0, len(row.digests), DIGEST_BYTES)]
    statement = seal.sealed_text(row.kiosk_id, row.epoch, digests)
    sealed = Seal(row.algorithm, row.key_id, row.signature)
    try:
        seal.verify(sealed, statement, row.key_algorithm, algorithms.from_text(row.public_key))
    except (SealError, ValueError) as error:
        raise ProofError(str(error)) from error
    return Proof(
        row.content, row.place, statement.decode(), row.algorithm, row.key_id, row.public_key, row.signature
    )
