"""The numbers of documents: region, year and a serial of eight digits, none of which is ever given twice.

Each process takes serials in blocks, so that workers need not wait for each other; what is left of a block when it ends
is not used. How far the blocks have come is also kept beside the database: one that came back from a backup, or a
standby that had not heard of the last blocks, gives none of them again.
"""

import threading
from functools import partial

import structlog
from sqlalchemy import Connection, Engine, select, text, update

from central.store.refusals import RefusedError
from central.store.tables import serials
from central.store.transactions import NeededFirstError
from central.store.witness import Witness

BLOCK = 100
LAST = 99_999_999
SKIPPED = 1_000_000
"""How many are left out when the database went back: others may have given more than is known here."""
NEARLY = 0.9

log = structlog.get_logger(__name__)


class Serials:
    """Gives serials to one process; any thread may ask."""

    def __init__(self, witness: Witness | None = None) -> None:
        self._witness = witness or Witness()
        self._giving, self._taking = threading.Lock(), threading.Lock()
        self._blocks: dict[tuple[str, int], range] = {}

    def number(self, region: str, year: int) -> str:
        """Return the number of a new document: 18 digits that no other has.

        :raises NeededFirstError: a block must be taken before.
        :raises Refused: this region's serials of this year are used up.
        """
        with self._giving:
            block = self._blocks.get((region, year), range(0))
            if block:
                self._blocks[region, year] = block[1:]
                return f"{region}{year:04d}{block[0]:08d}"
        if block.stop > LAST:
            log.error("serials_used_up", region=region, year=year)
            raise RefusedError("numbers-used-up")
        raise NeededFirstError(partial(self._take_block, region=region, year=year))

    def _take_block(self, engine: Engine, region: str, year: int) -> None:
        """Take a block for good: nobody else gets it, also when none of it is used."""
        with self._taking:  # who waits here holds no connection
            if not self._blocks.get((region, year)):  # no other thread was quicker
                block = self._block(engine, region, year)
                with self._giving:
                    self._blocks[region, year] = block

    def _block(self, engine: Engine, region: str, year: int) -> range:
        name = f"{region}-{year}"
        with engine.begin() as tx:
            first = _reserve(tx, region, year, self._witness.told(name))
        end = min(first + BLOCK, LAST + 1)
        if first <= LAST:
            self._witness.tell(name, end)
        if first > NEARLY * LAST:
            log.error("serials_nearly_used_up", region=region, year=year, left=max(0, LAST + 1 - first))
        return range(first, end)


def skip_ahead(tx: Connection) -> None:
    """Skip many serials of every region and year: after a restore, the serials already issued are unknown."""
    tx.execute(update(serials).values(next=serials.c.next + SKIPPED))


def _reserve(tx: Connection, region: str, year: int, known: int) -> int:
    """Return the first serial of a block that nobody else gets.

    :param known: up to where serials may have been given, as far as is known beside the database.
    """
    about = {"region": region, "year": year}
    tx.execute(
        text("INSERT INTO serials (region, year, next) VALUES (:region, :year, 1) ON CONFLICT DO NOTHING"),
        about,
    )
    this = (serials.c.region == region) & (serials.c.year == year)
    first: int = tx.execute(select(serials.c.next).where(this).with_for_update()).scalar_one()
    if known > first:
        log.error("serials_went_back", region=region, year=year, database=first, given=known)
        first = known + SKIPPED
    tx.execute(update(serials).where(this).values(next=first + BLOCK))
    return first
