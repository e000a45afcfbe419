"""The sync process: it hands the outbox to the centre, quickly when it can and patiently when it cannot."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import structlog
from msgspec import Struct

from sync.backoff import LONGEST_WAIT, Backoff
from sync.client import (
    AnswerLostError,
    CentralClient,
    CentralFailedError,
    CentralRefusedError,
    CentralUnreachableError,
)
from sync.only_one import only_one
from sync.process import clock_watch
from sync.process.head_exchange import HeadExchange
from sync.protocol.messages import EVENTS_PER_DELIVERY, DeliveryAnswer, Event, EventAnswer
from sync.store import Store, StoreFullError, now, outbox, put_back, retention
from sync.store.transaction import format_time

LOOK_SECONDS = 0.2  # how soon a new event is noticed
GREET_SECONDS = 60.0  # how often the centre is asked when there is nothing to say
UPGRADE_REQUIRED = "upgrade-required"
"""For this, software of before set events aside one by one: since it was upgraded they can be taken."""
# These speak of the kiosk or of the request's envelope, and not of any event in it.
ABOUT_THE_KIOSK = frozenset(
    {
        "kiosk-revoked",
        "signature-wrong",
        "certificate-wrong",
        "seal-wrong",
        "algorithm-unknown",
        "clock-off",
        "request-replayed",
        UPGRADE_REQUIRED,
    }
)

log = structlog.get_logger(__name__)


class Contact(Struct, frozen=True):
    """The last time that the centre answered, and how far its clock was ahead of ours, in seconds."""

    at: str
    clock_offset: float | None


class DeliveryWorker:
    """Delivers one store's outbox to one centre; the only one to do so while it lives.

    :raises AlreadyRunningError: another process does.
    """

    def __init__(
        self,
        store: Store,
        client: CentralClient,
        folder: Path,
        clock: Callable[[], float] = time.monotonic,
        largest_batch: int = EVENTS_PER_DELIVERY,
        heads: HeadExchange | None = None,
    ) -> None:
        self._lock = only_one(folder / "deliver.lock", "delivers this kiosk's events")
        self._store, self._client, self._clock, self._heads = store, client, clock, heads
        self._backoff = Backoff()
        self._batch = self._largest_batch = largest_batch
        self._waiting: dict[str, float] = {}
        self._greet_at: dict[str, float] = {}
        self._keep_house_at = self._give_way_at = 0.0
        self._broken_off = False
        outbox.requeue_in_flight(store)
        outbox.retry_refused(store, UPGRADE_REQUIRED)

    def step(self) -> float:
        """Deliver one batch if there is one; return how many seconds to wait before the next step.

        :raises: nothing that comes from the centre, the way to it, or a disk without room.
        """
        try:
            return self._step()
        except StoreFullError as trouble:
            self._broken_off = True
            pause = self._backoff.after_failure()
            log.error("store_full", reason=str(trouble), pause=round(pause, 1))
            return pause

    def _step(self) -> float:
        if self._broken_off:
            outbox.requeue_in_flight(self._store)
            self._broken_off = False
        self._keep_house()
        events = self._next_events()
        for epoch, batch in self._batches(events):
            try:
                self._deliver(epoch, batch)
            except CentralRefusedError as refusal:
                return self._refused(refusal, batch)
            except CentralUnreachableError as trouble:
                return self._unreachable(trouble, batch)
        return 0.0 if events else LOOK_SECONDS

    def _batches(self, events: Sequence[Event]) -> Iterator[tuple[str, Sequence[Event]]]:
        if events:
            yield events[0].install_epoch, events
        for epoch in self.epochs_to_ask():
            yield epoch, []

    def epochs_to_ask(self) -> list[str]:
        """Return the epochs of which the centre has not said for a while, or not since the start, what it holds."""
        time_now = self._clock()
        return [
            epoch for epoch in outbox.epochs(self._store) if self._greet_at.get(epoch, time_now) <= time_now
        ]

    def _deliver(self, epoch: str, events: Sequence[Event]) -> None:
        """Hand over ``events`` of ``epoch``; without any, ask how far the centre is with it."""
        acknowledged, sent = outbox.acknowledged(self._store, epoch), put_back.claimed(self._store, epoch)
        more = {"heads": self._heads.ours(look_back=not events)} if self._heads else {}
        answer = self._client.deliver(epoch, events, acknowledged, sent, **more)
        if self._heads and answer.heads:
            self._heads.take(answer.heads)
        if not answer.answers and answer.high_water > sent:
            self._begin_epoch(epoch, answer.high_water)
        else:
            self._accept(epoch, answer, events)

    def _begin_epoch(self, epoch: str, high_water: int) -> None:
        """Leave an epoch of which the centre has events that this store never sent."""
        log.error("store_put_back", epoch=epoch, high_water=high_water)
        outbox.requeue_in_flight(self._store, heard=False)
        put_back.begin_epoch(self._store, high_water)

    def close(self) -> None:
        """Let another process deliver."""
        self._lock.close()

    def _next_events(self) -> list[Event]:
        time_now = self._clock()
        self._waiting = {line: until for line, until in self._waiting.items() if until > time_now}
        if not outbox.pending(self._store):
            return []
        return outbox.claim(self._store, self._batch, self._waiting)

    def _keep_house(self) -> None:
        """Now and then, watch the age of what waits, and remove some of what was kept long enough."""
        if self._clock() >= self._keep_house_at:
            self._keep_house_at = self._clock() + GREET_SECONDS
            outbox.report_stuck_events(self._store, datetime.now(UTC))
            if self._client.clock_offset is not None:
                outbox.purge(self._store, self.centre_time())
                seal = self._heads.seal if self._heads else None
                retention.purge(self._store, self.centre_time(), sign=seal)

    def centre_time(self) -> datetime:
        """Return the time by the centre's clock, as far as it is known: ours may jump by years."""
        return datetime.now(UTC) + timedelta(seconds=self._client.clock_offset or 0)

    def _accept(self, epoch: str, answer: DeliveryAnswer, events: Sequence[Event]) -> None:
        outbox.apply_answers(self._store, answer.answers, format_time(self.centre_time()))
        self._keep_own_places(epoch, answer)
        missing = outbox.reconcile(self._store, epoch, answer.held)
        if missing:  # then the centre takes nothing before it has what it lost, so that the order is kept
            log.warning("centre_restored", epoch=epoch, missing=missing, high_water=answer.high_water)
        answered = {each.id for each in answer.answers}
        for event in events:
            if event.id not in answered and not missing:
                self._let_wait(event)
        for each in answer.answers:
            if each.result in ("conflict", "rejected"):
                log.error("event_set_aside", event_id=each.id, result=each.result, reason=each.reason)
        self._backoff.reset()
        self._batch = min(self._batch * 2, self._largest_batch)
        self._greet_at[epoch] = self._clock() + random.uniform(GREET_SECONDS / 2, GREET_SECONDS)  # noqa: S311
        self._note_contact()

    def _note_contact(self) -> None:
        before, ahead = last_contact(self._store), self._client.clock_offset
        clock_watch.watch(self._store, before.clock_offset if before else None, ahead)
        note_contact(self._store, Contact(now(), ahead))

    def _keep_own_places(self, epoch: str, answer: DeliveryAnswer) -> None:
        """See whether another machine sends under this kiosk's name; give what it was in the way of another place."""
        if put_back.watch_twin(self._store, epoch, answer.high_water):
            log.error(
                "store_twin", epoch=epoch, advice="two machines were made of one image: reinstall one of them"
            )
        # Once in a while only: a centre that says so of everything must not fill the store.
        if self._clock() >= self._give_way_at and (found := put_back.in_the_way(self._store)):
            self._give_way_at = self._clock() + GREET_SECONDS
            if self._store.install_epoch in {each["install_epoch"] for each in found}:
                self._begin_epoch(epoch, answer.high_water)
            put_back.give_way(self._store, found)

    def _refused(self, refusal: CentralRefusedError, events: Sequence[Event]) -> float:
        """Search the event that the centre cannot take, partially written; alone, it is set aside."""
        if len(events) == 1 and refusal.code not in ABOUT_THE_KIOSK:
            log.error("event_set_aside", event_id=events[0].id, reason=refusal.code)
            rejected = EventAnswer(events[0].id, "rejected", refusal.code)
            outbox.apply_answers(self._store, [rejected], heard=False)
            return 0.0
        outbox.requeue_in_flight(self._store, heard=False)
        if refusal.code in ABOUT_THE_KIOSK or not events:
            log.error("kiosk_refused", code=refusal.code, reason=refusal.message)
            return self._backoff.after_failure()
        self._batch = len(events) // 2
        return 0.0

    def _unreachable(self, trouble: CentralUnreachableError, events: Sequence[Event]) -> float:
        lost = isinstance(trouble, AnswerLostError)
        outbox.requeue_in_flight(self._store, heard=lost)
        pause = self._backoff.after_failure(trouble.retry_after)
        # It may be too much for the line, or one of them for the centre; one that asks us to wait has its own trouble.
        if lost and events and trouble.retry_after is None:
            self._batch = max(len(events) // 2, 1)
        if isinstance(trouble, CentralFailedError) and len(events) == 1:
            self._let_wait(events[0])
        log.info("centre_unreachable", reason=str(trouble), pause=round(pause, 1))
        return pause

    def _let_wait(self, event: Event) -> None:
        self._waiting[outbox.ordering_key(event)] = self._clock() + LONGEST_WAIT


def note_contact(store: Store, contact: Contact) -> None:
    """Remember when the centre last answered."""
    with store.transaction() as tx:
        tx.execute(
            "INSERT INTO meta (key, value) VALUES ('contact', ?)"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (msgspec.json.encode(contact).decode(),),
        )


def last_contact(store: Store) -> Contact | None:
    """Return when the centre last answered, or None when it never did."""
    rows = store.rows("SELECT value FROM meta WHERE key = 'contact'")
    return msgspec.json.decode(rows[0]["value"], type=Contact) if rows else None
