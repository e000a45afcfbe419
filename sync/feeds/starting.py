"""Resync feeds beside the rows in use: these stay until the new ones are complete and checked."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path

import msgspec
import structlog

from sync.client import CentralClient, CentralRefusedError
from sync.feeds.download import SnapshotRefusedError, download
from sync.feeds.pages import WorkGenerator, can_go_on, catch_up
from sync.protocol import card_status_list
from sync.protocol.card_status_list import CardStatusListError
from sync.protocol.feeds import CARD_STATUS, MUST_REFETCH, REFERENCE_FEEDS, FeedHead, Manifest, Snapshot
from sync.store.reference import Reference
from sync.store.reference_file import Cursor, NotAReferenceFileError, ReferenceFile, nothing_of

log = structlog.get_logger(__name__)


def resync_feed(
    client: CentralClient, reference: Reference, folder: Path, head: FeedHead, manifest: Manifest
) -> WorkGenerator:
    """Fetch the feed of ``head`` from the beginning: by its snapshot, with the others in it, or page by page
    where there is none, or it expired.

    :raises SnapshotRefusedError, NotAReferenceFileError, ResyncRequiredError: it failed; the old rows stay in use.
    """
    try:
        yield from _start(client, reference, folder, head, manifest)
    except CentralRefusedError as gone:
        if head.snapshot is None or gone.code == MUST_REFETCH:
            raise
        log.error("snapshot_gone", feed=head.name, reason=gone.code)
        yield from _start(client, reference, folder, msgspec.structs.replace(head, snapshot=None), manifest)


def _start(
    client: CentralClient, reference: Reference, folder: Path, head: FeedHead, manifest: Manifest
) -> WorkGenerator:
    if head.name == CARD_STATUS:
        yield from _card_list(client, reference, folder, head, manifest.card_key)
    elif head.snapshot:
        together = [each for each in manifest.feeds if each.name in REFERENCE_FEEDS]
        yield from _by_snapshot(client, reference, folder, head.snapshot, together)
    else:
        yield from _page_by_page(client, reference, head)


def _by_snapshot(
    client: CentralClient, reference: Reference, folder: Path, snapshot: Snapshot, heads: Sequence[FeedHead]
) -> WorkGenerator:
    plain = folder / f"{snapshot.sha256}.plain"
    try:
        with open(plain, "wb") as file:
            part = yield from download(client, snapshot, folder, file)
        with reference.draft(plain) as draft:
            draft.copy_from(reference.current.path, [CARD_STATUS])
            for head in heads:
                yield from _complete(client, draft, head)
            reference.publish(draft)
    except NotAReferenceFileError as error:
        part.unlink()
        raise SnapshotRefusedError(str(error)) from error
    finally:
        plain.unlink(missing_ok=True)
    part.unlink()


def _page_by_page(client: CentralClient, reference: Reference, head: FeedHead) -> WorkGenerator:
    with reference.draft() as draft:
        draft.copy_from(reference.current.path, {*REFERENCE_FEEDS, CARD_STATUS} - {head.name})
        yield from _complete(client, draft, head)
        reference.publish(draft)


def _card_list(
    client: CentralClient, reference: Reference, folder: Path, head: FeedHead, card_key: str
) -> WorkGenerator:
    plain = BytesIO()
    part = (yield from download(client, head.snapshot, folder, plain)) if head.snapshot else None
    with reference.draft() as draft:
        draft.copy_from(reference.current.path, REFERENCE_FEEDS)
        cursor, statuses = _list_in(part, plain.getvalue()) if part else (nothing_of(head.epoch), ())
        if not can_go_on(cursor, head):
            cursor, statuses = nothing_of(head.epoch), ()
        draft.load_card_statuses(cursor, card_key, statuses)
        yield
        yield from catch_up(client, draft, head)
        reference.publish(draft)


def _list_in(part: Path, plain: bytes) -> tuple[Cursor, Iterable[tuple[int, int]]]:
    """Return how far the list is, and its cards; the file ``part`` is no longer needed."""
    try:
        header, statuses = card_status_list.decode(plain)
    except CardStatusListError as error:
        raise SnapshotRefusedError(str(error)) from error
    finally:
        part.unlink()
    return Cursor(header.epoch, header.seq, header.rows, header.checksum), statuses


def _complete(client: CentralClient, draft: ReferenceFile, head: FeedHead) -> WorkGenerator:
    if not can_go_on(draft.cursor(head.name), head):
        draft.begin(head.name, head.epoch)
    yield from catch_up(client, draft, head)
