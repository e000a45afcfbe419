"""Going on from a cursor to a feed's head, page by page."""

from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Protocol

import msgspec
import structlog
import zstandard

from sync.client import AnswerLostError, CentralClient, CentralRefusedError
from sync.protocol.feeds import MUST_REFETCH, PAGE_SIZES, FeedHead, Page, page_path, sum_of_hashes
from sync.store.reference_file import Cursor

WorkGenerator = Generator[None, None, None]
"""Work that yields after each piece."""
PAGES_AHEAD = 2
LARGEST_PAGE = 64 * 1024 * 1024

log = structlog.get_logger(__name__)


class Replica(Protocol):
    """A copy of feeds: what it is given as a page is in it together with the cursor, or not at all."""

    def cursor(self, feed: str) -> Cursor | None:
        """Return how far ``feed`` is."""

    def begin(self, feed: str, epoch: str) -> None:
        """Restart ``feed`` empty."""

    def apply(self, page: Page, hashes: int) -> bool:
        """Apply the page that goes on from the cursor; its changes add ``hashes`` to the checksum."""


class ResyncRequiredError(Exception):
    """The local copy cannot continue from its cursor; the message says why."""


def can_go_on(cursor: Cursor | None, head: FeedHead) -> bool:
    """Return whether pages lead from ``cursor`` to ``head``."""
    return cursor is not None and cursor.epoch == head.epoch and head.min_seq <= cursor.seq <= head.seq


def catch_up(client: CentralClient, replica: Replica, head: FeedHead) -> WorkGenerator:
    """Bring ``replica`` to ``head``, yield after each page, and compare count and checksum in the end.

    :raises ResyncRequiredError: the centre does not know the cursor, or the rows are not what the manifest says.
    """
    cursor = _place(replica, head)
    for page, hashes in _coming(client, head, cursor.seq):
        replica.apply(page, hashes)
        cursor = _place(replica, head)
        log.info("feed_page", feed=head.name, seq=cursor.seq, of=head.seq, rows=cursor.rows)
        yield
    if (cursor.rows, cursor.checksum) != (head.rows, head.checksum):
        raise ResyncRequiredError(
            f"{cursor.rows} rows and checksum {cursor.checksum} differ from the manifest's"
        )


def _coming(client: CentralClient, head: FeedHead, after: int) -> Iterator[tuple[Page, int]]:
    """Yield the pages up to the head, each with what it adds to the checksum; the next are fetched meanwhile."""
    wanted = spans(after, head)
    with ThreadPoolExecutor(PAGES_AHEAD) as ahead:
        waiting = deque(ahead.submit(_page, client, head, *span) for span in islice(wanted, PAGES_AHEAD))
        while waiting:
            page = _after(waiting.popleft().result(), after)
            waiting.extend(ahead.submit(_page, client, head, *span) for span in islice(wanted, 1))
            after = page.upto
            yield page, sum_of_hashes(page.feed, page.changes)


def spans(after: int, head: FeedHead) -> Iterator[tuple[int, int]]:
    """Yield where the pages begin and end that lead from a cursor to the head.

    They are the same for all kiosks, the last one too, so that a proxy can keep them. So the first may begin before the
    cursor: what is known already costs less than a page for each cursor.
    """
    while after < head.seq:
        start, end = _span(after, head.seq)
        yield max(start, head.min_seq), end
        after = end


def _span(after: int, upto: int) -> tuple[int, int]:
    *large, smallest = PAGE_SIZES
    for size in large:
        start = after // size * size
        if start + size < upto and after - start <= size // 2:
            return start, start + size
    start = after // smallest * smallest
    return start, min(start + smallest, upto)


def _after(page: Page, after: int) -> Page:
    """Return what of a page comes after ``after``."""
    if page.after == after:
        return page
    changes = [each for each in page.changes if each.seq > after]
    return msgspec.structs.replace(page, after=after, changes=changes)


def _place(replica: Replica, head: FeedHead) -> Cursor:
    cursor = replica.cursor(head.name)
    if cursor is None or not can_go_on(cursor, head):
        raise ResyncRequiredError(f"the cursor is {cursor and (cursor.epoch, cursor.seq)}")
    return cursor


def _page(client: CentralClient, head: FeedHead, after: int, upto: int) -> Page:
    try:
        response = client.read(page_path(head.name, head.epoch, after, upto))
    except CentralRefusedError as refusal:
        if refusal.code == MUST_REFETCH:
            raise ResyncRequiredError(f"the centre does not know {head.epoch}:{after}") from refusal
        raise
    page = _decoded(response.content)
    if (page.feed, page.epoch, page.after, page.upto) != (head.name, head.epoch, after, upto):
        raise AnswerLostError(f"{head.name}: another page than {after}-{upto} was answered")
    return page


def _decoded(content: bytes) -> Page:
    try:
        # The size that it states itself would be believed, and so much memory be taken.
        if zstandard.frame_content_size(content) > LARGEST_PAGE:
            raise AnswerLostError(f"a page of more than {LARGEST_PAGE} bytes was answered")
        plain = zstandard.ZstdDecompressor().decompress(content, max_output_size=LARGEST_PAGE)
        return msgspec.msgpack.decode(plain, type=Page)
    except (zstandard.ZstdError, msgspec.DecodeError) as error:
        raise AnswerLostError(f"no page was answered: {error}") from error
