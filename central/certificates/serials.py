"""The numbers of documents: region, year and a serial of eight digits, none of which is ever given twice.

Each process takes serials in blocks, so that workers need not wait for each other; what is left of a block when it ends
is not used. How far the blocks have come is also kept beside the database: one that came back from a backup, or a
standby that had not heard of the last blocks, gives none of them again.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy import Connection, Engine, select, text, update

from central.store.database import connect
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
        self._lock = threading.Lock()
        self._blocks: dict[tuple[str, int], Iterator[int]] = {}
        self._own: Engine | None = None

    def number(self, tx: Connection, region: str, year: int) -> str:
        """Return the number of a new document: 18 digits that no other has.

        :raises Refused: this region's serials of this year are used up.
        """
        with self._lock:
            serial = next(self._blocks.get((region, year), iter(())), None)
            if serial is None:
                block = self._blocks[region, year] = iter(self._block(tx, region, year))
                serial = next(block, None)
        if serial is None:
            log.error("serials_used_up", region=region, year=year)
            raise RefusedError("numbers-used-up")
        return f"{region}{year:04d}{serial:08d}"

    def _block(self, tx: Connection, region: str, year: int) -> range:
        name = f"{region}-{year}"
        with self._apart(tx) as own:
            first = _reserve(own, region, year, self._witness.told(name))
        end = min(first + BLOCK, LAST + 1)
        if first <= LAST:
            self._witness.tell(name, end)
        if first > NEARLY * LAST:
            log.error("serials_nearly_used_up", region=region, year=year, left=max(0, LAST + 1 - first))
        return range(first, end)

    @contextmanager
    def _apart(self, tx: Connection) -> Iterator[Connection]:
        """Give a transaction that is committed whatever becomes of ``tx``: a block that others see is taken for good.

        SQLite lets only one write at a time; there the witness knows of blocks that were taken back.
        """
        if tx.dialect.name == "sqlite":
            yield tx
            return
        self._own = self._own or connect(str(tx.engine.url.render_as_string(hide_password=False)))
        with self._own.begin() as own:
            yield own


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
