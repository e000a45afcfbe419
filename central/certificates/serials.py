"""The numbers of documents: region, year and a serial of eight digits, none of which is ever given twice.

Each process takes serials in blocks, so that workers need not wait for each other; what is left of a block when it ends
is not used. How far the blocks have come is also kept beside the database: one that came back from a backup, or a
standby that had not heard of the last blocks, gives none of them again.
"""

import threading
from collections import defaultdict, deque
from functools import partial

import structlog
from sqlalchemy import Connection, Engine, select, text, update

from central.store.database import NotPreparedError
from central.store.refusals import RefusedError
from central.store.tables import serials
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
        self._reserving = threading.Lock()
        self._blocks: defaultdict[tuple[str, int], deque[int]] = defaultdict(deque)

    def number(self, region: str, year: int) -> str:
        """Return the number of a new document: 18 digits that no other has.

        :raises NotPreparedError: a block has to be taken first, in a transaction that is committed whatever becomes of
            the document: what others see as taken is taken for good.
        """
        try:
            serial = self._blocks[region, year].popleft()
        except IndexError:
            raise NotPreparedError(partial(self._take_block, region, year)) from None
        return f"{region}{year:04d}{serial:08d}"

    def _take_block(self, region: str, year: int, engine: Engine) -> None:
        """Take a block, unless another thread has just done so.

        :raises Refused: this region's serials of this year are used up.
        """
        with self._reserving:
            if not self._blocks[region, year]:
                self._blocks[region, year].extend(self._block(engine, region, year))

    def _block(self, engine: Engine, region: str, year: int) -> range:
        name = f"{region}-{year}"
        with engine.begin() as tx:
            first = _reserve(tx, region, year, self._witness.told(name))
        if first > LAST:
            log.error("serials_used_up", region=region, year=year)
            raise RefusedError("numbers-used-up")
        end = min(first + BLOCK, LAST + 1)
        self._witness.tell(name, end)
        if first > NEARLY * LAST:
            log.error("serials_nearly_used_up", region=region, year=year, left=LAST + 1 - first)
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
        skipped = 0 if tx.dialect.name == "sqlite" else SKIPPED
        if skipped:
            log.error("serials_went_back", region=region, year=year, database=first, given=known)
        first = known + skipped
    tx.execute(update(serials).where(this).values(next=first + BLOCK))
    return first
