"""Following the centre's feeds a piece at a time, so that the outbox can go in between."""

import random
import time
from collections.abc import Callable, Generator, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TypeVar

import msgspec
import structlog

from sync.backoff import Backoff
from sync.client import CentralClient, CentralRefusedError, CentralUnreachableError
from sync.feeds import feed_status
from sync.feeds.commands import acts_of
from sync.feeds.copies import FeedUpdateFailedError, LocalFeeds
from sync.feeds.feed_status import FeedStatus
from sync.feeds.manifest import FeedKeyError, ManifestRefusedError, ManifestVerifier
from sync.protocol.centre_keys import CentreKey
from sync.protocol.feeds import CARD_STATUS, COMMANDS, REFERENCE_FEEDS, FeedHead, Manifest, SignedManifest
from sync.store import Store

MANIFEST = "/v1/feeds"
FEED_KEY, FEED_KEYS = "/v1/feeds/key", "/v1/feeds/keys"
FOLLOWED = (COMMANDS, CARD_STATUS, *REFERENCE_FEEDS)
"""The feeds that a kiosk follows, the most urgent first."""

log = structlog.get_logger(__name__)
Answer = TypeVar("Answer")


class Follower:
    """Follows the feeds of one centre for one kiosk.

    :param first_wait: seconds; the first question is asked at a random moment within them, so that the kiosks of a
        province, switched on in the same minute, do not ask in the same second.
    """

    def __init__(
        self,
        store: Store,
        client: CentralClient,
        copies: LocalFeeds,
        gatekeeper: ManifestVerifier,
        *,
        clock: Callable[[], float] = time.monotonic,
        first_wait: float = 0.0,
    ) -> None:
        self._store, self._client, self._copies, self._gatekeeper = store, client, copies, gatekeeper
        self._clock = clock
        self._acts = acts_of(store, refetch=lambda: copies.fetch_again(REFERENCE_FEEDS))
        self._backoff = Backoff()
        self._tag = ""
        self._manifest: Manifest | None = None
        self._round: Generator[None, None, float] | None = None
        self._due = clock() + random.uniform(0, first_wait)  # noqa: S311 jitter is no secret
        self._note_losses()

    def step(self) -> float:
        """Do a piece of work if it is time; return how many seconds to wait before the next.

        :raises: nothing that comes from the centre, the way to it, or a damaged or full disk.
        """
        if self._round is None:
            self._repair_if_asked()
            if (wait := self._due - self._clock()) > 0:
                return wait
            self._round = self._follow_all()
        try:
            next(self._round)
            return 0.0
        except StopIteration as end:
            self._backoff.reset()
            return self._rest(_jittered(end.value))
        except CentralUnreachableError as trouble:
            return self._rest(self._backoff.after_failure(trouble.retry_after), str(trouble))
        except (CentralRefusedError, ManifestRefusedError, FeedKeyError) as trouble:
            log.error("manifest_refused", reason=str(trouble))
            return self._rest(self._backoff.after_failure(), str(trouble))

    def repair(self, feeds: Sequence[str] = ()) -> list[str]:
        """Have ``feeds`` fetched from the beginning, or, without any, those that are damaged; return which."""
        found = list(feeds) or self._copies.damaged()
        self._copies.fetch_again(found)
        self.ask_now()
        log.warning("feeds_repaired", feeds=found)
        return found

    def _repair_if_asked(self) -> None:
        if (asked := feed_status.repair_asked(self._store)) is not None:
            self.repair(asked)

    def ask_now(self) -> None:
        """Do not wait any longer before the next question."""
        self._due = self._clock()

    def skip(self, trouble: str) -> None:
        """Leave this round out, and note why."""
        self._rest(self._backoff.after_failure(), trouble)

    def close(self) -> None:
        """Interrupt the current work; it resumes on next start."""
        if self._round:
            self._round.close()
        self._copies.close()

    def _rest(self, pause: float, trouble: str = "") -> float:
        self._round, self._due = None, self._clock() + pause
        feed_status.save_trouble(self._store, trouble)
        return pause

    def _follow_all(self) -> Generator[None, None, float]:
        """Update every feed once; return the centre's requested polling delay in seconds."""
        manifest = self._ask()
        heads = sorted(
            (head for head in manifest.feeds if head.name in FOLLOWED),
            key=lambda head: FOLLOWED.index(head.name),
        )
        self._note_first_hearing(heads)
        for head in heads:
            try:
                yield from self._copies.follow(head, manifest)
                self._save_status(head, "")
            except FeedUpdateFailedError as trouble:
                log.error("feed_not_current", feed=head.name, reason=str(trouble))
                self._save_status(head, str(trouble))
                yield
            if head.name == COMMANDS:
                self._copies.commands.execute(self._acts)
        return manifest.ask_again

    def _ask(self) -> Manifest:
        if not self._gatekeeper.key:
            self._gatekeeper.trust_first(_decoded(self._client.read(FEED_KEY).content, str))
        answer = self._client.read(MANIFEST, self._tag)
        if self._gatekeeper.is_of_unknown_key(answer):
            self._gatekeeper.hear(_decoded(self._client.read(FEED_KEYS).content, tuple[CentreKey, ...]))
        before, self._tag = self._tag, ""  # what is not believed is asked for in full the next time
        tag = answer.headers.get("etag", "").removeprefix("W/")  # a proxy that compresses puts it there
        self._gatekeeper.verify_response(answer, tag)
        if answer.status_code != HTTPStatus.NOT_MODIFIED:
            self._manifest = self._gatekeeper.verify_manifest(_decoded(answer.content, SignedManifest))
        elif tag != before:
            raise ManifestRefusedError("unchanged is another manifest than the one that we have")
        self._tag = tag
        assert self._manifest
        return self._manifest

    def _note_losses(self) -> None:
        """Rows that are gone have no age: what needs them stops until they are here again."""
        known = feed_status.feed_statuses(self._store)
        lost = {
            name: msgspec.structs.replace(each, since="", problem="lost, fetched again")
            for name, each in known.items()
            if each.seq and self._copies.cursor(name) is None
        }
        if lost:
            feed_status.save_feed_statuses(self._store, known | lost)

    def _note_first_hearing(self, heads: list[FeedHead]) -> None:
        """Let the age of a feed count from now if the kiosk has never heard of it."""
        known = feed_status.feed_statuses(self._store)
        new = {
            head.name: FeedStatus(since=_now(), max_age=head.max_age)
            for head in heads
            if head.name not in known
        }
        if new:
            feed_status.save_feed_statuses(self._store, known | new)

    def _save_status(self, head: FeedHead, problem: str) -> None:
        cursor = self._copies.cursor(head.name)
        known = feed_status.feed_statuses(self._store)
        since = known[head.name].since if cursor else ""
        now = FeedStatus(
            epoch=cursor.epoch if cursor else "",
            seq=cursor.seq if cursor else 0,
            rows=cursor.rows if cursor else 0,
            since=since if problem else _now(),
            max_age=head.max_age,
            problem=problem,
        )
        feed_status.save_feed_statuses(self._store, known | {head.name: now})


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _jittered(seconds: float) -> float:
    return random.uniform(seconds, 1.25 * seconds)  # noqa: S311


def _decoded(content: bytes, kind: type[Answer]) -> Answer:
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.DecodeError as error:
        raise CentralUnreachableError(f"something else answered: {error}") from error
