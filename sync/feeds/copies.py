"""This kiosk's copies of the feeds: the reference file and the commands, each brought to its head or left as it was."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog

from sync.backoff import Backoff
from sync.client import AnswerLostError, CentralClient, CentralRefusedError
from sync.feeds.commands import Commands
from sync.feeds.download import SnapshotRefusedError
from sync.feeds.pages import Replica, ResyncRequiredError, WorkGenerator, can_go_on, catch_up
from sync.feeds.starting import resync_feed
from sync.protocol.feeds import COMMANDS, SCHEMA_VERSION, FeedHead, Manifest
from sync.store import Store
from sync.store.database import DatabaseError, IntegrityError, OperationalError
from sync.store.reference import Reference
from sync.store.reference_file import Cursor

FIRST_RETRY, LONGEST_RETRY = 30.0, 3600.0
TROUBLES = (
    ResyncRequiredError,
    SnapshotRefusedError,
    CentralRefusedError,
    AnswerLostError,
    OperationalError,
    OSError,
)

log = structlog.get_logger(__name__)


class FeedUpdateFailedError(Exception):
    """A feed could not be brought to its head; its old rows are still in use. The message is for staff."""


class LocalFeeds:
    """The copies in ``folder`` and ``store``; only one process may have them open like this."""

    def __init__(
        self, store: Store, client: CentralClient, folder: Path, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._client, self._folder, self._clock = client, folder, clock
        self._reference = Reference(folder)
        self.commands = Commands(store)
        self._retries: dict[str, tuple[Backoff, float]] = {}
        self._anew: set[str] = set()

    def cursor(self, feed: str) -> Cursor | None:
        """Return how far ``feed`` is here."""
        return self._replica(feed).cursor(feed)

    def follow(self, head: FeedHead, manifest: Manifest) -> WorkGenerator:
        """Bring one feed of ``manifest`` to its head, yielding after each piece of work.

        :raises FeedUpdateFailedError: it stays as it was; others may succeed. CentralUnreachableError: retry later.
        """
        try:
            yield from self._follow(head, manifest)
        except TROUBLES as trouble:
            raise FeedUpdateFailedError(str(trouble)) from trouble
        except (ValueError, OverflowError, IntegrityError) as error:
            raise FeedUpdateFailedError(
                f"a row that was published is not one of {head.name}: {error}"
            ) from error
        except DatabaseError as error:
            if head.name == COMMANDS:
                raise FeedUpdateFailedError(f"the store took no commands: {error}") from error
            self._reference.discard()
            raise FeedUpdateFailedError(
                f"the reference file was damaged and is fetched again: {error}"
            ) from error

    def fetch_again(self, feeds: Sequence[str]) -> None:
        """Have ``feeds`` fetched from the beginning the next time."""
        self._anew.update(feeds)
        for feed in feeds:
            self._retries.pop(feed, None)

    def damaged(self) -> list[str]:
        """Return the feeds whose rows are not those that were written: looked at one by one, which takes seconds."""
        return self._reference.current.damaged()

    def close(self) -> None:
        """Release the files; unfinished work resumes on next start."""
        self._reference.close()

    def _replica(self, feed: str) -> Replica:
        return self.commands if feed == COMMANDS else self._reference.current

    def _follow(self, head: FeedHead, manifest: Manifest) -> WorkGenerator:
        if head.schema_version != SCHEMA_VERSION:
            raise ResyncRequiredError(
                f"schema {head.schema_version} needs another program than {SCHEMA_VERSION}"
            )
        replica = self._replica(head.name)
        if head.name not in self._anew and can_go_on(replica.cursor(head.name), head):
            try:
                yield from catch_up(self._client, replica, head)
                return
            except ResyncRequiredError as reason:
                log.error("feed_starts_anew", feed=head.name, reason=str(reason))
        yield from self._start_anew(head, manifest)
        self._anew.discard(head.name)

    def _start_anew(self, head: FeedHead, manifest: Manifest) -> WorkGenerator:
        """Resync the feed, but not repeatedly: a snapshot has many megabytes."""
        backoff, not_before = self._retries.pop(head.name, (Backoff(FIRST_RETRY, LONGEST_RETRY), 0.0))
        if self._clock() < not_before:
            self._retries[head.name] = backoff, not_before
            raise ResyncRequiredError("the resync failed; it is retried later")
        try:
            if head.name == COMMANDS:
                self.commands.begin(COMMANDS, head.epoch)
                yield from catch_up(self._client, self.commands, head)
            else:
                yield from resync_feed(self._client, self._reference, self._folder, head, manifest)
        except TROUBLES:
            self._retries[head.name] = backoff, self._clock() + backoff.after_failure()
            raise
