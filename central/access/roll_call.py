"""Which kiosks ask, looked up for many at once with what their answers need."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

import structlog
from msgspec import Struct
from sqlalchemy import Connection, Row

from central.access.batching import Batch
from central.access.kiosks import Caller, find_all, record_contacts
from central.access.lanes import Lane
from central.store.database import reading
from central.store.refusals import RefusedError

KNOWN_FOR = 1.0
"""Seconds for which a kiosk that was looked up is not looked up again only to know it: one that is revoked meanwhile
may read pages so much longer."""
LOOK_UPS_EVERY = 0.1
"""Seconds: nothing to a kiosk that asks twice a minute, and enough that some ask together."""
CONTACTS_EVERY = 0.5
"""Seconds for which it is collected who was heard, to be recorded in one go."""

log = structlog.get_logger(__name__)
Prepared = TypeVar("Prepared")


class LookedUp(Struct, Generic[Prepared], frozen=True):
    """The kiosks, of those that asked in the same moment, that are or were enrolled, and what answers them need."""

    kiosks: Mapping[str, Row[Any]]
    prepared: Prepared


class RollCall(Generic[Prepared]):
    """Looks up in a lane which kiosks ask, many at once, and records that they were heard.

    :param prepare: reads what is needed to answer kiosks of these numbers.
    """

    def __init__(self, lane: Lane, prepare: Callable[[Connection, Sequence[str]], Prepared]) -> None:
        self._lane, self._prepare = lane, prepare
        self._look_ups = Batch(self._look_up, LOOK_UPS_EVERY)
        self._contacts = Batch(self._record, CONTACTS_EVERY)
        self._known: dict[str, LookedUp[Prepared]] = {}
        self._known_until = 0.0

    async def look_up(self, kiosk_id: str) -> LookedUp[Prepared]:
        """Look up a kiosk, with others.

        :raises Refused: the database is away or too slow, or too many ask.
        """
        return await self._look_ups.ask(kiosk_id)

    async def known(self, kiosk_id: str) -> LookedUp[Prepared]:
        """Return what was found of a kiosk within the last second, or look it up.

        :raises Refused: as ``look_up`` does.
        """
        if time.monotonic() < self._known_until and (found := self._known.get(kiosk_id)):
            return found
        return await self.look_up(kiosk_id)

    def record(self, caller: Caller) -> None:
        """Record soon that a kiosk was heard."""
        self._contacts.ask(caller)

    async def _look_up(self, kiosk_ids: Sequence[str]) -> LookedUp[Prepared]:
        began = time.monotonic()
        found = await self._lane.run(self._read, kiosk_ids)
        if began >= self._known_until:
            self._known, self._known_until = {}, began + KNOWN_FOR
        self._known |= dict.fromkeys(found.kiosks, found)
        return found

    def _read(self, kiosk_ids: Sequence[str]) -> LookedUp[Prepared]:
        with reading(self._lane.engine) as connection:
            return LookedUp(find_all(connection, kiosk_ids), self._prepare(connection, kiosk_ids))

    async def _record(self, callers: Sequence[Caller]) -> None:
        try:
            await self._lane.run(self._write, callers)
        except RefusedError as refusal:  # the next request of each records it
            log.warning("kiosk_contacts_update_failed", kiosks=len(callers), reason=refusal.code)

    def _write(self, callers: Sequence[Caller]) -> None:
        with self._lane.engine.begin() as tx:
            record_contacts(tx, callers, datetime.now(UTC))
