"""Pages: what changed in a feed between two numbers."""

from collections.abc import Iterable
from itertools import starmap
from operator import itemgetter

from sqlalchemy import Connection, select, union_all

from central.feeds.tables import feed_replaced, feed_rows, feeds
from sync.protocol.feeds import ROWS_PER_PAGE, Change, Page


class MustRefetchError(Exception):
    """The centre's log does not lead on from this cursor: another epoch, too old, or from the future."""


class TooManyRowsError(Exception):
    """More was asked for than fits into a page."""


def page(connection: Connection, feed: str, shown: str, epoch: str, after: int, upto: int) -> Page:
    """Return the changes of ``feed`` with ``after < seq <= upto``, exactly as they were at ``upto``.

    A change that was replaced long ago is left out: its key comes again later.

    :raises MustRefetchError, TooManyRowsError: there is no such page.
    """
    if not 0 < upto - after <= ROWS_PER_PAGE:
        raise TooManyRowsError(f"{after}-{upto}")
    head = connection.execute(select(feeds).where(feeds.c.name == feed)).one_or_none()
    if head is None or head.epoch != epoch or after < head.min_seq or upto > head.seq:
        raise MustRefetchError(f"{shown} {epoch} {after}-{upto}")
    rows = sorted(_rows(connection, feed, after, upto), key=itemgetter(1))
    return Page(shown, epoch, after, upto, list(starmap(Change, rows)))


def _rows(connection: Connection, feed: str, after: int, upto: int) -> Iterable[tuple[int, str, str | None]]:
    now, old = feed_rows.c, feed_replaced.c
    current = select(now.seq, now.key, now.value).where(
        (now.feed == feed) & (now.seq > after) & (now.seq <= upto)
    )
    replaced_since = select(old.seq, old.key, old.value).where(
        (old.feed == feed) & (old.seq > after) & (old.seq <= upto) & (old.replaced_by > upto)
    )
    # The driver's own tuples: SQLAlchemy's rows take a third longer, and nothing has to be converted.
    return connection.execute(union_all(current, replaced_since)).cursor.fetchall()
